"""Files of the demo's dossiers: drawn here, marked as samples, of nobody."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw

from accounts.models import User
from selection.actions import attachment
from selection.models import Nomination

EVERY = 8  # every so many dossiers have files of their own: enough to look at, little to load
NEEDED = (
    ("id", "身份证.png", "PNG"),
    ("certificate", "职业资格证书.pdf", "PDF"),
    ("practice", "从业证明.pdf", "PDF"),
    ("unit_notice", "单位公示照片.jpg", "JPEG"),
)
MORE = (("award", "获奖证书.jpg", "JPEG"), ("case", "服务案例.pdf", "PDF"))
PORTRAIT = (420, 588)  # as two inches are to 2.8


def attach(nomination: Nomination, clerk: User) -> None:
    """The files of one dossier, sent by its unit's clerk: what the rules ask for, with some dossiers more."""
    rich = int(nomination.code[-4:]) % EVERY == 1
    asked = nomination.round.rulebook.required_attachments
    for kind, name, form in (*NEEDED, *MORE):
        if not rich and kind not in asked:
            continue
        content = _drawn(nomination.code if rich else "", kind, form)
        attachment.upload(nomination, by=clerk, kind=kind, name=name, data=content)
    if rich:
        attachment.upload(nomination, by=clerk, kind="photo", name="照片.jpg", data=_portrait(nomination.pk))


def sample(kind: str, form: str) -> bytes:
    """A page that belongs to no dossier."""
    return _drawn("", kind, form)


@lru_cache(maxsize=64)
def _drawn(code: str, kind: str, form: str) -> bytes:
    image = Image.new("RGB", (900, 600) if code else (600, 400), "#f4f6f8")
    width, height = image.size
    pen = ImageDraw.Draw(image)
    pen.rectangle((24, 24, width - 24, height - 24), outline="#17455a", width=6)
    pen.rectangle((60, 140, 60 + width // 5, height - 140), fill="#d7e0e6")
    for line in range(6):
        y = 160 + (height - 340) // 5 * line
        pen.line((120 + width // 5, y, width - 80 - 60 * (line % 3), y), fill="#9aa9b3", width=8)
    pen.text((60, 52), f"SAMPLE  {kind.upper().replace('_', ' ')}", fill="#17455a", font_size=width // 19)
    pen.text((60, height - 100), code, fill="#5b6b75", font_size=36)
    return _written(image, form)


def _portrait(number: int) -> bytes:
    """A head and shoulders of nobody, before the blue of such pictures."""
    image = Image.new("RGB", PORTRAIT, "#4f86b8")
    pen = ImageDraw.Draw(image)
    skin = ("#e6c3a5", "#dcb495", "#efd2b8")[number % 3]
    pen.ellipse((60, 380, 360, 800), fill=("#27343f", "#3d2f45", "#2c4a3f")[number % 3])
    pen.polygon(((170, 400), (250, 400), (210, 480)), fill="#f4f6f8")
    pen.rectangle((180, 330, 240, 410), fill=skin)
    pen.ellipse((120, 90, 300, 330), fill="#2b2320")
    pen.ellipse((132, 130, 288, 360), fill=skin)
    return _written(image, "JPEG")


def _written(image: Image.Image, form: str) -> bytes:
    out = BytesIO()
    image.save(out, form)
    return out.getvalue()

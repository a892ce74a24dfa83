"""Files of the demo's dossiers: drawn here, marked as samples, of nobody."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageDraw

from accounts.models import User
from selection.actions import attachment
from selection.models import Nomination

EVERY = 8  # every so many dossiers have files: enough to look at, little to load
SAMPLES = (
    ("id", "身份证.png", "PNG"),
    ("certificate", "职业资格证书.pdf", "PDF"),
    ("practice", "从业证明.pdf", "PDF"),
    ("unit_notice", "单位公示照片.jpg", "JPEG"),
    ("award", "获奖证书.jpg", "JPEG"),
    ("case", "服务案例.pdf", "PDF"),
)


def attach(nomination: Nomination, clerk: User) -> None:
    """The files of one dossier, sent by its unit's clerk."""
    if int(nomination.code[-4:]) % EVERY != 1:
        return
    for kind, name, form in SAMPLES:
        attachment.upload(
            nomination, by=clerk, kind=kind, name=name, data=_drawn(nomination.code, kind, form)
        )


def _drawn(code: str, kind: str, form: str) -> bytes:
    image = Image.new("RGB", (900, 600), "#f4f6f8")
    pen = ImageDraw.Draw(image)
    pen.rectangle((24, 24, 876, 576), outline="#17455a", width=6)
    pen.rectangle((60, 140, 260, 400), fill="#d7e0e6")
    for line in range(6):
        pen.line((300, 160 + 44 * line, 820 - 60 * (line % 3), 160 + 44 * line), fill="#9aa9b3", width=8)
    pen.text((60, 52), f"SAMPLE  {kind.upper().replace('_', ' ')}", fill="#17455a", font_size=48)
    pen.text((60, 480), code, fill="#5b6b75", font_size=36)
    out = BytesIO()
    image.save(out, form)
    return out.getvalue()

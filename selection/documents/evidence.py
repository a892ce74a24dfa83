"""What a printed form takes from elsewhere than the dossier's fields: the photograph, and who entered an opinion when."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from accounts.models import User
from selection.models import Nomination
from selection.queries.attachment import attachments_of
from workflow import clock, ledger

LARGEST = (600, 840)  # pixels: sharp enough in a box of 24 by 34 millimetres
ENTERED = {"nomination.endorse": "endorse", "nomination.nominate": "nominate"}


def portrait(nomination: Nomination, by: User) -> bytes:
    """The newest photograph that this person may see, upright and small, as JPEG; nothing where there is none."""
    rows = [row for row in attachments_of(nomination, by) if (row.kind, row.state) == ("photo", "clean")]
    if not rows:
        return b""
    try:
        with rows[-1].file.open("rb") as file:
            return _small(file.read())
    except (FileNotFoundError, UnidentifiedImageError):
        return b""


def _small(content: bytes) -> bytes:
    with Image.open(BytesIO(content)) as found:
        upright = ImageOps.exif_transpose(found)
        upright.thumbnail(LARGEST)
        out = BytesIO()
        _on_white(upright).save(out, "JPEG", quality=88)
    return out.getvalue()


def _on_white(image: Image.Image) -> Image.Image:
    """What is transparent is white on paper."""
    if image.mode not in ("RGBA", "LA", "P"):
        return image.convert("RGB")
    layer = image.convert("RGBA")
    ground = Image.new("RGBA", layer.size, "white")
    return Image.alpha_composite(ground, layer).convert("RGB")


def signed_in_system(nomination: Nomination) -> dict[str, str]:
    """Who entered the opinion of each office last, and on which day, by step."""
    rows = ledger.entries_of(nomination).filter(kind__in=ENTERED).order_by("seq")
    return {
        ENTERED[row.kind]: f"（系统登记：{row.actor_name}，{row.at.astimezone(clock.ZONE):%Y-%m-%d}）"
        for row in rows
    }

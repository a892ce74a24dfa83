"""What came in a file: recognised by its content, opened once to see that it opens, cleaned of what it should not carry."""

from __future__ import annotations

import logging
import struct
import threading
import warnings
import zlib
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import Any

import puremagic
from PIL import Image, ImageOps
from PIL.JpegImagePlugin import get_sampling
from pypdf import PasswordType, PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import DictionaryObject

MOST_PIXELS = 50_000_000  # an A4 page at 600 dpi has 35 million
MOST_PAGES = 500
TAIL = 2048
PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
_UNREADABLE = (
    OSError, ValueError, TypeError, KeyError, IndexError, AttributeError, EOFError, OverflowError, RecursionError,
    AssertionError, NotImplementedError, SyntaxError, struct.error, zlib.error, PyPdfError,
)  # fmt: skip
_ACTS = {"/Launch", "/JavaScript", "/SubmitForm", "/ImportData", "/GoToE", "/GoToR"}
_NAMED = {  # what is worth naming: a guess by two bytes is none
    ".gif": "GIF", ".bmp": "BMP", ".tif": "TIFF", ".tiff": "TIFF", ".webp": "WebP", ".svg": "SVG", ".html": "HTML",
    ".docx": "Office", ".xlsx": "Office", ".pptx": "Office", ".doc": "Office", ".zip": "ZIP", ".rar": "RAR",
    ".exe": "EXE", ".mp4": "MP4",
}  # fmt: skip
logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what it mends in passing concerns nobody
_one_by_one = threading.Semaphore(2)  # pictures unpacked at one time: each may take 200 MB


class Unfit(ValueError):
    """The file cannot be taken: a code for the sentence, and what the sentence names."""

    def __init__(self, code: str, **arguments: Any) -> None:
        super().__init__(code)
        self.code = code
        self.arguments = arguments


@dataclass(frozen=True)
class Received:
    """A file as it will be kept."""

    mime: str
    content: bytes
    sha256: str  # of what is kept
    source_sha256: str  # of what was sent
    pages: int


def received(data: bytes) -> Received:
    """Recognise, open and clean. Raises `Unfit`."""
    mime = _kind_of(data)
    content, pages = (data, _pages(data)) if mime == PDF else (_upright(data, mime), 1)
    return Received(mime, content, sha256(content).hexdigest(), sha256(data).hexdigest(), pages)


# Kind ----------------------------------------------------------------------------------------------------------------


def _kind_of(data: bytes) -> str:
    if not data:
        raise Unfit("empty")
    try:
        guesses = puremagic.magic_string(data)
    except (puremagic.PureError, ValueError):
        guesses = []
    found = {guess.mime_type for guess in guesses}
    for mime, start in ((PDF, b"%PDF-"), (JPEG, b"\xff\xd8\xff"), (PNG, b"\x89PNG\r\n\x1a\n")):
        if mime in found and data.startswith(start):
            return mime
    raise Unfit("wrong_type", found=_name_of(data, guesses))


def _name_of(data: bytes, guesses: list[Any]) -> str:
    """What the file seems to be, for the sentence; empty if nothing is known of it."""
    if data[4:8] == b"ftyp" and data[8:12] in (b"heic", b"heix", b"mif1", b"msf1", b"hevc"):
        return "HEIC"
    best = max(guesses, key=lambda guess: float(guess.confidence), default=None)
    return _NAMED.get(str(best.extension), "") if best is not None else ""


# PDF -----------------------------------------------------------------------------------------------------------------


def _pages(data: bytes) -> int:
    if b"%%EOF" not in data.rstrip(b"\0\r\n\t ")[-TAIL:]:
        raise Unfit("broken")  # cut off on its way
    try:
        return _opened(data)
    except _UNREADABLE as fault:
        if isinstance(fault, Unfit):
            raise
        raise Unfit("broken") from fault


def _opened(data: bytes) -> int:
    reader = PdfReader(BytesIO(data), strict=False)
    if reader.is_encrypted and reader.decrypt("") == PasswordType.NOT_DECRYPTED:
        raise Unfit("locked")
    pages = len(reader.pages)
    if pages == 0:
        raise Unfit("broken")
    if pages > MOST_PAGES:
        raise Unfit("too_many_pages", most=MOST_PAGES)
    for number in {0, pages - 1}:
        _ = reader.pages[number].mediabox
    if _acts(reader):
        raise Unfit("active")
    return pages


def _acts(reader: PdfReader) -> bool:
    """It carries other files, or does something by itself when it is opened."""
    root = reader.root_object
    names = root.get("/Names")
    inside = names.get_object() if names is not None else DictionaryObject()
    opening = root.get("/OpenAction")
    action = opening.get_object() if opening is not None else None
    carries = isinstance(inside, DictionaryObject) and bool({"/JavaScript", "/EmbeddedFiles"} & inside.keys())
    return carries or (isinstance(action, DictionaryObject) and action.get("/S") in _ACTS)


# Pictures ------------------------------------------------------------------------------------------------------------


def _upright(data: bytes, mime: str) -> bytes:
    """The picture as it is meant to be seen, without anything but its pixels: no place, no camera, no comment."""
    try:
        with warnings.catch_warnings(), _one_by_one:
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is lower
            return _rewritten(data, mime)
    except (*_UNREADABLE, Image.DecompressionBombError, MemoryError) as fault:
        if isinstance(fault, Unfit):
            raise
        raise Unfit(
            "too_many_pixels" if isinstance(fault, Image.DecompressionBombError) else "broken"
        ) from fault


def _rewritten(data: bytes, mime: str) -> bytes:
    with Image.open(BytesIO(data), formats=("JPEG", "MPO") if mime == JPEG else ("PNG",)) as image:
        if image.width * image.height > MOST_PIXELS:
            raise Unfit("too_many_pixels")
        image.load()
        as_sent = _encoding(image) if mime == JPEG else {}
        turned = ImageOps.exif_transpose(image)
    if mime == JPEG and turned.mode not in ("L", "RGB"):
        turned, as_sent = turned.convert("RGB"), {"quality": 90}
    turned.info = {name: value for name, value in turned.info.items() if name == "transparency"}
    out = BytesIO()
    turned.save(out, "JPEG" if mime == JPEG else "PNG", **as_sent)
    return out.getvalue()


def _encoding(image: Any) -> dict[str, Any]:
    """As finely as the picture was compressed before, so that nothing is lost twice and it does not grow."""
    sampling = get_sampling(image)
    tables = {"qtables": image.quantization} if image.quantization else {"quality": 90}
    return {**tables, "subsampling": sampling} if sampling >= 0 else tables

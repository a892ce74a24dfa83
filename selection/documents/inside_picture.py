"""What is written into a picture's file beside the picture: EXIF, XMP, comments, PNG's text."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from selection.documents.inside_passage import Passage

_PNG = b"\x89PNG\r\n\x1a\n"
_CODES = ("utf-8", "utf-16-le", "utf-16-be", "gb18030")
_SCAN_STARTS, _COMMENT = 0xDA, 0xFE
MOST_UNPACKED = 4 * 1024 * 1024


def picture_passages(data: bytes) -> list[Passage]:
    """The words of a JPEG's or a PNG's own segments, and of whatever follows the picture."""
    return list(_of_png(data) if data.startswith(_PNG) else _of_jpeg(data))


def _read(body: bytes, what: str) -> Iterator[Passage]:
    """A segment may be written in any code: it is read in each that people use."""
    for code in _CODES:
        yield Passage(_lines(body.decode(code, "replace")), {"what": what})
        if code == "utf-16-le":  # it may begin at an odd byte
            yield Passage(_lines(body[1:].decode(code, "replace")), {"what": what})


def _lines(text: str) -> str:
    """What cannot be printed separates: chance neighbours are no number."""
    return "".join(c if c.isprintable() and c != "�" else "\n" for c in text)


def _of_jpeg(data: bytes) -> Iterator[Passage]:
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], struct.unpack(">H", data[at + 2 : at + 4])[0]
        if marker == 0xFF:  # padding
            at += 1
            continue
        if marker == _SCAN_STARTS:
            break
        body = data[at + 4 : at + 2 + length]
        if marker == _COMMENT or 0xE1 <= marker <= 0xEF:
            yield from _read(body, _segment_name(marker, body))
        at += 2 + length
    end = data.rfind(b"\xff\xd9")
    if end >= 0 and len(data) - end > 2:
        yield from _read(data[end + 2 :], "trailer")


def _segment_name(marker: int, body: bytes) -> str:
    if marker == _COMMENT:
        return "picture_comment"
    if body.startswith(b"Exif\0"):
        return "exif"
    return "xmp" if body.startswith(b"http://ns.adobe.com") else "picture_data"


def _of_png(data: bytes) -> Iterator[Passage]:
    at = len(_PNG)
    while at + 12 <= len(data):
        length = struct.unpack(">I", data[at : at + 4])[0]
        name, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        at += 12 + length
        if name in (b"tEXt", b"zTXt", b"iTXt"):
            yield from _read(_unpacked(name, body), "picture_text")
        elif name == b"eXIf":
            yield from _read(body, "exif")
        elif name == b"IEND":
            break
    if at < len(data):
        yield from _read(data[at:], "trailer")


def _unpacked(name: bytes, body: bytes) -> bytes:
    """The keyword and the text, unpacked where they are packed."""
    key, _nul, rest = body.partition(b"\0")
    if name == b"zTXt":
        return key + b"\n" + _inflated(rest[1:])
    if name == b"iTXt" and rest[:1] == b"\1":
        return key + b"\n" + _inflated(rest[2:].split(b"\0", 2)[-1])
    return key + b"\n" + rest


def _inflated(packed: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(packed, MOST_UNPACKED)
    except zlib.error:
        return packed

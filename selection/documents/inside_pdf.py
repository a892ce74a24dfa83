"""What a PDF says: its text layer page by page, remarks, form fields, bookmarks, data about itself, earlier versions."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from selection.documents.inside_passage import Passage
from selection.documents.inside_picture import picture_passages
from selection.rules.upload import Unfit

MOST_VERSIONS = 5
_UNREADABLE = (
    PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, OSError, EOFError,
    OverflowError, AssertionError, NotImplementedError, struct.error, zlib.error, LookupError,
)  # fmt: skip
_SAID = ("/Contents", "/T", "/V", "/TU", "/RC", "/Subj", "/DV", "/NM")


def pdf_passages(data: bytes) -> list[Passage]:
    """Every text of a PDF that opens. Raises `Unfit` for one that cannot be read to its end."""
    try:
        found = list(_version(data, {}))
    except _UNREADABLE as fault:
        if isinstance(fault, Unfit):
            raise
        raise Unfit("broken") from fault
    return [*found, *_earlier(data)]


def _earlier(data: bytes) -> Iterator[Passage]:
    """A PDF saved again keeps what it was before: those versions are read, too, as far as they open."""
    ends = [match.end() for match in re.finditer(rb"%%EOF", data)]
    for number, end in enumerate(ends[:-1][-MOST_VERSIONS:], start=1):
        try:
            yield from list(_version(data[:end], {"version": str(number)}))
        except _UNREADABLE:
            continue  # the first part of a file made for quick display is no version of its own


def _version(data: bytes, where: dict[str, str]) -> Iterator[Passage]:
    reader = PdfReader(BytesIO(data), strict=False)
    if reader.is_encrypted:
        reader.decrypt("")
    for number, page in enumerate(reader.pages, start=1):
        place = {**where, "page": str(number)}
        yield Passage(page.extract_text(), {"what": "page", **place})
        yield from _remarks(page, place)
        yield from _pictures(page, place)
    yield from _about(reader, where)
    for field in (reader.get_fields() or {}).values():
        yield Passage(f"{field.get('/T', '')} {field.get('/V', '')}", {"what": "form", **where})
    yield from _bookmarks(reader.outline, where)


def _remarks(page: Any, where: dict[str, str]) -> Iterator[Passage]:
    for reference in page.get("/Annots") or ():
        note = reference.get_object()
        if note.get("/Subtype") in ("/FileAttachment", "/RichMedia", "/Movie", "/Sound") or "/FS" in note:
            raise Unfit("active")
        action = note["/A"].get_object() if "/A" in note else {}
        said = [str(note[key]) for key in _SAID if key in note] + [str(action.get("/URI", ""))]
        yield Passage("\n".join(said), {"what": "remark", **where})


def _pictures(page: Any, where: dict[str, str]) -> Iterator[Passage]:
    """Photographs in the page keep what the camera wrote into them."""
    resources = page.get("/Resources")
    objects = resources.get_object().get("/XObject") if resources is not None else None
    for reference in (objects.get_object() if objects is not None else {}).values():
        stream = reference.get_object()
        if stream.get("/Filter") in ("/DCTDecode", ["/DCTDecode"]):
            for passage in picture_passages(stream._data):
                yield Passage(passage.text, {**passage.where, **where})


def _about(reader: PdfReader, where: dict[str, str]) -> Iterator[Passage]:
    for key, value in (reader.metadata or {}).items():
        yield Passage(str(value), {"what": "property", "name": str(key).lstrip("/"), **where})
    stream = reader.root_object.get("/Metadata")
    if stream is not None:
        text = stream.get_object().get_data().decode("utf-8", "replace")
        yield Passage(text, {"what": "property", "name": "XMP", **where})


def _bookmarks(entries: Any, where: dict[str, str]) -> Iterator[Passage]:
    for entry in entries:
        if isinstance(entry, list):
            yield from _bookmarks(entry, where)
        else:
            yield Passage(str(entry.get("/Title", "")), {"what": "bookmark", **where})

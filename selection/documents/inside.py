"""What a file says, wherever it says it: the text that is seen, the text that is not, and what is told about the file.

A file that cannot be read to the end is refused: what nobody can look through is not published.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256

from selection.documents.inside_office import DOCX, XLSX, Package, is_office
from selection.documents.inside_passage import Passage
from selection.documents.inside_pdf import pdf_passages
from selection.documents.inside_picture import picture_passages
from selection.documents.inside_sheet import sheet_passages
from selection.documents.inside_word import word_passages
from selection.rules.privacy import found_in, masked, rounded
from selection.rules.upload import JPEG, PDF, PNG, Unfit, received

EXTENSIONS = {PDF: "pdf", JPEG: "jpg", PNG: "png", DOCX: "docx", XLSX: "xlsx"}
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SEALED = "EncryptedPackage".encode("utf-16-le")
MOST_FINDINGS = 200  # of one file: enough to know that it is the wrong one


@dataclass(frozen=True)
class Found:
    """One number that must not be public: its kind, where it stands, masked."""

    kind: str
    where: dict[str, str]
    excerpt: str


@dataclass(frozen=True)
class Inside:
    """A file that was read to its end."""

    mime: str
    sha256: str
    pages: int = 1
    passages: tuple[Passage, ...] = field(default=(), repr=False)

    @property
    def findings(self) -> list[Found]:
        """What of it must not be public, each place once."""
        seen: dict[tuple[str, str, str], Found] = {}
        for passage in self.passages:
            for kind, digits in _numbers(passage):
                found = Found(kind, passage.where, masked(digits))
                seen.setdefault((kind, digits, str(sorted(passage.where.items()))), found)
        return list(seen.values())[:MOST_FINDINGS]


def look_inside(data: bytes) -> Inside:
    """Read a PDF, a picture, a Word document or a workbook. Raises `Unfit` with the reason why it cannot be taken."""
    if data.startswith(_OLD_OFFICE):
        raise Unfit("locked_office" if _SEALED in data else "old_office")
    digest = sha256(data).hexdigest()
    if is_office(data):
        return _office(data, digest)
    got = received(data)
    passages = pdf_passages(data) if got.mime == PDF else picture_passages(data)
    return Inside(got.mime, digest, got.pages, tuple(passages))


def _office(data: bytes, digest: str) -> Inside:
    try:
        package = Package(data)
        read = word_passages if package.mime == DOCX else sheet_passages
        return Inside(package.mime, digest, 1, tuple(_read_out(read(package), package)))
    except (ValueError, KeyError, TypeError, RecursionError, struct.error) as fault:
        if isinstance(fault, Unfit):
            raise
        raise Unfit("broken_office") from fault


def _read_out(passages: Iterator[Passage], package: Package) -> Iterator[Passage]:
    """The passages of an office file, then those of the pictures in it."""
    yield from passages
    for name in package.pictures():
        for passage in picture_passages(package.read(name)):
            yield Passage(passage.text, {**passage.where, "inside": name.rsplit("/", 1)[-1]})


def _numbers(passage: Passage) -> Iterator[tuple[str, str]]:
    if passage.number and (kind := rounded(passage.text)):
        yield kind, passage.text
        return
    for line in passage.text.splitlines():
        yield from found_in(line)

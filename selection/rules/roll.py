"""Published lists: how names and numbers are printed, and how a list that was printed elsewhere is read."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

COLUMNS = ("序号", "姓名", "单位及职务")
CERTIFICATE_WORD = "领军"
SPACE = "\u3000"  # the full-width space that print puts into a name of two characters
MOST_AFFILIATIONS = 2
_BRACKETS = str.maketrans("[]()【】（）［］", "〔〕〔〕〔〕〔〕〔〕")
_CERTIFICATE = re.compile(rf"{CERTIFICATE_WORD}〔(\d{{4}})〕(\d+)号?")


@dataclass(frozen=True)
class RollLine:
    """One line of a published list, exactly as printed."""

    ordinal: int
    name: str
    affiliations: tuple[str, ...]


class RollFault(ValueError):
    """What is wrong with a file, on which of its lines."""

    def __init__(self, line: int, code: str, detail: str = "") -> None:
        super().__init__(f"line {line}: {code} {detail}".strip())
        self.line = line
        self.code = code
        self.detail = detail


def read_roll(data: bytes) -> list[RollLine]:
    """The lines of a list in CSV, UTF-8. Raises RollFault for the first fault; then nothing of it is to be used.

    Codes: "encoding", "columns" (detail: the missing column), "shape", "ordinal", "doubled" (detail: the
    ordinal), "name", "affiliation", "empty".
    """
    reader = csv.reader(io.StringIO(_text(data), newline=""), strict=True)
    found: list[RollLine] = []
    try:
        places = _places(next(reader, []))
        for row in reader:
            if any(row):
                found.append(_line(row, places, reader.line_num, found))
    except csv.Error:
        raise RollFault(reader.line_num, "shape") from None
    if not found:
        raise RollFault(2, "empty")
    return found


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise RollFault(data[: fault.start].count(b"\n") + 1, "encoding") from None


def _places(header: Sequence[str]) -> tuple[int, ...]:
    names = [name.strip() for name in header]
    for column in COLUMNS:
        if column not in names:
            raise RollFault(1, "columns", column)
    return (len(names), *(names.index(column) for column in COLUMNS))


def _line(row: Sequence[str], places: tuple[int, ...], number: int, before: Sequence[RollLine]) -> RollLine:
    width, at_ordinal, at_name, at_affiliation = places
    if len(row) != width:
        raise RollFault(number, "shape")
    ordinal = _ordinal(row[at_ordinal], number, before)
    if not row[at_name].strip():
        raise RollFault(number, "name")
    affiliations = tuple(part for part in row[at_affiliation].strip().split(" ") if part)
    if not 1 <= len(affiliations) <= MOST_AFFILIATIONS:
        raise RollFault(number, "affiliation")
    return RollLine(ordinal, row[at_name], affiliations)


def _ordinal(text: str, number: int, before: Sequence[RollLine]) -> int:
    if not (text.strip().isascii() and text.strip().isdigit() and int(text) > 0):
        raise RollFault(number, "ordinal", text)
    if any(line.ordinal == int(text) for line in before):
        raise RollFault(number, "doubled", text.strip())
    return int(text)


def printed_name(name: str) -> str:
    """A name as a list prints it: 秦芸 becomes 秦　芸, longer names stay."""
    plain = "".join(name.split())
    return plain[0] + SPACE + plain[1] if len(plain) == 2 else plain


def document_number(prefix: str, year: int, serial: int) -> str:
    """浙民慈〔2026〕5号: hexagonal brackets, no leading zero."""
    return f"{prefix}〔{year}〕{serial}号"


def certificate_number(year: int, serial: int) -> str:
    """领军〔2026〕001."""
    return f"{CERTIFICATE_WORD}〔{year}〕{serial:03d}"


def certificate_as_typed(text: str) -> str:
    """The number that somebody means who types other brackets, spaces or a missing zero."""
    plain = "".join(text.split()).translate(_BRACKETS)
    match = _CERTIFICATE.fullmatch(plain)
    return certificate_number(int(match[1]), int(match[2])) if match else plain

"""An official document (公文) as data, in the parts that GB/T 9704-2012 names. How it looks is the business of the PDF and
of the Word file. No seal is ever drawn: it is affixed outside."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Literal
from urllib.parse import quote

from workflow.documents.form import printable

Kind = Literal["text", "first", "second", "plain"]  # a paragraph; 一、 and （一）; a line without indentation
WIDE = "\u3000"


@dataclass(frozen=True)
class Block:
    """A paragraph or a heading of the text."""

    text: str
    kind: Kind = "text"

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", printable(self.text))


@dataclass(frozen=True)
class Roll:
    """A table of the text: column heads, rows, widths as parts of the whole."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int]

    def __post_init__(self) -> None:
        object.__setattr__(self, "heads", tuple(printable(text) for text in self.heads))
        object.__setattr__(self, "rows", tuple(tuple(printable(text) for text in row) for row in self.rows))


Part = Block | Roll


@dataclass(frozen=True)
class Annex:
    """An attachment that follows on a page of its own."""

    title: str
    parts: Sequence[Part]


@dataclass(frozen=True)
class Official:
    """The whole document."""

    title: str
    parts: Sequence[Part]
    signer: str
    day: date | None  # None: not issued yet
    head: str = ""  # 发文机关标志, in red; empty where none is printed
    number: str = ""  # 发文字号
    recipient: str = ""  # 主送机关, without the colon
    annexes: Sequence[Annex] = ()
    notes: Sequence[str] = ()  # 附注: small lines at the very end
    address: str = ""  # the permanent address, which the QR code leads to
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def shown_day(self) -> str:
        """2026年11月25日; before issuing, a place to fill in."""
        day = self.day
        return f"{day.year}年{day.month}月{day.day}日" if day else f"{WIDE * 2}年{WIDE}月{WIDE}日"

    @property
    def annex_names(self) -> list[str]:
        """附件说明: numbered where there are several."""
        if len(self.annexes) == 1:
            return [self.annexes[0].title]
        return [f"{number}. {annex.title}" for number, annex in enumerate(self.annexes, start=1)]

    def texts(self) -> Iterator[str]:
        """Everything that is printed."""
        yield from (
            self.title,
            self.signer,
            self.shown_day,
            self.head,
            self.number,
            self.recipient,
            self.address,
        )
        yield from self.notes
        yield from _texts(self.parts)
        for annex in self.annexes:
            yield annex.title
            yield from _texts(annex.parts)

    def as_data(self) -> dict[str, Any]:
        """As plain JSON; every part says what it is."""
        return {
            "title": printable(self.title), "signer": printable(self.signer), "day": self.shown_day,
            "head": printable(self.head), "number": printable(self.number), "recipient": printable(self.recipient),
            "parts": [_data(part) for part in self.parts], "annex_names": [printable(n) for n in self.annex_names],
            "annexes": [
                {"title": printable(annex.title), "parts": [_data(part) for part in annex.parts]}
                for annex in self.annexes
            ],
            "notes": [printable(note) for note in self.notes], "address": printable(self.address),
        }  # fmt: skip


def _texts(parts: Sequence[Part]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, Block):
            yield part.text
        else:
            yield from part.heads
            for row in part.rows:
                yield from row


def _data(part: Part) -> dict[str, Any]:
    if isinstance(part, Block):
        return {"kind": part.kind, "text": part.text}
    return {"kind": "roll", **asdict(part)}


def text_of(lines: str) -> list[Block]:
    """The paragraphs of a text as it was typed; 一、 and （一） at the beginning of a short line make it a heading."""
    return [Block(line.strip(), _kind(line.strip())) for line in lines.splitlines() if line.strip()]


def _kind(line: str) -> Kind:
    if len(line) > 30 or line[-1] in "。；：":
        return "text"
    if re.match(r"[一二三四五六七八九十]+、", line):
        return "first"
    return "second" if re.match(r"（[一二三四五六七八九十]+）", line) else "text"


def file_name(words: str, extension: str) -> str:
    """The header that names a file to keep: `words` without what a file system may refuse."""
    plain = (
        "".join(letter for letter in words if letter.isalnum() or letter in "-·〔〕（）")[:80] or "document"
    )
    ascii_only = "".join(letter for letter in plain if letter.isascii()).strip("-") or "document"
    full = quote(f"{plain}.{extension}", safe="")
    return f"attachment; filename=\"{ascii_only}.{extension}\"; filename*=UTF-8''{full}"

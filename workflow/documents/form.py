"""A paper form as data: what stands in which box. How it looks is the business of the PDF and of the Word file."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

Kind = Literal["title", "label", "head", "value", "centre", "number", "text", "empty"]
BREAKS = "\n\t"


def printable(text: object) -> str:
    """A text as it can be printed: no control characters, nothing that turns the direction of writing."""
    plain = str(text).replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", "\n").replace("\x0c", "\n")
    return "".join(character for character in plain if character in BREAKS or not _unprinted(character))


def _unprinted(character: str) -> bool:
    """Controls, formats, halves of a pair and what Unicode calls no character. A character newer than this Python is one."""
    return unicodedata.category(character) in ("Cc", "Cf", "Cs") or ord(character) & 0xFFFE == 0xFFFE


@dataclass(frozen=True)
class Cell:
    """A box of the form. `foot` is what stands at its lower right: where to sign, seal and date."""

    text: str = ""
    kind: Kind = "value"
    span: int = 1  # columns
    rows: int = 1
    foot: str = ""
    image: bytes = b""  # a JPEG in place of the text, which then says what it shows
    bar: float = 0  # a bar of this part of the box's width, from 0 to 1, before the text

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", printable(self.text))
        object.__setattr__(self, "foot", printable(self.foot))


@dataclass(frozen=True)
class Grid:
    """Boxes in columns of these widths (parts of the whole); the first rows come again on the next page."""

    widths: Sequence[int]
    rows: Sequence[Sequence[Cell]]
    heads: int = 0
    may_break: bool = False  # whether a row may go on over the page


@dataclass(frozen=True)
class Form:
    """The whole paper."""

    title: str
    subtitle: str
    above: Sequence[str]  # beside each other, above the boxes
    grids: Sequence[Grid]
    note: str
    footer: Sequence[str]  # lines beside the page number

    def __post_init__(self) -> None:
        for name in ("title", "subtitle", "note"):
            object.__setattr__(self, name, printable(getattr(self, name)))
        for name in ("above", "footer"):
            object.__setattr__(self, name, tuple(printable(line) for line in getattr(self, name)))

    def as_data(self) -> dict[str, Any]:
        """As plain JSON; pictures as lists of bytes."""
        data = asdict(self)
        for grid in data["grids"]:
            for row in grid["rows"]:
                for cell in row:
                    cell["image"] = list(cell["image"])
        return data

    def texts(self) -> Iterator[str]:
        """Everything that is printed."""
        yield from (self.title, self.subtitle, self.note, *self.above, *self.footer)
        for grid in self.grids:
            for row in grid.rows:
                for cell in row:
                    yield from (cell.text, cell.foot)


def title(text: str, columns: int) -> list[Cell]:
    """A row with the heading of a part."""
    return [Cell(text, "title", span=columns)]

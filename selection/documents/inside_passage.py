"""A piece of text with the place where it stands."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Passage:
    """`where` says what it is ("header", "cell", "exif", …) and what names the place: sheet, column, row, page."""

    text: str
    where: dict[str, str]
    number: bool = False  # stored as a number: of a long one only fifteen digits are left

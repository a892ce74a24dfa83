"""What a cell of an imported sheet says, and what it must not say: plain Python."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

LEADS = "=+-@＝＋－＠\t\r"  # what a spreadsheet would run, or a text that means to be run
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_COMPACT_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
TRUE = frozenset({"是", "有", "√", "1", "true", "yes", "y"})
FALSE = frozenset({"否", "无", "×", "0", "false", "no", "n"})


@dataclass(frozen=True)
class Fault:
    """What is wrong in a file: where, and in words. Row 0 stands for the whole sheet."""

    sheet: str
    row: int
    column: str
    reason: str

    def as_list(self) -> list[Any]:
        """As JSON keeps it."""
        return [self.sheet, self.row, self.column, self.reason]


class BadCell(ValueError):
    """A cell that cannot be read; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def is_blank(value: Any) -> bool:
    """Nothing is written in the cell."""
    return value is None or (isinstance(value, str) and not value.strip())


def runs_as_formula(text: str) -> bool:
    """Whether a text would be taken for a formula by the next spreadsheet that opens it."""
    return text.lstrip(" \u3000").startswith(tuple(LEADS)) and not _is_plain_number(text)


def _is_plain_number(text: str) -> bool:
    return bool(re.fullmatch(r"\s*[-+]?\d+(\.\d+)?\s*", text))


def harmless(text: str) -> str:
    """The text as a cell that no spreadsheet runs."""
    return f"'{text}" if text.startswith(tuple(LEADS)) else text


def text_of(value: Any) -> str:
    """A cell as text. A number of more than fifteen digits has lost digits: it is refused, not guessed."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float | int):
        return _number_as_text(value)
    if isinstance(value, datetime | date):
        return _day_of_moment(value).isoformat()
    text = str(value).strip()
    if runs_as_formula(text):
        raise BadCell("formula")
    if "\0" in text:
        raise BadCell("control")
    return text


def _number_as_text(value: float) -> str:
    if abs(value) >= 1e15:
        raise BadCell("digits_lost")
    return str(int(value)) if float(value).is_integer() else repr(value)


def _day_of_moment(value: datetime | date) -> date:
    return value.date() if isinstance(value, datetime) else value


def day_of(value: Any) -> date:
    """A date: a date cell, or 2018-09-20, 2018/9/20, 2018年9月20日, 20180920."""
    if isinstance(value, datetime | date):
        return _day_of_moment(value)
    if isinstance(value, time):
        raise BadCell("day")
    text = text_of(value)
    found = _DAY.fullmatch(text) or _COMPACT_DAY.fullmatch(text)
    if found is None:
        raise BadCell("day")
    try:
        return date(*(int(part) for part in found.groups()))
    except ValueError as fault:
        raise BadCell("day") from fault


def truth_of(value: Any) -> bool:
    """是 or 否."""
    text = text_of(value).lower()
    if text not in TRUE | FALSE:
        raise BadCell("truth")
    return text in TRUE


def column_letter(number: int) -> str:
    """A, B … Z, AA for 1, 2 … 26, 27."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number

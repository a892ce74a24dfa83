"""A public value as its source publishes it, in the one spelling that is hashed: nobody chooses among spellings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from itertools import pairwise


class Implausible(ValueError):
    """The named source does not publish such a value; `code` says what is wrong."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


NUMBERS = re.compile(r"\d+")
LOTTERY_TEXT = re.compile(r"[\d\s,;+|红蓝前后区球:、。/-]*")


def _lottery(text: str, front: int, of: int, back: int, among: int) -> str:
    if not LOTTERY_TEXT.fullmatch(text):
        raise Implausible("lottery_text")
    numbers = [int(found) for found in NUMBERS.findall(text)]
    if len(numbers) != front + back:
        raise Implausible("lottery_count")
    first, last = numbers[:front], numbers[front:]
    if not (_within(first, of) and _within(last, among)):
        raise Implausible("lottery_range")
    if not (_rising(first) and _rising(last)):
        raise Implausible("lottery_order")
    return " + ".join(" ".join(f"{number:02}" for number in part) for part in (first, last))


def _within(numbers: Sequence[int], most: int) -> bool:
    return all(1 <= number <= most for number in numbers)


def _rising(numbers: Sequence[int]) -> bool:
    return all(a < b for a, b in pairwise(numbers))


def _double_ball(text: str) -> str:
    return _lottery(text, 6, 33, 1, 16)


def _great_lotto(text: str) -> str:
    return _lottery(text, 5, 35, 2, 12)


def _drand(text: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{64}", text.lower()):
        raise Implausible("drand")
    return text.lower()


SOURCES: tuple[tuple[str, str, Callable[[str], str]], ...] = (
    ("双色球", "double_ball", _double_ball),
    ("大乐透", "great_lotto", _great_lotto),
    ("drand", "drand", _drand),
)


def kind_of(source: str) -> str:
    """What the named source publishes: "double_ball", "great_lotto", "drand", or "text" for anything else."""
    return next((kind for word, kind, _read in SOURCES if word in source.lower()), "text")


def spelled(source: str, value: str) -> str:
    """`value` as it is hashed: full-width characters plain, runs of blanks one blank, known sources in their one form.

    Raises Implausible.
    """
    text = " ".join(unicodedata.normalize("NFKC", value).split())
    if not text:
        raise Implausible("empty")
    read = next((read for _word, kind, read in SOURCES if kind == kind_of(source)), None)
    return read(text) if read else text

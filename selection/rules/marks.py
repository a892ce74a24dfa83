"""A mark as it is typed: 0 to 100 in half points, full-width digits read as digits. Nothing is clipped."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from selection.rules.scoring import FULL_MARK

Fault = Literal["", "not_a_number", "out_of_range", "not_half_points"]
Gap = Literal["missing", "not_a_number", "out_of_range", "not_half_points", "no_comment"]

STEPS_A_POINT = 2
_NUMBER = re.compile(r"-?[0-9]{1,6}(\.[0-9]{0,4})?|\.[0-9]{1,4}")


def read_mark(text: str) -> Decimal | None:
    """The number typed, or None if it is none. ８８。５ and 88.5 are one."""
    plain = unicodedata.normalize("NFKC", text).replace("。", ".").strip()
    return Decimal(plain) if _NUMBER.fullmatch(plain) else None


def fault_of(mark: Decimal | None) -> Fault:
    """Why a mark cannot stand; empty if it can."""
    if mark is None or not mark.is_finite():
        return "not_a_number"
    if not 0 <= mark <= FULL_MARK:
        return "out_of_range"
    return "" if (mark * STEPS_A_POINT) % 1 == 0 else "not_half_points"


def plain_mark(mark: Decimal) -> str:
    """One spelling of a mark: 88 and 88.00 are 88.0."""
    return f"{mark:.1f}"


def subtotal(marks: dict[str, Decimal], weights: dict[str, Decimal]) -> tuple[Fraction, Fraction]:
    """The weighted points so far and the weight they are out of, of the criteria marked."""
    points = sum(
        (Fraction(mark) * Fraction(weights[code]) / FULL_MARK for code, mark in marks.items()), Fraction(0)
    )
    return points, sum((Fraction(weights[code]) for code in marks), Fraction(0))


def band_of(mark: Decimal, bands: tuple[int, ...]) -> int:
    """The band of a mark, counted from the lowest: 0 below the last limit, one more with each limit reached."""
    return sum(1 for limit in bands if mark >= limit)


def asks_comment(mark: Decimal, *, at_least: int, below: int) -> bool:
    """Whether the rules ask for a comment beside this mark."""
    return mark >= at_least or mark < below


def gaps(
    typed: Mapping[str, str], comments: Mapping[str, str], codes: Iterable[str], *, at_least: int, below: int
) -> dict[str, Gap]:
    """Why a sheet as it is typed cannot be submitted, by criterion; empty if it can. A blank is a blank, never a zero."""
    found = {code: _gap(typed.get(code, ""), comments.get(code, ""), at_least, below) for code in codes}
    return {code: gap for code, gap in found.items() if gap is not None}


def _gap(text: str, comment: str, at_least: int, below: int) -> Gap | None:
    if not text.strip():
        return "missing"
    mark = read_mark(text)
    if fault := fault_of(mark):
        return fault
    assert mark is not None
    wanting = asks_comment(mark, at_least=at_least, below=below) and not comment.strip()
    return "no_comment" if wanting else None


def good_marks(typed: Mapping[str, str], codes: Iterable[str]) -> dict[str, Decimal]:
    """The marks that can stand, of those typed."""
    read = {code: read_mark(typed.get(code, "")) for code in codes}
    return {code: mark for code, mark in read.items() if mark is not None and not fault_of(mark)}

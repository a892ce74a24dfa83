"""Years, months, ages and numbers, as the eligibility rules count them."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta

from workflow.rules.identifiers import valid_credit_code as valid_credit_code

MONTHS = 12
ONE_DAY = timedelta(days=1)

ID_NUMBER = re.compile(r"[0-9]{17}[0-9X]")
ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643: powers of 2 modulo 11
ID_CHECKS = "10X98765432"


def passes_on(start: date, years: int) -> date:
    """The day on which `years` full years from `start` are over (Civil Code art. 202).

    It is the corresponding day of the last month, or that month's last day where it has none.
    """
    return _months_later(start, years * MONTHS)


def full_years(start: date, on: date) -> int:
    """How many full years from `start` are over on the day `on`; none while `start` is still to come."""
    return max(0, _full_months(start, on) // MONTHS)


def age_on(born: date, on: date, *, from_next_day: bool = False) -> int:
    """The age in full years (周岁) on the day `on`, reached on the birthday itself.

    With `from_next_day` it is reached the day after. Raises ValueError for a birth after `on`.
    """
    if born > on:
        raise ValueError("born after the day asked about")
    return full_years(born, on - ONE_DAY if from_next_day else on)


def union_months(intervals: Iterable[tuple[date, date]]) -> int:
    """The whole months covered by the intervals, both days inclusive, overlaps counted once.

    Intervals that overlap or follow each other without a gap form one stretch; each stretch counts its whole
    months from its own first day. Raises ValueError for an interval that ends before it starts.
    """
    return sum(_full_months(first, last + ONE_DAY) for first, last in _stretches(intervals))


def _stretches(intervals: Iterable[tuple[date, date]]) -> list[tuple[date, date]]:
    stretches: list[tuple[date, date]] = []
    for first, last in sorted(intervals):
        if last < first:
            raise ValueError(f"an interval ends before it starts: {first} to {last}")
        if stretches and first <= stretches[-1][1] + ONE_DAY:
            stretches[-1] = (stretches[-1][0], max(stretches[-1][1], last))
        else:
            stretches.append((first, last))
    return stretches


def _full_months(start: date, on: date) -> int:
    months = (on.year - start.year) * MONTHS + on.month - start.month
    return months if on >= _months_later(start, months) else months - 1


def _months_later(start: date, months: int) -> date:
    year, month = divmod(start.year * MONTHS + start.month - 1 + months, MONTHS)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def valid_id_number(number: str) -> bool:
    """Whether `number` is a citizen's identity number: a real birth date, the GB 11643 check digit.

    A final X is a capital, so that one person has one spelling: forms turn letters into capitals first.
    """
    if not ID_NUMBER.fullmatch(number) or not _is_date(number[6:14]):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, ID_WEIGHTS, strict=False))
    return number[-1] == ID_CHECKS[total % 11]


def _is_date(digits: str) -> bool:
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True

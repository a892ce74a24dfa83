"""How long somebody has practised: the union of the intervals until a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from selection.rules.eligibility import union_months

Interval = tuple[date, date | None, bool]  # from, until (None: it lasts), in the province


def clipped(intervals: Iterable[Interval], on: date) -> list[tuple[date, date]]:
    """The intervals until the day `on`; what lasts ends there, what begins later or runs backwards is left out."""
    ended = [(start, min(end or on, on)) for start, end, _here in intervals]
    return [(start, end) for start, end in ended if start <= end]


def months_until(intervals: Iterable[Interval], on: date) -> int:
    """Whole months covered until the day `on`, overlaps counted once."""
    return union_months(clipped(intervals, on))

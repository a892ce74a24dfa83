"""How a year passes: what should be done by a day, how a pace is called, which week and which shade a day falls into."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from studios.rules.reports import LADDER, Light

Pace = Literal["ahead", "even", "behind"]

WEEKS = 52  # the last one of a year has eight days, or nine
HALF = WEEKS // 2
SHADES = 4  # beside none at all
TOLERANCE = Decimal(5)  # percentage points on either side that still count as even
HUNDRED = Decimal(100)


def should_be(day: date, first: date, last: date) -> Decimal:
    """Per cent of the time from `first` to `last`, both included, that is over at the end of `day`; one decimal, half up."""
    whole = (last - first).days + 1
    passed = min(max((day - first).days + 1, 0), whole)
    return (HUNDRED * passed / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)


def running_year(year: int, began: date | None, ends: date | None) -> tuple[date, date]:
    """The part of a calendar year in which a studio runs; the whole year where it does not run in it at all."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    start = max(first, began) if began else first
    end = min(last, ends) if ends else last
    return (start, end) if start <= end else (first, last)


def pace(rate: Decimal, expected: Decimal) -> Pace:
    """How the share of the target that is reached stands beside the share of the time that is over."""
    if rate > expected + TOLERANCE:
        return "ahead"
    return "behind" if rate < expected - TOLERANCE else "even"


def term_year(first: date, last: date, day: date) -> tuple[int, int]:
    """Which year of the management period a day falls into, and how many it has: (2, 3)."""
    years = max(1, _full_years(first, last) + (_anniversary(first, _full_years(first, last)) < last))
    return min(max(1, _full_years(first, day) + 1), years), years


def _full_years(first: date, day: date) -> int:
    years = day.year - first.year
    return years - ((day.month, day.day) < (first.month, first.day))


def _anniversary(first: date, years: int) -> date:
    """The corresponding day; where there is none, the last day of that month (Civil Code art. 202)."""
    try:
        return first.replace(year=first.year + years)
    except ValueError:
        return date(first.year + years, 2, 28)


def week_of(day: date) -> int:
    """The week of the year, from 0; weeks begin with the weekday of 1 January."""
    return min((day.timetuple().tm_yday - 1) // 7, WEEKS - 1)


def weekly(days: Iterable[tuple[date, int]]) -> list[int]:
    """What the days of a year come to, by week."""
    found = [0] * WEEKS
    for day, number in days:
        found[week_of(day)] += number
    return found


def shades(numbers: Sequence[int]) -> list[int]:
    """A shade from 0 (nothing) to 4 for each: the numbers themselves up to four, else in quarters of the greatest."""
    most = max(numbers, default=0)
    return [-(-number * SHADES // max(most, SHADES)) for number in numbers]


@dataclass(frozen=True)
class Rung:
    """The next rung of the ladder that an overdue report climbs."""

    light: Light
    days: int  # working days until then


def next_rung(overdue: int) -> Rung | None:
    """What follows for a report so many working days late; None at the top."""
    coming = [(days, light) for days, light in LADDER if days > overdue]
    if not coming:
        return None
    days, light = min(coming)
    return Rung(light, days - overdue)

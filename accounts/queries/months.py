"""A year of the working-day calendar, laid out in weeks."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date

from workflow.rules.calendar import SATURDAY, WorkCalendar


@dataclass(frozen=True)
class Day:
    """One day: worked, weekend, off by the notice, or worked by the notice."""

    date: date
    kind: str  # "work" | "weekend" | "off" | "makeup"


@dataclass(frozen=True)
class Month:
    """Weeks from Monday, None outside the month; how many days are worked."""

    first: date
    weeks: tuple[tuple[Day | None, ...], ...]
    workdays: int


def _kind(day: date, worked: WorkCalendar) -> str:
    if day in worked.makeup_workdays:
        return "makeup"
    if day in worked.off_days:
        return "off"
    return "weekend" if day.weekday() >= SATURDAY else "work"


def _month(year: int, month: int, worked: WorkCalendar) -> Month:
    weeks = tuple(
        tuple(Day(d := date(year, month, n), _kind(d, worked)) if n else None for n in week)
        for week in calendar.Calendar().monthdayscalendar(year, month)
    )
    days = [day for week in weeks for day in week if day is not None]
    return Month(date(year, month, 1), weeks, sum(worked.is_workday(day.date) for day in days))


def months_of(year: int, worked: WorkCalendar) -> list[Month]:
    """The twelve months."""
    return [_month(year, month, worked) for month in range(1, 13)]

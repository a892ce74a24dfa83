"""A year of the working-day calendar, laid out in weeks."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from workflow.rules.calendar import SATURDAY, WorkCalendar


@dataclass(frozen=True)
class Day:
    """One day: worked, weekend, off by the notice, or worked by the notice."""

    date: date
    kind: str  # "work" | "weekend" | "off" | "makeup"
    was: str = ""  # the kind in the version before, where it is another


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


def _day(day: date, worked: WorkCalendar, before: WorkCalendar | None) -> Day:
    kind = _kind(day, worked)
    was = _kind(day, before) if before else kind
    return Day(day, kind, was if was != kind else "")


def changes_between(year: int, before: WorkCalendar, after: WorkCalendar) -> list[Day]:
    """The days of the year on which two versions differ, with what they were before."""
    days = (date(year, 1, 1) + timedelta(days=n) for n in range(366))
    found = (_day(day, after, before) for day in days if day.year == year)
    return [day for day in found if day.was]


def _month(year: int, month: int, worked: WorkCalendar, before: WorkCalendar | None) -> Month:
    weeks = tuple(
        tuple(_day(date(year, month, n), worked, before) if n else None for n in week)
        for week in calendar.Calendar().monthdayscalendar(year, month)
    )
    days = [day for week in weeks for day in week if day is not None]
    return Month(date(year, month, 1), weeks, sum(worked.is_workday(day.date) for day in days))


def months_of(year: int, worked: WorkCalendar, before: WorkCalendar | None = None) -> list[Month]:
    """The twelve months; with a version before, each day that differs says what it was."""
    return [_month(year, month, worked, before) for month in range(1, 13)]

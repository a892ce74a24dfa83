"""The working-day calendar and the end of a period.

Civil Code art. 201 (the day of the event does not count), art. 203 (a period ends at 24:00 of its last day; a
last day of rest gives way to the next working day). Working days follow the State Council's yearly notice: a
year whose notice is not held is refused, never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
ONE_DAY = timedelta(days=1)
SATURDAY = 5

PeriodMode = Literal["working_days", "calendar_days"]


class CalendarMissing(ValueError):
    """A day was asked about whose year's official schedule is not held."""

    def __init__(self, year: int) -> None:
        super().__init__(f"no working-day calendar for {year}")
        self.year = year


@dataclass(frozen=True)
class WorkCalendar:
    """Which days are worked, for the years whose official schedule is held."""

    years: frozenset[int]
    off_days: frozenset[date]
    makeup_workdays: frozenset[date]

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> WorkCalendar:
        """Read `years`, `off_ranges` ([first, last], ISO dates, inclusive) and `makeup_workdays`.

        Raises ValueError for a reversed range or a day that would be both off and worked.
        """
        off_days = frozenset(day for first, last in data["off_ranges"] for day in _days(first, last))
        makeup_workdays = frozenset(date.fromisoformat(day) for day in data["makeup_workdays"])
        if both := off_days & makeup_workdays:
            raise ValueError(f"both a day off and a make-up workday: {min(both).isoformat()}")
        return cls(frozenset(int(year) for year in data["years"]), off_days, makeup_workdays)

    def is_workday(self, day: date) -> bool:
        """Whether `day` is worked. Raises CalendarMissing for a year that is not held."""
        if isinstance(day, datetime):
            raise TypeError("a date is needed: an instant has no day before its zone is chosen")
        self.require(day.year)
        if day in self.makeup_workdays:
            return True
        return day.weekday() < SATURDAY and day not in self.off_days

    def require(self, year: int) -> None:
        """Raises CalendarMissing unless the schedule of `year` is held."""
        if year not in self.years:
            raise CalendarMissing(year)


def _days(first: str, last: str) -> list[date]:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    if end < start:
        raise ValueError(f"a range of days off ends before it starts: {first} to {last}")
    return [start + timedelta(days=n) for n in range((end - start).days + 1)]


def add_working_days(day: date, n: int, calendar: WorkCalendar) -> date:
    """The n-th working day after `day` (before it, when n is negative; `day` itself, when n is 0)."""
    step = ONE_DAY if n >= 0 else -ONE_DAY
    left = abs(n)
    while left:
        day += step
        left -= calendar.is_workday(day)
    return day


def working_days_between(start: date, end: date, calendar: WorkCalendar) -> int:
    """How many working days lie after `start`, up to and including `end`; negative when `end` comes first.

    With `start` a due date and `end` today, it is the number of working days overdue.
    """
    if end < start:
        return -working_days_between(end, start, calendar)
    return sum(calendar.is_workday(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))


def next_workday(day: date, calendar: WorkCalendar) -> date:
    """`day`, or the first working day after it when `day` is a day of rest (Civil Code art. 203)."""
    return day if calendar.is_workday(day) else add_working_days(day, 1, calendar)


def start_of(day: date) -> datetime:
    """00:00 of `day` in the zone of the law: the 24:00 of the day before."""
    return datetime.combine(day, time.min, tzinfo=SHANGHAI)


def period_end(published_at: datetime, days: int, *, mode: PeriodMode, calendar: WorkCalendar) -> datetime:
    """The exclusive end of a period of `days` from `published_at`: 00:00 in Shanghai after its last day.

    `published_at` is aware, in any zone; its local date does not count, whatever the hour. Raises ValueError
    for a naive time, less than one day or an unknown mode, CalendarMissing where a counted day's year is not
    held.
    """
    if published_at.utcoffset() is None:
        raise ValueError("published_at must carry its zone")
    if days < 1:
        raise ValueError("a period has at least one day")
    day_zero = published_at.astimezone(SHANGHAI).date()
    return start_of(_last_day(day_zero, days, mode, calendar) + ONE_DAY)


def _last_day(day_zero: date, days: int, mode: PeriodMode, calendar: WorkCalendar) -> date:
    if mode == "working_days":
        return add_working_days(day_zero, days, calendar)
    if mode == "calendar_days":
        last = day_zero + timedelta(days=days)
        for year in range((day_zero + ONE_DAY).year, last.year + 1):
            calendar.require(year)
        return next_workday(last, calendar)
    raise ValueError(f"unknown way of counting days: {mode}")

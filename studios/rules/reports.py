"""Which reports are owed, by when, and how late one is."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from workflow.rules.calendar import CalendarMissing, WorkCalendar, add_working_days, working_days_between

Light = Literal["on_time", "yellow", "orange", "red"]
Kind = Literal["quarterly", "annual", "mid_term", "final"]

# Working days overdue from which each light shows: the studio is reminded, its city told, payments stop.
LADDER: tuple[tuple[int, Light], ...] = ((20, "red"), (10, "orange"), (1, "yellow"))

# Working days from the due day at which somebody is told, the last first.
REMINDERS = (20, 10, 1, 0, -2, -5)

QUARTERLY_WORKING_DAY = 10  # after the quarter's end
ANNUAL_MONTH, ANNUAL_DAY = 12, 10
MID_TERM_MONTHS = 18  # after the studio began
FINAL_DAYS = 30  # before its term is over
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Owed:
    """One report that falls due."""

    kind: Kind
    period: str
    due_on: date


def light(due: date, today: date, calendar: WorkCalendar) -> Light:
    """The light of a report due on `due` and not handed in by `today`.

    Raises CalendarMissing only when days must be counted: a report not yet due needs no calendar.
    """
    if today <= due:
        return "on_time"
    overdue = working_days_between(due, today, calendar)
    return next((colour for days, colour in LADDER if overdue >= days), "on_time")


def last_due_days(today: date, calendar: WorkCalendar) -> dict[Light, date]:
    """For each light, the last due day that shows it or a worse one today: `light` turned round.

    Raises CalendarMissing.
    """
    tomorrow = today + ONE_DAY
    return {colour: add_working_days(tomorrow, -days, calendar) - ONE_DAY for days, colour in LADDER}


def reminder_level(due: date, today: date, calendar: WorkCalendar) -> int | None:
    """The last level of the reminders that it has reached, or None. Raises CalendarMissing."""
    passed = working_days_between(due, today, calendar)
    return next((level for level in REMINDERS if passed >= level), None)


def owed_reports(
    first: date, until: date, calendar: WorkCalendar, *, ends_on: date | None = None
) -> list[Owed]:
    """The reports of a studio that runs from `first` to `ends_on`, for periods that end before `until`.

    A quarterly report is due on the 10th working day after its quarter, an annual one on 10 December, the one of the
    middle 18 months after the beginning, the last 30 days before the end. A quarter whose due day cannot be counted
    yet, for want of the year's calendar, is left out until it can.
    """
    found = [
        *_quarterly(first, until, calendar),
        *_annual(first, until),
        *_of_the_term(first, until, ends_on),
    ]
    return sorted(found, key=lambda owed: owed.due_on)


def _quarterly(first: date, until: date, calendar: WorkCalendar) -> Iterator[Owed]:
    for year in range(first.year, until.year + 1):
        for quarter in range(1, 5):
            end = _quarter_end(year, quarter)
            if not first <= end < until:
                continue
            try:
                due = add_working_days(end, QUARTERLY_WORKING_DAY, calendar)
            except CalendarMissing:
                continue
            yield Owed("quarterly", f"{year}Q{quarter}", due)


def _annual(first: date, until: date) -> Iterator[Owed]:
    for year in range(first.year, until.year + 1):
        due = date(year, ANNUAL_MONTH, ANNUAL_DAY)
        if first <= due < until:
            yield Owed("annual", str(year), due)


def _of_the_term(first: date, until: date, ends_on: date | None) -> Iterator[Owed]:
    """The middle and the end. A term too short for a middle before its last report has none."""
    last = ends_on - timedelta(days=FINAL_DAYS) if ends_on else None
    middle = months_after(first, MID_TERM_MONTHS)
    if middle < until and (last is None or middle < last):
        yield Owed("mid_term", str(middle.year), middle)
    if last is not None and first < last < until:
        yield Owed("final", str(last.year), last)


def months_after(day: date, months: int) -> date:
    """The corresponding day so many months later, or that month's last where it has none."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def days_covered(kind: str, period: str, due_on: date, began: date) -> tuple[date, date]:
    """The first and the last day of which a report tells."""
    if kind == "quarterly":
        year, _q, quarter = period.partition("Q")
        first, last = date(int(year), int(quarter) * 3 - 2, 1), _quarter_end(int(year), int(quarter))
    elif kind == "annual":
        first, last = date(int(period), 1, 1), date(int(period), 12, 31)
    else:
        first, last = began, due_on
    return max(first, began), last


def _quarter_end(year: int, quarter: int) -> date:
    return (date(year + 1, 1, 1) if quarter == 4 else date(year, 3 * quarter + 1, 1)) - ONE_DAY

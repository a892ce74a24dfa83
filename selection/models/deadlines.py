"""Until when an office must act: days of the rulebook counted from the day on which a thing came to it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from workflow import calendar, clock
from workflow.errors import CalendarYearMissing
from workflow.rules.calendar import CalendarMissing, WorkCalendar, add_working_days


def due_in(days: int) -> date | None:
    """The `days`-th working day from today, or None where that year's calendar is not loaded: no act waits for it."""
    try:
        return calendar.due_after(clock.today(), days)
    except CalendarYearMissing:
        return None


def desk_due(round_: Any, desk: str) -> date | None:
    """Until when the county or the nominator must act on what arrives today; never later than the closing."""
    rules = round_.rulebook
    due = due_in(rules.county_days if desk == "county_review" else rules.nominator_days)
    closing = _day_of(round_.closes_at)
    return min(due, closing) if due and closing else due or closing


def screening_due(round_: Any, days: WorkCalendar) -> date | None:
    """Until when the dossiers of a round are to be screened: so many working days from its closing."""
    closing = _day_of(round_.closes_at)
    if closing is None:
        return None
    try:
        return add_working_days(closing, round_.rulebook.screening_days, days)
    except CalendarMissing:
        return None


def _day_of(moment: datetime | None) -> date | None:
    return moment.astimezone(clock.ZONE).date() if moment else None

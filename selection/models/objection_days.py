"""The clocks of an objection, in working days. Nothing waits for a calendar: a day that cannot be counted stays open."""

from __future__ import annotations

from datetime import date

from workflow import calendar
from workflow.errors import CalendarYearMissing

ADMIT_DAYS, INVESTIGATE_DAYS, EXTENDED_DAYS = 3, 10, 30
STATEMENT_DAYS, REPLY_DAYS = 5, 5
APPEAL_DAYS, APPEAL_DECIDE_DAYS = 5, 10  # to ask for it; to decide it


def due(start: date, days: int) -> date | None:
    """The `days`-th working day after `start`; None where that year's calendar is not loaded yet."""
    try:
        return calendar.due_after(start, days)
    except CalendarYearMissing:
        return None

"""How late a report is."""

from __future__ import annotations

from datetime import date
from typing import Literal

from workflow.rules.calendar import WorkCalendar, working_days_between

Light = Literal["on_time", "yellow", "orange", "red"]

# Working days overdue from which each light shows: the studio is reminded, its city told, payments stop.
LADDER: tuple[tuple[int, Light], ...] = ((20, "red"), (10, "orange"), (1, "yellow"))


def light(due: date, today: date, calendar: WorkCalendar) -> Light:
    """The light of a report due on `due` and not handed in by `today`.

    Raises CalendarMissing only when days must be counted: a report not yet due needs no calendar.
    """
    if today <= due:
        return "on_time"
    overdue = working_days_between(due, today, calendar)
    return next((colour for days, colour in LADDER if overdue >= days), "on_time")

"""How late a report is, in working days."""

import json
from datetime import date
from pathlib import Path

import pytest

from studios.rules.reports import light
from workflow.rules.calendar import CalendarMissing, WorkCalendar, add_working_days

FILE = Path(__file__).parents[3] / "workflow/data/workcalendar_2024_2026.json"
OFFICIAL = WorkCalendar.from_dict(json.loads(FILE.read_text()))
DUE = date(2026, 9, 18)  # a Friday before a make-up Sunday and two holidays


@pytest.mark.parametrize(
    ("overdue", "colour"),
    [(0, "on_time"), (1, "yellow"), (9, "yellow"), (10, "orange"), (19, "orange"), (20, "red"), (45, "red")],
)
def test_light_changes_on_the_working_day(overdue: int, colour: str) -> None:
    assert light(DUE, add_working_days(DUE, overdue, OFFICIAL), OFFICIAL) == colour


def test_a_weekend_is_not_late() -> None:
    assert light(date(2026, 3, 6), date(2026, 3, 8), OFFICIAL) == "on_time"


def test_a_report_not_yet_due_needs_no_calendar() -> None:
    assert light(date(2028, 12, 10), date(2027, 1, 5), OFFICIAL) == "on_time"


def test_lateness_in_a_year_not_held_is_refused() -> None:
    with pytest.raises(CalendarMissing):
        light(date(2026, 12, 31), date(2027, 1, 5), OFFICIAL)

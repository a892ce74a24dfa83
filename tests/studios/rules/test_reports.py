"""Which reports are owed, and how late one is, in working days."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from studios.rules.reports import days_covered, last_due_days, light, owed_reports, reminder_level
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


def test_reports_are_owed_for_the_quarters_and_years_that_end_in_the_term() -> None:
    owed = owed_reports(date(2025, 3, 31), date(2026, 3, 31), OFFICIAL)
    assert [(o.kind, o.period, o.due_on) for o in owed] == [
        ("quarterly", "2025Q1", date(2025, 4, 15)),
        ("quarterly", "2025Q2", date(2025, 7, 14)),
        ("quarterly", "2025Q3", date(2025, 10, 21)),  # 1 to 8 October off, the 11th made up
        ("annual", "2025", date(2025, 12, 10)),
        ("quarterly", "2025Q4", date(2026, 1, 15)),  # 1 to 3 January off, the 4th made up
    ]


def test_a_quarter_whose_due_day_cannot_be_counted_waits_for_the_calendar() -> None:
    owed = owed_reports(date(2026, 11, 1), date(2027, 12, 31), OFFICIAL)
    assert [o.period for o in owed] == ["2026", "2027"]


def test_the_last_due_day_of_each_light_is_the_rule_turned_round() -> None:
    for today in (DUE + timedelta(days=n) for n in range(60)):
        last = last_due_days(today, OFFICIAL)
        for colour, day in last.items():
            assert light(day, today, OFFICIAL) == colour
            assert light(day + timedelta(days=1), today, OFFICIAL) != colour


@pytest.mark.parametrize(
    ("days", "level"),
    [
        (-6, None),
        (-5, -5),
        (-3, -5),
        (-2, -2),
        (-1, -2),
        (0, 0),
        (1, 1),
        (9, 1),
        (10, 10),
        (19, 10),
        (20, 20),
        (99, 20),
    ],
)
def test_a_report_has_reached_the_last_level_that_it_passed(days: int, level: int | None) -> None:
    due = date(2026, 6, 30)
    assert reminder_level(due, add_working_days(due, days, OFFICIAL), OFFICIAL) == level


def test_the_middle_falls_eighteen_months_after_the_beginning_and_the_last_thirty_days_before_the_end() -> (
    None
):
    found = owed_reports(date(2024, 8, 31), date(2027, 8, 31), OFFICIAL, ends_on=date(2027, 8, 31))
    terms = [(owed.kind, owed.period, owed.due_on) for owed in found if owed.kind in ("mid_term", "final")]
    assert terms == [("mid_term", "2026", date(2026, 2, 28)), ("final", "2027", date(2027, 8, 1))]


def test_a_term_too_short_for_a_middle_has_only_its_last_report() -> None:
    found = owed_reports(date(2026, 1, 5), date(2027, 7, 1), OFFICIAL, ends_on=date(2027, 7, 1))
    assert [owed.kind for owed in found if owed.kind in ("mid_term", "final")] == ["final"]


@pytest.mark.parametrize(
    ("kind", "period", "due", "days"),
    [
        ("quarterly", "2026Q1", date(2026, 4, 15), (date(2026, 2, 1), date(2026, 3, 31))),
        ("quarterly", "2026Q4", date(2027, 1, 15), (date(2026, 10, 1), date(2026, 12, 31))),
        ("annual", "2026", date(2026, 12, 10), (date(2026, 2, 1), date(2026, 12, 31))),
        ("mid_term", "2027", date(2027, 8, 1), (date(2026, 2, 1), date(2027, 8, 1))),
    ],
)
def test_the_days_of_which_a_report_tells(kind: str, period: str, due: date, days: tuple[date, date]) -> None:
    assert days_covered(kind, period, due, date(2026, 2, 1)) == days

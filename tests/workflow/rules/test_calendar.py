"""The working-day calendar against official values and an independent library."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import chinese_calendar
import pytest

from workflow.rules.calendar import (
    SHANGHAI,
    CalendarMissing,
    WorkCalendar,
    add_working_days,
    next_workday,
    period_end,
    working_days_between,
)

ROOT = Path(__file__).parents[3]
OFFICIAL = WorkCalendar.from_dict(
    json.loads((ROOT / "workflow/data/workcalendar_2024_2026.json").read_text())
)
YEAR_2021 = WorkCalendar.from_dict({"years": [2021], "off_ranges": [], "makeup_workdays": []})
CASES = json.loads((ROOT / "tests/data/reference_cases.json").read_text())["calendar_cases"]

# Published on, days, last day in working days, last day in calendar days. The publication day does not count.
VECTORS = [
    ("2021-11-15", 5, "2021-11-22", "2021-11-22"),
    ("2021-11-15", 7, "2021-11-24", "2021-11-22"),
    ("2025-01-24", 5, "2025-02-07", "2025-02-05"),
    ("2025-09-26", 5, "2025-10-10", "2025-10-09"),
    ("2026-01-01", 5, "2026-01-08", "2026-01-06"),
    ("2026-02-11", 5, "2026-02-25", "2026-02-24"),
    ("2026-02-13", 5, "2026-02-27", "2026-02-24"),
    ("2026-02-13", 7, "2026-03-02", "2026-02-24"),
    ("2026-02-14", 5, "2026-02-28", "2026-02-24"),
    ("2026-04-29", 5, "2026-05-09", "2026-05-06"),
    ("2026-06-18", 5, "2026-06-26", "2026-06-23"),
    ("2026-09-18", 5, "2026-09-24", "2026-09-23"),
    ("2026-09-23", 7, "2026-10-10", "2026-09-30"),
    ("2026-09-29", 5, "2026-10-12", "2026-10-08"),
]


def at(day: str, hour: int = 9) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), tzinfo=SHANGHAI).replace(hour=hour)


def end_of(day: str) -> datetime:
    return at(day, 0) + timedelta(days=1)


def held(day: str) -> WorkCalendar:
    return YEAR_2021 if day.startswith("2021") else OFFICIAL


@pytest.mark.parametrize(("published", "days", "working", "calendar"), VECTORS)
def test_period_ends_after_its_last_day(published: str, days: int, working: str, calendar: str) -> None:
    ends = [
        period_end(at(published), days, mode=mode, calendar=held(published))
        for mode in ("working_days", "calendar_days")
    ]
    assert ends == [end_of(working), end_of(calendar)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_reference_case(case: dict) -> None:
    published_at = datetime.fromisoformat(case["published_at"])
    end = period_end(published_at, case["days"], mode=case["mode"], calendar=OFFICIAL)
    assert end.isoformat() == case["expected_ends_at"]


@pytest.mark.parametrize("hour", [0, 9, 23])
def test_the_hour_of_publication_does_not_matter(hour: int) -> None:
    end = period_end(at("2026-09-29", hour), 5, mode="working_days", calendar=OFFICIAL)
    assert end == datetime(2026, 10, 13, tzinfo=SHANGHAI)


def test_end_is_told_in_shanghai_whatever_the_zone_of_publication() -> None:
    end = period_end(datetime(2026, 9, 28, 16, tzinfo=UTC), 5, mode="working_days", calendar=OFFICIAL)
    assert (end.isoformat(), end.tzinfo) == ("2026-10-13T00:00:00+08:00", SHANGHAI)


def test_working_days_into_a_year_not_held_are_refused() -> None:
    with pytest.raises(CalendarMissing) as refused:
        period_end(at("2026-12-25"), 5, mode="working_days", calendar=OFFICIAL)
    assert refused.value.year == 2027


def test_calendar_days_within_a_held_year_need_no_other() -> None:
    end = period_end(at("2026-12-25"), 5, mode="calendar_days", calendar=OFFICIAL)
    assert end == end_of("2026-12-30")


@pytest.mark.parametrize("published", ["2026-12-29", "2023-12-30", "2019-05-01"])
def test_calendar_days_touching_a_year_not_held_are_refused(published: str) -> None:
    with pytest.raises(CalendarMissing):
        period_end(at(published), 5, mode="calendar_days", calendar=OFFICIAL)


def test_the_day_of_publication_needs_no_calendar() -> None:
    end = period_end(at("2023-12-31"), 1, mode="working_days", calendar=OFFICIAL)
    assert end == end_of("2024-01-02")


def test_calendar_days_ending_on_a_makeup_saturday_do_not_roll() -> None:
    end = period_end(at("2026-02-23"), 5, mode="calendar_days", calendar=OFFICIAL)
    assert end == end_of("2026-02-28")


@pytest.mark.parametrize("days", [0, -1])
def test_a_period_of_no_days_is_refused(days: int) -> None:
    with pytest.raises(ValueError, match="at least one day"):
        period_end(at("2026-03-02"), days, mode="working_days", calendar=OFFICIAL)


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        period_end(datetime(2026, 3, 2), 5, mode="working_days", calendar=OFFICIAL)


def test_an_unknown_mode_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown"):
        period_end(at("2026-03-02"), 5, mode="days", calendar=OFFICIAL)  # type: ignore[arg-type]


def test_every_day_of_three_years_agrees_with_the_library() -> None:
    days = [date(2024, 1, 1) + timedelta(days=n) for n in range(1096)]
    assert days[-1] == date(2026, 12, 31)
    assert [day for day in days if OFFICIAL.is_workday(day) != chinese_calendar.is_workday(day)] == []


@pytest.mark.parametrize(("year", "workdays"), [(2024, 251), (2025, 248), (2026, 248)])
def test_working_days_of_a_year(year: int, workdays: int) -> None:
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(366)]
    assert sum(OFFICIAL.is_workday(day) for day in days if day.year == year) == workdays


def test_spring_festival_eve_2024_was_worked() -> None:
    assert OFFICIAL.is_workday(date(2024, 2, 9))


def test_a_year_not_held_is_never_guessed() -> None:
    with pytest.raises(CalendarMissing) as refused:
        OFFICIAL.is_workday(date(2027, 3, 1))
    assert refused.value.year == 2027


def test_an_instant_is_not_a_day() -> None:
    with pytest.raises(TypeError):
        OFFICIAL.is_workday(at("2026-01-01"))


def test_a_calendar_that_contradicts_itself_is_refused() -> None:
    with pytest.raises(ValueError, match="2026-01-03"):
        WorkCalendar.from_dict(
            {"years": [2026], "off_ranges": [["2026-01-01", "2026-01-03"]], "makeup_workdays": ["2026-01-03"]}
        )


def test_a_reversed_range_is_refused() -> None:
    with pytest.raises(ValueError, match="ends before it starts"):
        WorkCalendar.from_dict(
            {"years": [2026], "off_ranges": [["2026-01-03", "2026-01-01"]], "makeup_workdays": []}
        )


def test_a_calendar_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        OFFICIAL.years = frozenset({2027})  # type: ignore[misc]


@pytest.mark.parametrize("n", [-40, -5, -1, 0, 1, 5, 40, 200])
def test_working_days_added_are_the_working_days_between(n: int) -> None:
    start = date(2025, 9, 30)  # a workday, so that the way back counts it too
    assert working_days_between(start, add_working_days(start, n, OFFICIAL), OFFICIAL) == n


def test_weekends_between_are_not_counted() -> None:
    friday, sunday, monday = date(2026, 3, 6), date(2026, 3, 8), date(2026, 3, 9)
    counted = [working_days_between(friday, day, OFFICIAL) for day in (friday, sunday, monday)]
    assert counted == [0, 0, 1]


def test_working_days_before_are_negative() -> None:
    assert working_days_between(date(2026, 3, 13), date(2026, 3, 6), OFFICIAL) == -5


def test_a_day_of_rest_gives_way_to_the_next_workday() -> None:
    rolled = [next_workday(day, OFFICIAL) for day in (date(2026, 10, 1), date(2026, 10, 10))]
    assert rolled == [date(2026, 10, 8), date(2026, 10, 10)]

"""The working-day calendar against official values and an independent library."""

import json
from bisect import bisect_left
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import accumulate
from pathlib import Path

import chinese_calendar
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

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


# The three official schedules, copied by hand from the notices of 2023-10-25, 2024-11-12 and 2025-11-04.
OFF = (
    "20240101-20240101 20240210-20240217 20240404-20240406 20240501-20240505 20240610-20240610 20240915-20240917 "
    "20241001-20241007 20250101-20250101 20250128-20250204 20250404-20250406 20250501-20250505 20250531-20250602 "
    "20251001-20251008 20260101-20260103 20260215-20260223 20260404-20260406 20260501-20260505 20260619-20260621 "
    "20260925-20260927 20261001-20261007"
)
MADE_UP = (
    "20240204 20240218 20240407 20240428 20240511 20240914 20240929 20241012 20250126 20250208 20250427 20250928 "
    "20251011 20260104 20260214 20260228 20260509 20260920 20261010"
)
FIRST, LAST = date(2024, 1, 1), date(2026, 12, 31)


def _by_hand() -> list[int]:
    """For every day from FIRST, how many working days there are up to and including it: flags and prefix sums."""
    flags = [1 if (FIRST.weekday() + n) % 7 < 5 else 0 for n in range((LAST - FIRST).days + 1)]
    for span in OFF.split():
        first, last = (datetime.strptime(part, "%Y%m%d").date() for part in span.split("-"))
        for n in range((first - FIRST).days, (last - FIRST).days + 1):
            flags[n] = 0
    for day in MADE_UP.split():
        flags[(datetime.strptime(day, "%Y%m%d").date() - FIRST).days] = 1
    return list(accumulate(flags))


WORKED = _by_hand()


def second_opinion(published_at: datetime, days: int, mode: str) -> datetime | None:
    """The end of a period computed another way: UTC plus eight hours, table, bisection. None: a year is not held."""
    local = published_at.astimezone(UTC) + timedelta(hours=8)
    at_zero = local.date().toordinal() - FIRST.toordinal()
    if mode == "working_days":
        before = WORKED[at_zero] if at_zero >= 0 else 0
        last = bisect_left(WORKED, before + days)
    else:
        last = at_zero + days
        if last < len(WORKED) and WORKED[last] == (WORKED[last - 1] if last else 0):  # a day of rest
            last = bisect_left(WORKED, WORKED[last] + 1)
    if last >= len(WORKED) or at_zero < -1:
        return None
    return datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=last + 1) - timedelta(hours=8)


def ours(published_at: datetime, days: int, mode: str) -> datetime | None:
    try:
        return period_end(published_at, days, mode=mode, calendar=OFFICIAL)  # type: ignore[arg-type]
    except CalendarMissing:
        return None


zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
instants = st.datetimes(datetime(2023, 12, 31, 20), datetime(2026, 12, 31, 0)).map(
    lambda d: d.replace(tzinfo=UTC)
)


@settings(max_examples=400, deadline=None)
@given(instants, zones, st.integers(1, 60), st.sampled_from(["working_days", "calendar_days"]))
@example(datetime(2026, 9, 29, 15, 59, 59, tzinfo=UTC), UTC, 5, "working_days")
@example(datetime(2026, 9, 29, 16, tzinfo=UTC), UTC, 5, "working_days")
@example(datetime(2026, 12, 30, 15, 59, 59, tzinfo=UTC), UTC, 1, "working_days")
@example(datetime(2026, 12, 30, 16, tzinfo=UTC), UTC, 1, "working_days")
def test_any_period_agrees_with_a_second_opinion(
    at_utc: datetime, zone: timezone, days: int, mode: str
) -> None:
    told = at_utc.astimezone(zone)
    assert ours(told, days, mode) == second_opinion(told, days, mode)


@pytest.mark.parametrize("mode", ["working_days", "calendar_days"])
@pytest.mark.parametrize("days", [1, 5, 7])
def test_every_day_of_three_years_ends_as_the_second_opinion_says(days: int, mode: str) -> None:
    """From each of 1,096 days, at the last second of the evening before and at midnight in Shanghai."""
    midnights = [datetime(2023, 12, 31, 16, tzinfo=UTC) + timedelta(days=n) for n in range(1096)]
    instants = [moment - timedelta(seconds=late) for moment in midnights for late in (1, 0)]
    assert [m for m in instants if ours(m, days, mode) != second_opinion(m, days, mode)] == []


BOUNDARIES = [  # in UTC; the end in Shanghai
    ("2026-09-29T15:59:59", 5, "2026-10-13"),  # still the 29th there
    ("2026-09-29T16:00:00", 5, "2026-10-14"),  # the 30th there
    ("2026-02-13T15:59:59", 5, "2026-02-28"),  # the 13th: 14, 24, 25, 26, 27
    ("2026-02-13T16:00:00", 5, "2026-03-01"),  # the make-up Saturday does not count as its own day zero
    ("2024-01-31T10:00:00", 1, "2024-02-02"),  # the end of a month
    ("2024-02-28T10:00:00", 2, "2024-03-02"),  # the 29th of February is a day
    ("2024-12-31T10:00:00", 1, "2025-01-03"),  # New Year's Day lies between
    ("2025-12-31T15:59:59", 1, "2026-01-05"),  # Sunday 4 January 2026 is worked
    ("2024-02-02T10:00:00", 1, "2024-02-05"),  # so is Sunday 4 February 2024
]


@pytest.mark.parametrize(("published", "days", "ends"), BOUNDARIES)
def test_at_the_boundaries(published: str, days: int, ends: str) -> None:
    told = datetime.fromisoformat(published).replace(tzinfo=UTC)
    assert period_end(told, days, mode="working_days", calendar=OFFICIAL) == at(ends, 0)


def test_the_evening_of_the_last_day_held_is_already_the_next_year_in_shanghai() -> None:
    evening = datetime(2026, 12, 30, 16, tzinfo=UTC)  # the 31st there: the first day counted lies in 2027
    assert ours(evening, 1, "working_days") is None
    assert ours(evening - timedelta(seconds=1), 1, "working_days") == at("2027-01-01", 0)


def test_a_year_between_two_that_are_held_is_not_skipped() -> None:
    gap = WorkCalendar.from_dict({"years": [2024, 2026], "off_ranges": [], "makeup_workdays": []})
    for mode in ("working_days", "calendar_days"):
        with pytest.raises(CalendarMissing) as refused:
            period_end(at("2024-12-30"), 400, mode=mode, calendar=gap)
        assert refused.value.year == 2025


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

"""What should be done by a day, how a pace is called, weeks and shades."""

from datetime import date
from decimal import Decimal

import pytest

from studios.rules import pace as rules

pytestmark = pytest.mark.once
YEAR = (date(2026, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2025, 12, 31), "0.0"), (date(2026, 1, 1), "0.3"), (date(2026, 11, 3), "84.1"),
        (date(2026, 12, 31), "100.0"), (date(2027, 5, 1), "100.0"),
    ],
)  # fmt: skip
def test_what_should_be_done_by_a_day(day, expected):
    assert rules.should_be(day, *YEAR) == Decimal(expected)


def test_the_straight_line_begins_where_the_studio_does():
    assert rules.running_year(2026, date(2026, 7, 1), date(2028, 1, 1)) == (
        date(2026, 7, 1),
        date(2026, 12, 31),
    )
    assert rules.running_year(2026, date(2024, 7, 1), date(2026, 3, 1)) == (
        date(2026, 1, 1),
        date(2026, 3, 1),
    )
    assert rules.running_year(2026, None, None) == YEAR
    assert rules.running_year(2026, date(2027, 1, 5), None) == YEAR


@pytest.mark.parametrize(
    ("rate", "word"),
    [("100", "ahead"), ("89.1", "ahead"), ("89", "even"), ("85.4", "even"), ("79", "even"), ("78.9", "behind"), ("0", "behind")],
)  # fmt: skip
def test_a_pace_within_five_points_is_even(rate, word):
    assert rules.pace(Decimal(rate), Decimal(84)) == word


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2024, 12, 15), (1, 3)), (date(2024, 12, 16), (1, 3)), (date(2025, 12, 15), (1, 3)),
        (date(2025, 12, 16), (2, 3)), (date(2026, 11, 3), (2, 3)), (date(2027, 12, 15), (3, 3)), (date(2029, 1, 1), (3, 3)),
    ],
)  # fmt: skip
def test_the_year_of_the_management_period(day, expected):
    assert rules.term_year(date(2024, 12, 16), date(2027, 12, 16), day) == expected


def test_a_period_from_the_leap_day_has_whole_years():
    assert rules.term_year(date(2024, 2, 29), date(2027, 2, 28), date(2026, 3, 1)) == (3, 3)
    assert rules.term_year(date(2024, 1, 1), date(2024, 6, 30), date(2024, 2, 1)) == (1, 1)


def test_every_day_of_a_year_falls_into_one_of_52_weeks():
    weeks = [rules.week_of(date.fromordinal(date(2024, 1, 1).toordinal() + n)) for n in range(366)]
    assert weeks == sorted(weeks)
    assert (weeks[0], weeks[6], weeks[7], weeks[-1]) == (0, 0, 1, 51)
    assert weeks.count(51) == 9
    assert sum(rules.weekly([(date(2026, 1, 1), 2), (date(2026, 12, 31), 3)])) == 5


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [([], []), ([0, 0], [0, 0]), ([0, 1, 2, 3, 4], [0, 1, 2, 3, 4]), ([0, 1, 20, 21, 40], [0, 1, 2, 3, 4])],
)
def test_shades_follow_the_numbers_up_to_four_and_then_the_greatest(numbers, expected):
    assert rules.shades(numbers) == expected


def test_the_next_rung_of_the_ladder():
    assert rules.next_rung(0) == rules.Rung("yellow", 1)
    assert rules.next_rung(2) == rules.Rung("orange", 8)
    assert rules.next_rung(10) == rules.Rung("red", 10)
    assert rules.next_rung(20) is None

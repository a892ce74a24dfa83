"""Attainment of the four kinds, against values worked out by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction as F
from typing import Any

import pytest

from studios.rules.indicators import attainment, exceeds_whole, pace, rounded, together, whole

LINE: dict[str, Any] = {
    "baseline": 10_855,
    "baseline_on": date(2020, 12, 31),
    "target_on": date(2025, 12, 31),
}


def test_count() -> None:
    found = attainment("count", value=15_000, target=20_000)
    assert (found.value, found.share, found.gap, found.met) == (15_000, F(3, 4), 5_000, False)


def test_count_beyond_its_target_has_no_gap() -> None:
    found = attainment("count", value=55, target=50)
    assert (found.share, found.gap, found.met) == (F(11, 10), 0, True)


def test_ratio_of_elderly_and_social_workers() -> None:
    found = attainment("ratio", value=950, denominator=1_250_000, per=1000, target=1)
    assert (found.value, found.share, found.gap) == (F(19, 25), F(19, 25), F(6, 25))


def test_coverage_is_in_per_cent() -> None:
    found = attainment("coverage", value=33, denominator=90, target=60)
    assert (found.value, found.share, found.gap) == (F(110, 3), F(11, 18), F(70, 3))
    assert rounded(found.value or F(0)) == Decimal("36.67")


def test_thirty_certified_in_one_of_ten_communities_is_ten_per_cent() -> None:
    units = {f"c{n:02d}": 30 if n == 4 else 0 for n in range(1, 11)}
    found = attainment("floor", units=units, floor=3)
    assert (found.value, found.target, found.share, found.gap) == (10, 100, F(1, 10), 90)
    assert found.failing == ("c01", "c02", "c03", "c05", "c06", "c07", "c08", "c09", "c10")
    assert found.missing == 27 and not found.met


def test_floor_met_by_all() -> None:
    found = attainment("floor", units={"a": 3, "b": 4}, floor=3)
    assert (found.value, found.failing, found.met) == (100, (), True)


def test_less_is_better() -> None:
    found = attainment("count", value=8, target=5, direction="at_most")
    assert (found.share, found.gap, found.met) == (F(5, 8), 3, False)


@pytest.mark.parametrize(
    ("year", "persons"), [(2020, 10_855), (2021, 12_684), (2022, 14_513), (2023, 16_342), (2024, 18_171), (2025, 20_000)]
)  # fmt: skip
def test_pace_of_certificate_holders_at_the_ends_of_years(year: int, persons: int) -> None:
    found = attainment("count", value=13_000, target=20_000, on=date(year, 12, 31), **LINE)
    assert found.pace == persons
    assert found.ahead == 13_000 - persons


def test_pace_within_a_year_and_outside_the_plan() -> None:
    line = (10_855, date(2020, 12, 31), 20_000, date(2025, 12, 31))
    assert pace(*line, date(2024, 2, 29)) == 16_342 + F(1829 * 60, 366)
    assert whole(pace(*line, date(2024, 2, 29))) == 16_642  # 16,641.8
    assert pace(*line, date(2019, 1, 1)) == 10_855
    assert pace(*line, date(2031, 1, 1)) == 20_000


def test_whole_rounds_a_half_upwards() -> None:
    assert [whole(F(n, 2)) for n in (1, 3, 5)] == [1, 2, 3]
    assert whole(F(49, 100)) == 0


def test_every_part_must_hold() -> None:
    elderly = attainment("ratio", value=1300, denominator=1_250_000, per=1000, target=1)
    beds = attainment("ratio", value=900, denominator=100_000, per=100, target=1)
    assert elderly.met and not beds.met
    assert together([elderly, beds]) == together([beds, elderly])
    assert (together([elderly, beds]).met, together([elderly, beds]).share) == (False, F(9, 10))


def test_nothing_observed_is_not_met() -> None:
    found = attainment("coverage", value=None, denominator=90, target=60)
    assert (found.value, found.share, found.gap, found.met) == (None, None, None, False)
    assert attainment("coverage", value=0, denominator=0, target=60).value is None
    assert attainment("floor", units={}, floor=1).value is None
    assert together([found]).share is None
    assert together([]).met is False


@pytest.mark.parametrize("given", [
    {"kind": "average", "target": 1}, {"kind": "count"}, {"kind": "count", "value": -1, "target": 1},
    {"kind": "count", "value": 1, "target": -1}, {"kind": "ratio", "value": 1, "denominator": -1, "target": 1},
])  # fmt: skip
def test_nonsense_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        attainment(given.pop("kind"), **given)


def test_subset_larger_than_the_whole() -> None:
    assert exceeds_whole(13_001, 13_000)
    assert not exceeds_whole(13_000, 13_000)
    assert not exceeds_whole(1, None)

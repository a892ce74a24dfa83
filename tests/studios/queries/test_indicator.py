"""Where indicators stand in an area."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction as F
from pathlib import Path
from typing import Any

import pytest

from accounts.roles import Role
from studios.actions import indicator as actions
from studios.models import Indicator
from studios.queries import indicator as queries
from studios.queries import network
from tests import factories as make
from tests.studios import network as here

pytestmark = pytest.mark.django_db
DAY = date(2024, 12, 31)


def _lines(area: Any, day: date = DAY) -> dict[str, queries.Line]:
    found = queries.lines_of(queries.in_full(Indicator.objects.all()), [area], day)[area.pk]
    return {line.indicator.code: line for line in found}


def _verified(
    unit: Any, code: str, value: int, part: str = "", on: date = DAY, denominator: int | None = None
) -> None:
    row = actions.observe(
        unit, by=make.user(Role.MANAGER), part=here.part(code, part), on=on, value=Decimal(value),
        denominator=None if denominator is None else Decimal(denominator),
    )  # fmt: skip
    actions.verify(row, by=make.user(Role.MANAGER))


def test_thirty_certified_in_one_of_ten_is_ten_per_cent_and_nine_are_listed() -> None:
    province, city, county = here.area()
    here.plan()
    here.ten_communities(county)
    for area in (province, city, county):
        found = _lines(area)["J03"].parts[0].found
        assert found is not None and (found.value, found.share, found.gap) == (10, F(1, 10), 90)
    listed = queries.failing(here.part("J03"), make.user(Role.MANAGER), county)
    assert [point.code[-3:] for point in listed] == [
        "001",
        "002",
        "003",
        "005",
        "006",
        "007",
        "008",
        "009",
        "010",
    ]
    assert queries.failing(here.part("J03"), here.officer(here.area("330105")[2])).count() == 0


def test_the_pace_is_told_for_the_province() -> None:
    province, city, county = here.area()
    here.plan()
    _verified(county, "J01", 17_000)
    found = _lines(province)["J01"].parts[0].found
    assert found is not None and (found.value, found.pace, found.ahead) == (17_000, 18_171, -1_171)
    below = _lines(city)["J01"].parts[0]
    assert (below.value, below.found) == (17_000, None)  # no target was set for the city


def test_an_areas_own_value_goes_before_the_sum_of_those_below() -> None:
    province, city, county = here.area()
    _p, _c, other = here.area("330105")
    here.plan()
    _verified(county, "J01", 100)
    _verified(other, "J01", 50)
    _verified(other, "J01", 60, on=date(2025, 1, 1))
    assert _lines(city)["J01"].parts[0].value == 150
    assert _lines(city, date(2025, 1, 1))["J01"].parts[0].value == 160
    _verified(city, "J01", 140)
    assert _lines(province)["J01"].parts[0].value == 140


def test_what_nobody_verified_does_not_count() -> None:
    province, _city, county = here.area()
    here.plan()
    actions.observe(county, by=here.officer(county), part=here.part("J01"), on=DAY, value=Decimal(5))
    assert _lines(province)["J01"].parts[0].value is None


def test_each_of_three_levels_and_each_of_two_ratios_must_hold() -> None:
    province, _city, county = here.area()
    here.plan()
    here.point(county, "330106", level="centre", place="county", volunteers=True)
    here.point(county, "330106001", level="station", place="street", volunteers=True)
    village = here.point(county, "330106001201", place="village")
    _verified(province, "J12", 1300, "elderly", denominator=1_250_000)
    _verified(province, "J12", 900, "beds", denominator=100_000)
    found = _lines(province)
    assert [part.value for part in found["J10"].parts] == [100, 100, 0]
    assert not found["J10"].together.met and not found["J12"].together.met
    assert found["J12"].together.share == F(9, 10)
    village.volunteers = True
    village.save()
    assert _lines(province)["J10"].together.met


def test_coverage_counts_what_stands_of_what_there_is() -> None:
    _province, city, county = here.area()
    here.plan()
    for n, status in enumerate(("built", "in_use", "closed", "planned", "none")):
        here.point(county, f"33010600120{n}", place="village", status=status)
    found = _lines(city)["J09"].parts[0].found
    assert found is not None and (found.value, found.share) == (40, F(2, 3))


@pytest.mark.parametrize("counties", [1, 3])
def test_the_statements_are_as_many_for_three_areas(counties: int, django_assert_num_queries: Any) -> None:
    here.plan()
    areas = [here.area(code)[2] for code in ("330105", "330106", "330108")[:counties]]
    for county in areas:
        here.point(county, f"{county.code}001001")
        _verified(county, "J01", 5)
    with django_assert_num_queries(6):
        queries.lines_of(queries.in_full(Indicator.objects.all()), areas, DAY)


def test_contributions_of_a_year() -> None:
    studio = make.studio()
    manager, (_p, _c, county) = make.user(Role.MANAGER), here.area()
    for n, certified in enumerate((True, False)):
        row = actions.mentor(
            studio, by=manager, name=f"夏{n}", id_number=make.id_number(), since=date(2026, 2, 1)
        )
        if certified:
            actions.certify(row, by=manager, on=date(2026, 9, 1))
    actions.open_station(
        studio,
        by=manager,
        point=here.point(county, "330106001001", status="built"),
        opened_on=date(2026, 5, 1),
    )
    (found,) = queries.contributions(type(studio).objects.all(), 2026)
    assert (found.mentees, found.certified, found.stations, found.points) == (2, 1, 0, 1)
    assert found.towards == ()  # no plan says what counts
    plan = Path("studios/data/jilin_plan.json").read_bytes()
    actions.load_plan(plan, by=manager)
    assert [row.code for row in queries.counted_indicators()] == ["J01", "J08", "J09"]
    (found,) = queries.contributions(type(studio).objects.all(), 2026)
    assert found.towards == (1, 0, 1)
    (other,) = queries.contributions(type(studio).objects.all(), 2025)
    assert (other.mentees, other.points) == (0, 0)


def test_the_network_by_city_and_by_county() -> None:
    province, city, county = here.area()
    here.ten_communities(county)
    here.point(county, "330106001201", place="village", status="in_use", weak_area=True)
    (row,) = network.summary(make.user(Role.MANAGER, organisation=province))
    assert (row.pk, row.point, row.points, row.certified, row.weak) == (city.pk, 1, 11, 30, 1)
    (row,) = network.summary(here.officer(county))
    assert row.pk == county.pk
    assert network.summary(make.user(Role.UNIT_CLERK)) == []

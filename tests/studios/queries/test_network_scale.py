"""A floor over thirty thousand units: counted by the database, listed by the page."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from accounts.roles import Role
from studios.models import Indicator, ServicePoint
from studios.queries import indicator as queries
from tests.studios import network as here

pytestmark = pytest.mark.django_db
UNITS = 30_000


def test_a_floor_over_thirty_thousand_units_takes_two_statements(django_assert_num_queries: Any) -> None:
    province, city, county = here.area()
    here.plan()
    rows = (
        ServicePoint(
            level="point", place="urban_community", code=f"{county.code}{n:06d}", division="社区", county=county,
            city=city, status_on=here.DAY, assistant=n % 4, professionals=n % 4,
        )
        for n in range(UNITS)
    )  # fmt: skip
    ServicePoint.objects.bulk_create(rows, batch_size=2000)
    (indicator,) = queries.in_full(Indicator.objects.filter(code="J03"))
    with django_assert_num_queries(1):
        line = queries.lines_of([indicator], [province], date(2025, 1, 1))[province.pk][0]
    assert line.parts[0].value == 25
    with django_assert_num_queries(2):
        failing = queries.failing(line.parts[0].part, _Province())
        assert failing.count() == UNITS * 3 // 4 and len(failing[:25]) == 25


class _Province:
    """A reader of the province, without the statements that a user's roles take."""

    organisation_id = None

    def holds(self, role: str) -> bool:
        return role == Role.MANAGER

"""The calendar is read once a page, and never kept longer than it is true."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from workflow import calendar, door, once
from workflow.actor import SYSTEM

pytestmark = pytest.mark.django_db

NEXT = {
    "years": [2031],
    "notice": "演示安排",
    "off_ranges": [["2031-01-01", "2031-01-03"]],
    "makeup_workdays": [],
}


def readings(captured: CaptureQueriesContext) -> int:
    return sum('FROM "workflow_calendaryear"' in query["sql"] for query in captured)


def test_within_one_request_it_is_read_once() -> None:
    with CaptureQueriesContext(connection) as captured, once.reading():
        found = [calendar.current() for _n in range(3)]
        assert calendar.loaded_years() == set(found[0].years)
    assert readings(captured) == 1


def test_outside_of_requests_and_acts_it_is_read_each_time() -> None:
    with CaptureQueriesContext(connection) as captured:
        assert calendar.current() == calendar.current()
    assert readings(captured) == 2


def test_a_year_just_loaded_counts_at_once_and_after_its_act() -> None:
    with once.reading():
        assert 2031 not in calendar.loaded_years()

        @door.act
        def load(*, by: Any) -> None:
            assert 2031 not in calendar.loaded_years()
            calendar.load(NEXT, by=by)
            assert not calendar.current().is_workday(date(2031, 1, 2))

        load(by=SYSTEM)
        assert 2031 in calendar.loaded_years()


def test_what_an_act_took_back_is_not_remembered() -> None:
    with once.reading():

        @door.act
        def load(*, by: Any) -> None:
            calendar.load(NEXT, by=by)
            assert 2031 in calendar.loaded_years()
            raise LookupError

        with pytest.raises(LookupError):
            load(by=SYSTEM)
        assert 2031 not in calendar.loaded_years()


def test_a_page_reads_it_once(client: Any) -> None:
    client.force_login(factories.user("manager"))
    client.get("/calendar/")
    with CaptureQueriesContext(connection) as captured:
        assert client.get("/").status_code == 200
    assert readings(captured) <= 1

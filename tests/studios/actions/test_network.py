"""The registry of the network: who keeps which rows, and what is kept of a row's past."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from accounts.roles import Role
from selection.errors import BadFile
from studios.actions import network as actions
from studios.errors import NetworkRefused
from studios.models import ServicePoint
from tests import factories as make
from tests.studios import network as here
from workflow import ledger
from workflow.errors import NotPermitted, Refused

pytestmark = pytest.mark.django_db
GIVEN: dict[str, Any] = {
    "level": "station", "place": "street", "code": "330106001", "division": "白杨街道", "name": "白杨街道社工站",
    "status": "in_use", "status_on": date(2026, 3, 1), "assistant": 2, "intermediate": 1, "professionals": 4,
}  # fmt: skip


def test_a_county_registers_a_station_and_the_ledger_has_it() -> None:
    _province, _city, county = here.area()
    point = actions.register(county, by=here.officer(county), **GIVEN)
    assert (point.city, point.certified) == (county.parent, 3)
    assert [entry.kind for entry in ledger.entries_of(point)] == [actions.REGISTERED]
    assert [(r.name, r.valid_until) for r in point.records.all()] == [("白杨街道社工站", None)]


def test_city_and_province_may_another_county_may_not() -> None:
    province, city, county = here.area()
    _p, _c, other = here.area("330105")
    for n, person in enumerate((here.officer(city), make.user(Role.MANAGER, organisation=province))):
        actions.register(county, by=person, **{**GIVEN, "code": f"33010600{n}"})
    for person in (here.officer(other), make.user(Role.FINANCE), make.user(Role.UNIT_CLERK)):
        with pytest.raises(NotPermitted):
            actions.register(county, by=person, **{**GIVEN, "code": "330106009"})
    assert ServicePoint.objects.count() == 2


@pytest.mark.parametrize(("change", "code"), [
    ({"code": "3301060"}, "bad_code"), ({"code": "330105001"}, "bad_code"), ({"place": "village"}, "bad_place"),
    ({"name": ""}, "bad_name"), ({"professionals": 2}, "bad_professionals"), ({"status_on": date(2099, 1, 1)}, "bad_status_on"),
])  # fmt: skip
def test_a_row_that_cannot_be_is_refused(change: dict[str, Any], code: str) -> None:
    _province, _city, county = here.area()
    with pytest.raises(NetworkRefused) as refused:
        actions.register(county, by=here.officer(county), **{**GIVEN, **change})
    assert refused.value.code == code


def test_a_code_is_registered_once() -> None:
    _province, _city, county = here.area()
    actions.register(county, by=here.officer(county), **GIVEN)
    with pytest.raises(NetworkRefused):
        actions.register(county, by=here.officer(county), **GIVEN)


def test_name_status_and_operator_keep_their_history() -> None:
    _province, _city, county = here.area()
    person = here.officer(county)
    point = actions.register(county, by=person, **GIVEN)
    actions.amend(point, by=person, status_on=date(2026, 6, 1), status="closed", operator="启善互助服务中心")
    found = [(r.status, r.valid_from, r.valid_until) for r in point.records.all()]
    assert found == [("in_use", date(2026, 3, 1), date(2026, 6, 1)), ("closed", date(2026, 6, 1), None)]
    point.refresh_from_db()
    assert (point.status, point.operator, point.status_on) == ("closed", "启善互助服务中心", date(2026, 6, 1))
    with pytest.raises(Refused):
        actions.amend(point, by=person, status_on=date(2026, 5, 1), status="in_use")
    with pytest.raises(NotPermitted):
        actions.amend(
            point, by=here.officer(here.area("330105")[2]), status_on=date(2026, 7, 1), status="in_use"
        )


def test_counts_change_without_history() -> None:
    _province, _city, county = here.area()
    point = actions.register(county, by=here.officer(county), **GIVEN)
    actions.amend(point, by=here.officer(county), status_on=date(2026, 3, 1), senior=1)
    assert (ServicePoint.objects.get().certified, point.records.count()) == (4, 1)


def _row(county: Any, code: str, **given: Any) -> dict[str, Any]:
    fields = {
        "level": "point",
        "place": "village",
        "division": code,
        "status": "none",
        "status_on": here.DAY,
        "parent": "",
    }
    return {"county": county, "code": code, **fields, **given}


def test_a_file_enters_and_changes_rows_and_hangs_them_up() -> None:
    _province, _city, county = here.area()
    person = here.officer(county)
    station = actions.register(county, by=person, **GIVEN)
    rows = [_row(county, f"33010600120{n}", parent=station.code) for n in range(3)]
    assert actions.bring_in(rows, by=person, file_digest="d") == 3
    again = [{**rows[0], "status": "in_use", "name": "一村社工点", "status_on": date(2026, 2, 1)}, *rows[1:]]
    assert actions.bring_in(again, by=person, file_digest="e") == 1
    changed = ServicePoint.objects.get(code="330106001200")
    assert (changed.name, changed.parent, changed.records.count()) == ("一村社工点", station, 2)


def test_a_file_is_brought_in_whole_or_not_at_all() -> None:
    _province, _city, county = here.area()
    _p, _c, other = here.area("330105")
    person = here.officer(county)
    with pytest.raises(NotPermitted):
        actions.bring_in(
            [_row(county, "330106001201"), _row(other, "330105001201")], by=person, file_digest="d"
        )
    with pytest.raises(BadFile):
        actions.bring_in([_row(county, "330106001201", parent="330106999")], by=person, file_digest="d")
    assert not ServicePoint.objects.exists()

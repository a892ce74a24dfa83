"""Plans, observations and contributions."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.roles import Role
from studios.actions import indicator as actions
from studios.errors import IndicatorRefused
from studios.models import Indicator, IndicatorPlan, Mentorship, Observation, Target
from tests import factories as make
from tests.studios import network as here
from workflow import ledger
from workflow.errors import NotPermitted

pytestmark = pytest.mark.django_db
D = Decimal
DAY = date(2026, 6, 30)


def test_the_plan_of_twelve_loads_once(capsys: Any) -> None:
    call_command("load_plan", str(here.PLAN))
    call_command("load_plan", str(here.PLAN))
    assert capsys.readouterr().out.split() == ["JL-14", "12"] * 2
    assert list(Indicator.objects.values_list("code", flat=True)) == [f"J{n:02d}" for n in range(1, 13)]
    assert Indicator.objects.get(code="J02").subset_of == Indicator.objects.get(code="J01")
    assert [Indicator.objects.get(code=code).parts.count() for code in ("J01", "J10", "J12")] == [1, 3, 2]
    assert Target.objects.get(part__indicator__code="J08").year == 2024
    assert ledger.entries_of(IndicatorPlan.objects.get()).count() == 1


@pytest.mark.parametrize("change", [
    lambda plan: plan.update(code=""), lambda plan: plan["indicators"][0].update(kind="average"),
    lambda plan: plan["indicators"][0]["parts"][0]["targets"][0].update(value=20000.5),
    lambda plan: plan["indicators"][1].update(subset_of="J99"), lambda plan: plan["indicators"].append(plan["indicators"][0]),
    lambda plan: plan["indicators"][2]["parts"][0].update(source="observed"), lambda plan: plan.update(indicators=[]),
    lambda plan: plan["indicators"][0]["parts"][0]["targets"][0].update(unit="999999"),
])  # fmt: skip
def test_a_faulty_plan_is_refused_whole(change: Any) -> None:
    plan = json.loads(here.PLAN.read_text(encoding="utf-8"))
    change(plan)
    with pytest.raises(IndicatorRefused):
        actions.load_plan(json.dumps(plan).encode(), by=make.user(Role.MANAGER))
    assert not IndicatorPlan.objects.exists()


def test_what_is_no_plan_is_refused(tmp_path: Path) -> None:
    for content in (b"", b"[", b"\xff\xfe", b"[]", b"3"):
        with pytest.raises(IndicatorRefused):
            actions.load_plan(content, by=make.user(Role.MANAGER))
    with pytest.raises(CommandError):
        call_command("load_plan", str(tmp_path / "missing.json"))
    with pytest.raises(NotPermitted):
        actions.load_plan(here.PLAN.read_bytes(), by=make.user(Role.BUREAU_OFFICER))


def test_an_observation_counts_once_another_person_above_has_verified_it() -> None:
    _province, city, county = here.area()
    here.plan()
    clerk = here.officer(county)
    row = actions.observe(county, by=clerk, part=here.part("J01"), on=DAY, value=D(120))
    for person in (clerk, here.officer(county)):
        with pytest.raises(NotPermitted):
            actions.verify(row, by=person)
    row = actions.verify(row, by=here.officer(city))
    assert row.verified_at is not None
    with pytest.raises(IndicatorRefused):
        actions.verify(row, by=here.officer(city))
    assert [e.kind for e in ledger.entries_of(row).exclude(kind="refused")] == [
        actions.OBSERVED,
        actions.VERIFIED,
    ]


def test_who_entered_never_verifies() -> None:
    province, _city, county = here.area()
    here.plan()
    manager = make.user(Role.MANAGER, organisation=province)
    row = actions.observe(county, by=manager, part=here.part("J01"), on=DAY, value=D(1))
    with pytest.raises(NotPermitted) as refused:
        actions.verify(row, by=manager)
    assert refused.value.code == "same_person"


def test_a_rejected_observation_may_be_entered_anew() -> None:
    _province, city, county = here.area()
    here.plan()
    given: dict[str, Any] = {"by": here.officer(county), "part": here.part("J01"), "on": DAY}
    row = actions.observe(county, value=D(120), **given)
    with pytest.raises(IndicatorRefused):
        actions.observe(county, value=D(121), **given)
    with pytest.raises(IndicatorRefused):
        actions.reject(row, by=here.officer(city), reason=" ")
    actions.reject(row, by=here.officer(city), reason="与证书登记不符")
    actions.observe(county, value=D(118), **given)
    assert Observation.objects.get().value == 118


def test_a_subset_is_never_larger_than_its_whole_from_either_side() -> None:
    _province, _city, county = here.area()
    here.plan()
    given: dict[str, Any] = {"by": here.officer(county)}
    actions.observe(county, part=here.part("J01"), on=DAY, value=D(100), **given)
    with pytest.raises(IndicatorRefused) as refused:
        actions.observe(county, part=here.part("J02"), on=DAY, value=D(101), **given)
    assert refused.value.code == "subset_exceeds"
    actions.observe(county, part=here.part("J02"), on=DAY, value=D(100), **given)
    with pytest.raises(IndicatorRefused):
        actions.observe(county, part=here.part("J01"), on=date(2026, 7, 1), value=D(99), **given)


@pytest.mark.parametrize(("code", "part", "given", "why"), [
    ("J03", "", {"value": D(1)}, "computed"), ("J12", "beds", {"value": D(1)}, "no_denominator"),
    ("J01", "", {"value": D(-1)}, "bad_value"), ("J01", "", {"value": D(1), "on": date(2099, 1, 1)}, "future"),
    ("J12", "beds", {"value": D(1), "denominator": D(0)}, "bad_value"),
])  # fmt: skip
def test_an_observation_that_does_not_fit_is_refused(code: str, part: str, given: Any, why: str) -> None:
    _province, _city, county = here.area()
    here.plan()
    with pytest.raises(IndicatorRefused) as refused:
        actions.observe(county, by=here.officer(county), part=here.part(code, part), **{"on": DAY, **given})
    assert refused.value.code == why


def test_one_mentee_counts_for_one_studio_a_year() -> None:
    mine, other = make.studio(), make.studio(talent=make.recognition())
    number = make.id_number()
    given: dict[str, Any] = {"by": make.user(Role.MANAGER), "name": "夏知", "id_number": number}
    row = actions.mentor(mine, since=date(2026, 2, 1), **given)
    with pytest.raises(IndicatorRefused) as refused:
        actions.mentor(other, since=date(2026, 9, 1), **given)
    assert refused.value.code == "mentored_already"
    actions.mentor(other, since=date(2025, 2, 1), **given)
    actions.certify(row, by=make.user(Role.MANAGER), on=date(2026, 9, 1))
    with pytest.raises(IndicatorRefused):
        actions.certify(row, by=make.user(Role.MANAGER), on=date(2026, 9, 2))
    assert Mentorship.objects.count() == 2 and number not in str(Mentorship.objects.values())


def test_an_ended_studio_guides_nobody_and_opens_nothing() -> None:
    ended, manager = make.studio("terminated"), make.user(Role.MANAGER)
    _province, _city, county = here.area()
    point = here.point(county, "330106001002", status="in_use")
    with pytest.raises(IndicatorRefused) as refused:
        actions.mentor(ended, by=manager, name="夏知", id_number=make.id_number(), since=date(2026, 2, 1))
    assert refused.value.code == "studio_ended"
    with pytest.raises(IndicatorRefused) as refused:
        actions.open_station(ended, by=manager, point=point, opened_on=DAY)
    assert refused.value.code == "studio_ended"


def test_a_station_counts_for_one_studio_once_it_stands() -> None:
    mine, other = make.studio(), make.studio(talent=make.recognition())
    _province, _city, county = here.area()
    planned, standing = (
        here.point(county, "330106001001"),
        here.point(county, "330106001002", status="in_use"),
    )
    lead = mine.lead
    for point, code in ((planned, "not_standing"),):
        with pytest.raises(IndicatorRefused) as refused:
            actions.open_station(mine, by=lead, point=point, opened_on=DAY)
        assert refused.value.code == code
    actions.open_station(mine, by=lead, point=standing, opened_on=DAY)
    with pytest.raises(IndicatorRefused):
        actions.open_station(other, by=make.user(Role.MANAGER), point=standing, opened_on=DAY)
    with pytest.raises(NotPermitted):
        actions.open_station(other, by=lead, point=planned, opened_on=DAY)

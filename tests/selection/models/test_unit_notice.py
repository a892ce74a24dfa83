"""The unit's own notice: what must be written down of it before a dossier is sent."""

from datetime import date

import pytest

from selection.actions import nomination as actions
from selection.models.nomination_guards import unit_notice_done
from selection.queries.dossier import section_named, tasks
from tests import factories
from workflow import clock
from workflow.errors import StepRefused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


def state_of_section(row):
    return next(task["state"] for task in tasks(row) if task["slug"] == section_named("unit").slug)


@pytest.mark.parametrize(
    ("given", "lacking"),
    [
        ({}, ""),
        ({"unit_notice_place": ""}, "单位公示地点"),
        ({"unit_notice_proof": ""}, "单位公示证明"),
        ({"unit_notice_objections": ""}, "公示期间有无异议"),
        ({"unit_notice_objections": "raised"}, "异议处理结论"),
        ({"unit_notice_objections": "raised", "unit_notice_conclusion": "经核实，不影响推荐。"}, ""),
        ({"unit_notice_place": "", "unit_notice_proof": ""}, "单位公示地点、单位公示证明"),
    ],
)
def test_place_proof_objections_and_what_came_of_them_are_written_down(given, lacking):
    row = factories.nomination("draft", **given)
    clerk = factories.user("unit_clerk", organisation=row.unit)
    assert unit_notice_done(row) is not bool(lacking)
    if not lacking:
        assert actions.submit(row, by=clerk).state == "county_review"
        return
    assert state_of_section(row) == "started"
    with pytest.raises(StepRefused, match=lacking) as refusal:
        actions.submit(row, by=clerk)
    assert refusal.value.code == "unit_notice_short"


def test_a_notice_that_still_hangs_is_no_notice_yet():
    row = factories.nomination("draft", unit_notice_until=date(2026, 9, 2))
    assert unit_notice_done(row) is False
    assert state_of_section(row) == "waiting"
    with clock.frozen(factories.NOON.replace(day=2)):
        assert unit_notice_done(row) is True


def test_the_papers_seen_are_named_with_the_office_that_saw_them(client):
    row = factories.nomination(
        "nominated", originals={"county": ["id", "certificate"]}, originals_checked=True
    )
    client.force_login(factories.user("reviewer"))
    page = client.get(f"/nominations/{row.pk}/").content.decode()
    assert f"{row.county.name}已核对：身份证、社会工作者职业资格证书" in page

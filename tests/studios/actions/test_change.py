"""Changes that a studio reports: in time or late, and what follows from each."""

from __future__ import annotations

from datetime import date

import pytest

from studios.actions import change as actions
from studios.errors import ChangeRefused
from studios.models import Exit, ReportedChange, Studio
from studios.queries import change as queries
from studios.rules.changes import KINDS
from tests import factories
from workflow import clock, ledger
from workflow.errors import NotPermitted

pytestmark = pytest.mark.django_db

TOLD = "本人已被当地监察机关立案调查，特此报告。"


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


def filed(kind: str = "host_legal_person", *, home: Studio | None = None, by=None, **given) -> ReportedChange:
    home = home or factories.studio()
    return actions.file(
        home,
        by=by or home.lead,
        kind=kind,
        happened_on=given.pop("happened_on", date(2026, 8, 20)),
        told=TOLD,
        **given,
    )


def test_a_change_reported_within_thirty_days_is_in_time():
    found = filed(happened_on=date(2026, 8, 2))
    assert (found.due_on, found.late_days) == (date(2026, 9, 1), 0)


def test_a_late_report_is_taken_and_marked():
    found = filed(happened_on=date(2026, 7, 30))
    assert (found.due_on, found.late_days) == (date(2026, 8, 29), 3)
    rows = queries.with_day(queries.changes_visible_to(factories.user("manager")))
    assert rows.filter(queries.late()).get() == found


def test_an_investigation_suspends_the_studio_at_once_whoever_reports_it():
    home = factories.studio()
    found = filed("investigation", home=home, by=factories.user("bureau_officer", organisation=home.city))
    home = Studio.objects.get(pk=home.pk)
    assert (home.state, found.suspended_at_once) == ("suspended", True)
    assert "被立案调查" in home.reason
    assert ledger.entries_of(home).filter(kind="studio.suspend").get().actor_name == "系统"


def test_another_unit_becomes_host():
    home, unit = factories.studio(), factories.organisation()
    found = filed("unit", home=home, new_host=unit)
    assert Studio.objects.get(pk=home.pk).host == home.host  # not before the office has agreed
    actions.acknowledge(found, by=factories.user("manager"), effect="change_host", remarks="协议随之修订。")
    assert Studio.objects.get(pk=home.pk).host == unit


def test_long_leave_suspends_when_the_office_says_so():
    found = filed("long_leave", leave_until=date(2027, 4, 1))
    actions.acknowledge(found, by=factories.user("manager"), effect="suspend")
    assert Studio.objects.get(pk=found.studio_id).state == "suspended"


def test_a_deregistered_host_can_lead_to_the_exit():
    found = filed("host_deregistered")
    actions.acknowledge(found, by=factories.user("manager"), effect="exit")
    assert Exit.objects.get(studio=found.studio).ground == "host_failed"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_knows_what_may_follow(kind):
    assert kind in ReportedChange.Kind.values
    assert set(KINDS[kind].effects) <= set(ReportedChange.Effect.values)
    assert "exit" not in KINDS[kind].effects or KINDS[kind].exit_ground in Exit.Ground.values


@pytest.mark.parametrize(
    ("kind", "given", "code"),
    [
        ("unit", {}, "no_host"),
        ("long_leave", {}, "short_leave"),
        ("long_leave", {"leave_until": date(2026, 12, 1)}, "short_leave"),
        ("certificate", {"happened_on": date(2026, 9, 2)}, "future"),
    ],
)
def test_a_report_that_cannot_be_is_refused(kind, given, code):
    with pytest.raises(ChangeRefused) as refused:
        filed(kind, **given)
    assert refused.value.code == code


def test_an_effect_that_the_change_does_not_know_is_refused():
    found = filed("host_legal_person")
    with pytest.raises(ChangeRefused) as refused:
        actions.acknowledge(found, by=factories.user("manager"), effect="change_host")
    assert refused.value.code == "no_such_effect"
    assert ReportedChange.objects.get(pk=found.pk).state == "filed"


def test_who_has_nothing_to_do_with_the_studio_reports_nothing():
    for person in (factories.user("studio_lead"), factories.user("bureau_officer"), factories.user("expert")):
        with pytest.raises(NotPermitted):
            filed(home=factories.studio(), by=person)


def test_a_wrong_report_is_set_aside_and_kept():
    found = filed()
    moved = actions.set_aside(found, by=factories.user("manager"), reason="与上月的报告重复，不作处理。")
    assert (moved.state, moved.remarks) == ("set_aside", "与上月的报告重复，不作处理。")


def test_nothing_is_reported_for_a_studio_that_has_ended():
    with pytest.raises(ChangeRefused) as refused:
        filed(home=factories.studio("terminated"))
    assert refused.value.code == "studio_ended"

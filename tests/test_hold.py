"""An open admitted objection holds one candidate: no act on that candidate is let in, whatever the way; others go on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from selection import tasks
from selection.actions import determination, notice
from selection.models import Determination, Nomination, Proposal, Recognition
from studios import tasks as studio_tasks
from studios.actions import studio as studios
from tests import factories
from tests.factories import SAID
from tests.selection.ways import WAYS, Way, token_of
from workflow import clock, door
from workflow.actor import SYSTEM
from workflow.errors import Refused, StepRefused

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 10, 15, 10, 0, tzinfo=clock.ZONE)

# What is acted on, by whom, in which collection, with what; and the state afterwards.
Case = tuple[Nomination, User, str, Any, str, dict[str, Any], str]


def _clear() -> Case:
    row, orgs = factories.round_("determination"), factories.tree()
    person = factories.nomination("on_notice", round=row, orgs=orgs)
    factories.public_notice(row, [person], "ended", ends_at=datetime(2026, 10, 13, tzinfo=clock.ZONE))
    manager = factories.user("manager", organisation=orgs["province"])
    return person, manager, "nominations", person, "clear", {}, "cleared"


def _agree() -> Case:
    home = factories.studio("preparing")
    given = {
        "number": "协〔2026〕1号", "award": "50000.00", "signed_on": "2026-10-14", "signed_by_province": "张处长",
        "signed_by_host": "李主任", "signed_by_talent": "沈雨晴", "site": "中心二楼", "goals": "建成督导基地。",
    }  # fmt: skip
    manager = factories.user("manager", organisation=factories.organisation("province"))
    return home.recognition.nomination, manager, "studios", home, "agree", given, "agreed"


def _instalment(state: str, role: str, step: str, given: dict[str, Any], after: str) -> Case:
    home = factories.studio()
    asker = home.lead
    more = {} if state == "planned" else {"requested_by": asker, "requested_at": NOW}
    if state == "approved":
        more |= {"approved_by": factories.user("manager"), "approved_at": NOW}
    part = factories.instalment(state, home=home, **more)
    person = (
        asker
        if role == "studio_lead"
        else factories.user(role, organisation=factories.organisation("province"))
    )
    return home.recognition.nomination, person, "instalments", part, step, given, after


ACTS: dict[str, Callable[[], Case]] = {
    "clear": _clear,
    "agree": _agree,
    "request": lambda: _instalment("planned", "studio_lead", "request", {"note": "购置设备"}, "requested"),
    "approve": lambda: _instalment("requested", "manager", "approve", {}, "approved"),
    "pay": lambda: _instalment("approved", "finance", "pay", {"voucher": "记-1015-01"}, "paid"),
}


@pytest.fixture(autouse=True)
def now():
    with clock.frozen(NOW):
        yield


def state(obj: Any) -> str:
    return str(type(obj).objects.get(pk=obj.pk).state)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_held_nothing_is_done_and_free_everything(act: Callable[[], Case], way: Way) -> None:
    held, person, collection, obj, step, given, _after = act()
    factories.admitted_objection(held)
    before = state(obj)
    assert "异议" in way(person, collection, obj, step, given)
    assert state(obj) == before
    _other, person, collection, obj, step, given, after = act()
    assert way(person, collection, obj, step, given) == ""
    assert state(obj) == after


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_the_decision_recognises_and_certifies_the_others_alone(way: Way) -> None:
    row, orgs, who = factories.round_("determination"), factories.tree(), factories.office()
    people = [
        factories.nomination("cleared", round=row, orgs=orgs, nominee=factories.nominee(n))
        for n in ("秦芸", "沈雨晴")
    ]
    factories.public_notice(row, people, "ended", ends_at=datetime(2026, 10, 13, tzinfo=clock.ZONE))
    made = determination.draft(row, by=who["manager"], serial=5, title="通知", minute_number="纪要")
    factories.admitted_objection(people[0])
    assert way(who["leader"], "determinations", made, "confirm", {}) == ""
    assert [state(person) for person in people] == ["cleared", "recognised"]
    assert list(Recognition.objects.values_list("name_key", flat=True)) == ["沈雨晴"]
    for step in ("recognise", "clear"):  # nor is there another way in
        assert way(who["leader"], "nominations", people[0], step, {}) != ""
    assert state(people[0]) == "cleared"


def test_nobody_but_the_held_one_left_decides_nothing() -> None:
    row, who = factories.round_("determination"), factories.office()
    person = factories.nomination("cleared", round=row)
    made = determination.draft(row, by=who["manager"], serial=5, title="通知", minute_number="纪要")
    factories.admitted_objection(person)
    for way in WAYS.values():
        assert "人选" in way(who["leader"], "determinations", made, "confirm", {})
    assert not Recognition.objects.exists() and state(made) == "drafted"


@pytest.mark.parametrize("way", ["page", "page of the talent", "api", "command"])
def test_a_held_certificate_is_issued_by_no_way(way: str) -> None:
    """The two pages that make the file refuse it with the reason; API and command have no step and no file of it."""
    home = factories.studio()
    line, who = home.recognition, factories.office()
    addresses = {
        "page": (who["publisher"], reverse("certificate_paper", args=[line.pk])),
        "page of the talent": (home.lead, reverse("studio_certificate", args=[home.pk])),
        "api": (who["publisher"], f"/api/v1/recognitions/{line.pk}.pdf"),
    }
    free, held = _certificate(way, line, addresses), factories.admitted_objection(line.nomination)
    assert free.startswith(b"%PDF") or way in ("api", "command")
    refused = _certificate(way, line, addresses)
    assert not refused.startswith(b"%PDF")
    assert "异议正在办理".encode() in refused or way in ("api", "command")
    type(held).objects.filter(pk=held.pk).update(state="dismissed")
    assert _certificate(way, line, addresses).startswith(b"%PDF") or way in ("api", "command")


def _certificate(way: str, line: Recognition, addresses: dict[str, Any]) -> bytes:
    """The file, or what is said instead."""
    if way == "command":
        person = factories.user("publisher", organisation=factories.organisation("province"))
        return WAYS["command"](person, "recognitions", line, "certificate", {}).encode()
    person, address = addresses[way]
    client = Client(headers={"Authorization": f"Bearer {token_of(person)}"}) if way == "api" else Client()
    if way != "api":
        client.force_login(person)
    answer = client.get(address, follow=True)
    body: bytes = answer.content if not answer.streaming else b"".join(answer.streaming_content)
    return body


def test_the_timetable_leaves_the_held_one_and_clears_the_others() -> None:
    held, *_rest = _clear()
    free, *_rest = _clear()
    factories.admitted_objection(held)
    assert notice.clear_due_nominations() == 1
    assert (state(held), state(free)) == ("on_notice", "cleared")


def test_a_studio_begins_for_the_others_alone() -> None:
    held, free = factories.recognition(), factories.recognition()
    factories.admitted_objection(held.nomination)
    studios.establish_due_studios()
    made = {row.recognition_id: row for row in type(factories.studio()).objects.all()}
    for talent, code in ((held, "on_hold"), (free, "")):
        factories.plan("approved", home=made[talent.pk])
        try:
            studios.agree(
                made[talent.pk], by=factories.user("manager"), number=f"协{talent.pk}", award=Decimal("50000.00"), site="二楼",
                signed_on=date(2026, 10, 14), signed_by_province="张", signed_by_host="李", signed_by_talent="沈", goals="目标",
            )  # fmt: skip
            found = ""
        except StepRefused as refused:
            found = refused.code
        assert found == code


# A notice of five working days posted on 29 September ends on 13 October at 00:00: nothing is decided before

POSTED = datetime(2026, 9, 29, 9, 0, tzinfo=clock.ZONE)
OVER = datetime(2026, 10, 13, tzinfo=clock.ZONE)


def on_notice() -> tuple[Any, Nomination, dict[str, User]]:
    who, row = factories.office(), factories.round_("deliberation")
    person = factories.nomination("proposed", round=row)
    Proposal.objects.create(round=row, minute_number="1", fixed_at=POSTED, fixed_by=who["leader"])
    with clock.frozen(POSTED):
        text = {
            "title": "拟认定名单公示",
            "body": "现予公示。",
            "contact": "慈善社工处，0571-00000000",
            **SAID,
        }
        made = notice.scan(
            notice.compose(row, by=who["manager"], order="pinyin", **text), by=who["publisher"]
        )
        notice.post(made, by=who["publisher"])
    row.refresh_from_db()
    return row, person, who


DRAFT = {"serial": 5, "title": "关于公布名单的通知", "minute_number": "纪要"}


def draft_by_page(person: User, row: Any) -> int:
    client = Client()
    client.force_login(person)
    return client.post(reverse("determination_draft", args=[row.code]), DRAFT).status_code


def sweep() -> None:
    """Everything the timetable does."""
    for job in (*tasks.SWEEPS, studio_tasks.establish_studios):
        job()


def test_a_second_before_the_end_nothing_is_decided_by_any_way() -> None:
    row, person, who = on_notice()
    with clock.frozen(OVER - timedelta(seconds=1)):
        sweep()
        assert (state(row), state(person)) == ("notice", "on_notice")
        with pytest.raises(StepRefused):
            determination.draft(row, by=who["manager"], **DRAFT)
        assert draft_by_page(who["manager"], row) == 422
        made = Determination.objects.create(
            round=row, document_number="浙民慈〔2026〕9号", title="通知", minute_number="1"
        )
        for way in WAYS.values():
            assert "公示" in way(who["manager"], "nominations", person, "clear", {})
            assert way(who["leader"], "determinations", made, "confirm", {}) != ""
            assert way(who["publisher"], "rounds", row, "publish", {}) != ""
            assert way(who["manager"], "rounds", row, "end_notice", {}) != ""
        for step in ("clear", "recognise"):
            with pytest.raises(Refused):
                door.take(Nomination.objects.get(pk=person.pk), step, by=SYSTEM)
        with pytest.raises(Refused):
            door.take(type(row).objects.get(pk=row.pk), "end_notice", by=SYSTEM)
    assert (state(row), state(person), state(made)) == ("notice", "on_notice", "drafted")
    assert not Recognition.objects.exists()


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_at_the_stroke_of_midnight_it_may_be_decided(way: Way) -> None:
    row, person, who = on_notice()
    with clock.frozen(OVER):
        sweep()
        assert (state(row), state(person)) == ("determination", "cleared")
        assert draft_by_page(who["manager"], row) == 302
        made = row.determinations.get()
        assert way(who["leader"], "determinations", made, "confirm", {}) == ""
    assert state(person) == "recognised"

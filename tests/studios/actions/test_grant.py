from datetime import date, timedelta
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import RoleGrant
from studios.actions import grant as actions
from studios.errors import NumberTaken
from studios.models import Instalment
from studios.queries.grant import gate_of
from tests import factories
from workflow import clock, ledger
from workflow.errors import NotPermitted, StepRefused
from workflow.models import Message

pytestmark = pytest.mark.django_db

REASON = "支出凭证尚未补齐，暂缓拨付。"
STEPS = {"request": "planned", "approve": "requested", "pay": "approved"}
GIVEN = {"request": {"note": ""}, "approve": {}, "pay": {"voucher": "记-0901-01"}}
CODES = ("studio_stopped", "earlier_unpaid", "report_missing", "report_overdue")


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


def people(studio):
    return {"request": studio.lead, "approve": factories.user("manager"), "pay": factories.user("finance")}


def second_instalment(state, *, running=True, paid=True, reported=True, punctual=True):
    """The second instalment of a studio whose gate's four conditions hold or not."""
    studio = factories.studio("active" if running else "rectifying")
    factories.instalment(number=2, home=studio)
    first = studio.instalments.filter(number=1)
    first.update(**({} if paid else {"state": "approved"}))
    if reported:
        factories.report("accepted", home=studio, period="2026Q2")
    if not punctual:
        factories.report("due", home=studio, period="2026Q1", due_on=date(2026, 7, 1))
    studio.instalments.filter(number=2).update(state=state, requested_by=studio.lead)
    return studio.instalments.get(number=2)


def test_an_instalment_passes_three_persons_and_each_next_one_is_told():
    studio = factories.studio()
    who = people(studio)
    first = studio.instalments.get(number=1)
    for step, (state, kind) in {
        "request": ("requested", "approve"), "approve": ("approved", "pay"), "pay": ("paid", None),
    }.items():  # fmt: skip
        first = getattr(actions, step)(first, by=who[step], **GIVEN[step])
        assert first.state == state
        if kind:
            assert (
                Message.objects.filter(kind=f"instalment.{step}", recipient_id=str(who[kind].pk)).count() == 1
            )
    assert (first.requested_by, first.approved_by, first.paid_by) == tuple(who.values())
    assert first.voucher == "记-0901-01"
    assert [e.kind for e in ledger.entries_of(first)] == [
        "instalment.request",
        "instalment.approve",
        "instalment.pay",
    ]
    assert Message.objects.filter(kind="instalment.pay", recipient_id=str(studio.lead_id)).exists()


@pytest.mark.parametrize(("step", "role"), [("approve", "manager"), ("pay", "finance")])
def test_the_one_who_asked_neither_approves_nor_pays(step, role):
    studio = factories.studio()
    RoleGrant.objects.create(user=studio.lead, role=role, since=date(2020, 1, 1), granted_by="测试")
    first = factories.instalment(STEPS[step], home=studio, requested_by=studio.lead)
    with pytest.raises(NotPermitted):
        getattr(actions, step)(first, by=studio.lead, **GIVEN[step])
    first.refresh_from_db()
    assert first.state == STEPS[step]


def test_the_one_who_approved_does_not_pay():
    both = factories.user("manager", "finance")
    first = factories.instalment("approved", requested_by=factories.user(), approved_by=both)
    with pytest.raises(NotPermitted):
        actions.pay(first, by=both, voucher="记-1")


@pytest.mark.parametrize(
    "holds", list(product((True, False), repeat=4)), ids=lambda h: "".join("01"[v] for v in h)
)
@pytest.mark.parametrize("step", STEPS)
def test_the_gate_opens_only_when_every_condition_holds(step, holds, client):
    running, paid, reported, punctual = holds
    instalment = second_instalment(
        STEPS[step], running=running, paid=paid, reported=reported and paid, punctual=punctual
    )
    # before the first is paid, no report can have come after its payment
    expected = dict(zip(CODES, (running, paid, reported and paid, punctual), strict=True))
    actor = people(instalment.studio)[step]
    conditions = gate_of(Instalment.objects.get(pk=instalment.pk))
    assert {condition.code: condition.open for condition in conditions} == expected
    client.force_login(actor)
    url = reverse("step", args=["instalments", instalment.pk, step])
    page = client.get(url)
    first_locked = next((condition for condition in conditions if not condition.open), None)
    if first_locked is None:
        assert actions_taken(client, url, step) == 302
        return
    assert str(first_locked.why_not) in page.content.decode()
    assert actions_taken(client, url, step) == 409
    with pytest.raises(StepRefused) as refusal:
        getattr(actions, step)(instalment, by=actor, **GIVEN[step])
    assert refusal.value.code == first_locked.code
    instalment.refresh_from_db()
    assert instalment.state == STEPS[step]


def actions_taken(client, url, step):
    return client.post(url, GIVEN[step]).status_code


@pytest.mark.parametrize("step", STEPS)
def test_an_admitted_objection_stops_every_step_of_payment(step):
    first = factories.instalment(STEPS[step], requested_by=factories.user())
    factories.admitted_objection(first.studio.recognition.nomination)
    with pytest.raises(StepRefused) as refusal:
        getattr(actions, step)(first, by=people(first.studio)[step], **GIVEN[step])
    assert (refusal.value.code, "异议" in str(refusal.value)) == ("studio_stopped", True)


@pytest.mark.parametrize("step", STEPS)
def test_a_revoked_recognition_stops_every_step_of_payment(step):
    first = factories.instalment(STEPS[step], requested_by=factories.user())
    talent = first.studio.recognition
    type(talent).objects.filter(pk=talent.pk).update(revoked_on=date(2026, 9, 1))
    with pytest.raises(StepRefused) as refusal:
        getattr(actions, step)(
            Instalment.objects.get(pk=first.pk), by=people(first.studio)[step], **GIVEN[step]
        )
    assert (refusal.value.code, "撤销" in str(refusal.value)) == ("studio_stopped", True)


def test_a_report_accepted_before_the_last_payment_opens_nothing():
    second = second_instalment("planned", reported=False)
    before = factories.NOON - timedelta(days=61)
    factories.report("accepted", home=second.studio, judged_at=before)
    with pytest.raises(StepRefused) as refusal:
        actions.request(second, by=second.studio.lead)
    assert refusal.value.code == "report_missing"


def test_an_uncountable_delay_stops_payment_and_says_which_calendar_is_missing():
    first = factories.instalment()
    factories.report(home=first.studio, due_on=date(2026, 12, 10))
    with clock.frozen(factories.NOON.replace(year=2027, month=3)), pytest.raises(StepRefused) as refusal:
        actions.request(first, by=first.studio.lead)
    assert refusal.value.code == "report_overdue"
    assert "2027" in str(refusal.value)


def test_one_voucher_pays_one_instalment_however_it_is_typed():
    finance = factories.user("finance")
    asked = {"requested_by": factories.user(), "approved_by": factories.user()}
    first, other = factories.instalment("approved", **asked), factories.instalment("approved", **asked)
    actions.pay(first, by=finance, voucher="记-0901-01")
    with pytest.raises(NumberTaken):
        actions.pay(other, by=finance, voucher=" 记－０９０１－０１ ")
    other.refresh_from_db()
    assert other.state == "approved"
    assert [e.kind for e in ledger.entries_of(other)] == ["refused"]


def test_a_withheld_instalment_starts_again_from_the_plan():
    manager = factories.user("manager")
    first = factories.instalment("approved", requested_by=factories.user(), approved_by=manager)
    held = actions.withhold(first, by=manager, reason=REASON)
    assert (held.state, held.note) == ("withheld", REASON)
    with pytest.raises(StepRefused):
        actions.pay(held, by=factories.user("finance"), voucher="记-1")
    released = actions.release(held, by=manager, reason="凭证已经补齐，恢复拨付。")
    assert (released.state, released.requested_by, released.approved_by) == ("planned", None, None)


def test_a_cancelled_instalment_does_not_stand_in_the_way_of_the_next():
    studio = factories.studio()
    factories.instalment(number=2, home=studio)
    factories.report("accepted", home=studio)
    second = studio.instalments.get(number=2)
    actions.cancel(second, by=factories.user("leader"), reason=REASON)
    third = studio.instalments.get(number=3)
    assert actions.request(third, by=studio.lead).state == "requested"


def test_a_payment_takes_at_most_ten_statements():
    studio = factories.studio()
    who = people(studio)
    finance = factories.user("finance")
    actions.request(studio.instalments.get(number=1), by=studio.lead)  # the chain has begun
    factories.report("accepted", home=studio)
    second = factories.instalment(
        "approved", number=2, home=studio, requested_by=studio.lead, approved_by=who["approve"]
    )
    assert finance.roles
    with CaptureQueriesContext(connection) as caught:
        actions.pay(second, by=finance, voucher="记-0901-02")
    taken = [q["sql"] for q in caught if "SAVEPOINT" not in q["sql"]]
    assert len(taken) <= 10

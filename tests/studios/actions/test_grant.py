import json
from datetime import date, timedelta
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import RoleGrant
from studios.actions import grant as actions
from studios.errors import ConditionNotLocked, NumberTaken
from studios.models import Instalment, Studio
from studios.models.gate import newest_assessment
from studios.queries.assessment import grade_of
from studios.queries.grant import gate_of
from tests import factories
from tests.selection.ways import WAYS
from workflow import clock, ledger
from workflow.errors import NotPermitted, StepRefused
from workflow.models import Message

pytestmark = pytest.mark.django_db

REASON = "支出凭证尚未补齐，暂缓拨付。"
STEPS = {"request": "planned", "approve": "requested", "pay": "approved"}
GIVEN = {"request": {"note": ""}, "approve": {}, "pay": {"voucher": "记-0901-01"}}


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


def people(studio):
    return {"request": studio.lead, "approve": factories.user("manager"), "pay": factories.user("finance")}


# Peers' five conditions: what breaks each, the code that then refuses, and the words that say so.
FIVE = {
    "signed": ("no_agreement", "协议"),
    "unheld": ("on_hold", "异议"),
    "running": ("studio_stopped", "整改中"),
    "reported": ("report_missing", "报告"),
    "indicator": ("grade_too_low", "考核"),
}
ROWS = list(product((True, False), repeat=len(FIVE)))


def second_instalment(holds):
    """The second instalment of a studio of which these of the five conditions hold, and all the others."""
    home = factories.studio("active" if holds["running"] else "rectifying")
    second = factories.instalment("planned", number=2, home=home)
    if holds["reported"]:
        factories.report("accepted", home=home, period="2026Q2")
    factories.spent(home, "20000.00")
    factories.graded(home, "qualified" if holds["indicator"] else "basic")
    if not holds["unheld"]:
        factories.admitted_objection(home.recognition.nomination)
    if not holds["signed"]:
        home.agreement.delete()
    return second


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


@pytest.mark.parametrize("row", ROWS, ids=lambda row: "".join("01"[v] for v in row))
def test_the_gate_opens_by_page_api_and_command_only_when_every_condition_holds(row):
    holds = dict(zip(FIVE, row, strict=True))
    second = second_instalment(holds)
    conditions = {c.code: c.open for c in gate_of(Instalment.objects.get(pk=second.pk))}
    assert {code: conditions[code] for code, _word in FIVE.values()} == {
        FIVE[name][0]: held for name, held in holds.items()
    }
    assert all(opens for code, opens in conditions.items() if code not in dict(FIVE.values()))
    broken = [FIVE[name] for name, held in holds.items() if not held]
    for way in WAYS.values():
        said = way(second.studio.lead, "instalments", second, "request", {"note": ""})
        if broken:
            assert broken[0][1] in said  # the first that is locked names the refusal
        else:
            assert said == ""
            Instalment.objects.filter(pk=second.pk).update(state="planned", requested_by=None)
    if broken:
        refused = list(ledger.entries_of(second).filter(kind="refused"))
        assert [json.loads(entry.payload)["code"] for entry in refused] == [broken[0][0]] * len(WAYS)
        assert not ledger.entries_of(second).exclude(kind="refused").exists()


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_threshold_missed_and_waived_opens_by_every_way(way):
    second = second_instalment(dict.fromkeys(FIVE, True) | {"indicator": False})
    leader = factories.user("leader", organisation=factories.organisation("province"))
    given = {"condition": "grade_too_low", "reason": REASON}
    assert way(leader, "instalments", second, "waive", given) == ""
    assert way(second.studio.lead, "instalments", second, "request", {"note": ""}) == ""
    entry = ledger.entries_of(second).get(kind="instalment.waive")
    assert json.loads(entry.payload)["condition"] == "grade_too_low"


@pytest.mark.parametrize("step", STEPS)
def test_every_step_of_payment_asks_the_gate(step):
    second = second_instalment(dict.fromkeys(FIVE, True) | {"indicator": False})
    Instalment.objects.filter(pk=second.pk).update(state=STEPS[step], requested_by=factories.user())
    with pytest.raises(StepRefused) as refusal:
        getattr(actions, step)(
            Instalment.objects.get(pk=second.pk), by=people(second.studio)[step], **GIVEN[step]
        )
    assert refusal.value.code == "grade_too_low"


# Waivers


def test_the_leader_waives_what_is_locked_with_a_reason_and_those_concerned_learn_of_it():
    second = factories.instalment("planned", number=2)
    leader, manager = factories.user("leader"), factories.user("manager")
    for code in ("report_missing", "spent_too_little", "grade_too_low"):
        actions.waive(second, by=leader, condition=code, reason=REASON)
    found = {c.code: c for c in gate_of(Instalment.objects.get(pk=second.pk))}
    assert (found["spent_too_little"].waiver.reason, found["spent_too_little"].open) == (REASON, True)
    assert actions.request(second, by=second.studio.lead).state == "requested"
    told = Message.objects.filter(
        kind="instalment.waive", recipient_id__in=[manager.pk, second.studio.lead_id]
    )
    assert told.count() == 6


@pytest.mark.parametrize(
    "code", ["on_hold", "studio_stopped", "title_revoked", "no_agreement", "report_overdue"]
)
def test_what_protects_the_money_is_never_waived(code):
    second = second_instalment(
        {"signed": code != "no_agreement", "unheld": code != "on_hold", "running": code != "studio_stopped",
         "reported": True, "indicator": False}
    )  # fmt: skip
    if code == "title_revoked":
        talent = second.studio.recognition
        type(talent).objects.filter(pk=talent.pk).update(revoked_on=date(2026, 9, 1))
    if code == "report_overdue":
        factories.report(home=second.studio, period="2026Q1", due_on=date(2026, 7, 1))
    row = Instalment.objects.get(pk=second.pk)
    assert code in {c.code for c in gate_of(row) if not c.open}
    with pytest.raises(ConditionNotLocked):
        actions.waive(row, by=factories.user("leader"), condition=code, reason=REASON)
    assert not row.waivers.exists()


def test_what_holds_needs_no_waiver_and_nobody_else_waives():
    second = second_instalment(dict.fromkeys(FIVE, True) | {"indicator": False})
    with pytest.raises(ConditionNotLocked):
        actions.waive(second, by=factories.user("leader"), condition="report_missing", reason=REASON)
    with pytest.raises(NotPermitted):
        actions.waive(second, by=factories.user("manager"), condition="grade_too_low", reason=REASON)


def test_a_waiver_opens_one_instalment_not_the_next():
    second = second_instalment(dict.fromkeys(FIVE, True) | {"indicator": False})
    actions.waive(second, by=factories.user("leader"), condition="grade_too_low", reason=REASON)
    third = factories.instalment("planned", number=3, home=second.studio)
    assert not {c.code: c.open for c in gate_of(third)}["grade_too_low"]


@pytest.mark.parametrize("step", STEPS)
def test_an_admitted_objection_stops_every_step_of_payment(step):
    first = factories.instalment(STEPS[step], requested_by=factories.user())
    factories.admitted_objection(first.studio.recognition.nomination)
    with pytest.raises(StepRefused) as refusal:
        getattr(actions, step)(first, by=people(first.studio)[step], **GIVEN[step])
    assert (refusal.value.code, "异议" in str(refusal.value)) == ("on_hold", True)


@pytest.mark.parametrize("step", STEPS)
def test_a_revoked_recognition_stops_every_step_of_payment(step):
    first = factories.instalment(STEPS[step], requested_by=factories.user())
    talent = first.studio.recognition
    type(talent).objects.filter(pk=talent.pk).update(revoked_on=date(2026, 9, 1))
    with pytest.raises(StepRefused) as refusal:
        getattr(actions, step)(
            Instalment.objects.get(pk=first.pk), by=people(first.studio)[step], **GIVEN[step]
        )
    assert (refusal.value.code, "撤销" in str(refusal.value)) == ("title_revoked", True)


def test_a_report_accepted_before_the_last_payment_opens_nothing():
    second = second_instalment(dict.fromkeys(FIVE, True) | {"reported": False})
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


@pytest.mark.parametrize("given_up", [1, 2])
def test_a_cancelled_instalment_does_not_stand_in_the_way_of_the_next(given_up):
    studio = factories.studio()
    if given_up == 2:
        factories.open_gate(2, home=studio)
    else:
        factories.graded(studio)
    actions.cancel(studio.instalments.get(number=given_up), by=factories.user("leader"), reason=REASON)
    following = studio.instalments.get(number=given_up + 1)
    assert actions.request(following, by=studio.lead).state == "requested"


def test_a_payment_takes_at_most_fourteen_statements():
    studio = factories.studio()
    who = people(studio)
    finance = factories.user("finance")
    actions.request(studio.instalments.get(number=1), by=studio.lead)  # the chain has begun
    second = factories.open_gate(
        2, state="approved", home=studio, requested_by=studio.lead, approved_by=who["approve"]
    )
    assert finance.roles
    with CaptureQueriesContext(connection) as caught:
        actions.pay(second, by=finance, voucher="记-0901-02")
    taken = [q["sql"] for q in caught if "SAVEPOINT" not in q["sql"]]
    assert len(taken) <= 14


def test_a_gate_and_the_lists_read_the_same_newest_grade():
    home = factories.studio()
    factories.graded(home, "basic", year=2025, confirmed_at=factories.NOON - timedelta(days=90))
    factories.graded(
        home, "excellent", year=2024, confirmed_at=factories.NOON
    )  # an older year, confirmed late
    assert newest_assessment(Studio.objects.get(pk=home.pk)).grade == grade_of(home) == "basic"

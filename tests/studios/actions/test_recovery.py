import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from studios import tasks
from studios.actions import grant
from studios.actions import recovery as actions
from studios.actions import studio as studios
from studios.errors import NumberTaken, RecoveryRefused
from studios.models import Instalment, RecoveryOrder, Repayment
from studios.queries.recovery import money_of_award, money_of_awards, recoverable
from tests import factories
from tests.selection.ways import WAYS
from workflow import clock, ledger
from workflow.actor import SYSTEM
from workflow.errors import NotPermitted, StepRefused
from workflow.models import Message

pytestmark = pytest.mark.django_db

REASON = "工作室终止，未支出资金应当退回。"


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


def paid_studio(state="terminated", spent="18000.00"):
    """A studio that was paid its first 25,000 yuan."""
    home = factories.instalment("paid", paid_at=factories.NOON).studio
    type(home).objects.filter(pk=home.pk).update(state=state)
    if spent:
        factories.spent(home, spent)
    return type(home).objects.get(pk=home.pk)


def order(home, amount="7000.00", ground="terminated", by=None):
    person = by or factories.user("leader")
    return actions.order(home, by=person, amount=Decimal(amount), ground=ground, reason=REASON)


def repay(row, amount, voucher, by=None):
    return actions.repay(
        row, by=by or factories.user("finance"), amount=Decimal(amount), on=date(2026, 9, 1), voucher=voucher
    )


def test_what_was_paid_and_not_spent_is_ordered_back_within_thirty_days():
    home = paid_studio()
    leader = factories.user("leader")
    made = order(home, by=leader)
    assert (made.amount, made.ordered_by, made.state) == (Decimal("7000.00"), leader, "ordered")
    assert (made.ordered_on, made.due_on) == (date(2026, 9, 1), date(2026, 10, 1))
    entry = ledger.entries_of(home).get(kind="studio.order_recovery")
    assert json.loads(entry.payload)["amount"] == "7000.00"
    told = set(Message.objects.filter(kind="recovery.ordered").values_list("recipient_id", flat=True))
    assert str(home.lead_id) in told


def test_no_more_is_ordered_than_was_paid_and_not_spent():
    home = paid_studio()
    with pytest.raises(RecoveryRefused):
        order(home, "7000.01")
    order(home, "3000.00")
    with pytest.raises(RecoveryRefused):
        order(home, "4000.01")
    order(home, "4000.00")
    assert recoverable(home) == 0


@pytest.mark.parametrize("ground", ["misuse", "fraud"])
def test_after_misuse_or_fraud_what_was_spent_is_asked_back_too(ground):
    home = paid_studio()
    assert (recoverable(home), recoverable(home, ground)) == (Decimal("7000.00"), Decimal("25000.00"))
    order(home, "25000.00", ground)
    with pytest.raises(RecoveryRefused):
        order(home, "0.01", ground)


def test_spending_beyond_what_was_paid_makes_nothing_negative():
    home = paid_studio(spent="26000.00")
    assert recoverable(home) == 0
    with pytest.raises(RecoveryRefused):
        order(home, "0.01")


def test_the_manager_orders_back_only_what_a_concluded_studio_left():
    manager = factories.user("manager")
    with pytest.raises(NotPermitted):
        order(paid_studio("terminated"), by=manager)
    assert order(paid_studio("concluded"), ground="unspent", by=manager).state == "ordered"


def test_it_comes_back_in_parts_and_the_last_one_settles():
    row = factories.recovery_order(amount="7000.00")
    row = repay(row, "5000.00", "收-1")
    assert (row.state, row.repaid, row.outstanding) == ("ordered", Decimal("5000.00"), Decimal("2000.00"))
    row = repay(row, "2000.00", "收-2")
    assert (row.state, row.outstanding, row.closed_at) == ("settled", 0, factories.NOON)
    assert [p.amount for p in row.repayments.all()] == [Decimal("5000.00"), Decimal("2000.00")]
    assert Message.objects.filter(kind="recovery.repaid", recipient_id=str(row.studio.lead_id)).count() == 2
    with pytest.raises(StepRefused):
        repay(row, "0.01", "收-3")


@pytest.mark.parametrize("amount", ["7000.01", "0.00", "-1.00"])
def test_nothing_comes_back_beyond_what_is_outstanding(amount):
    row = factories.recovery_order(amount="7000.00")
    with pytest.raises(RecoveryRefused):
        repay(row, amount, "收-1")
    row.refresh_from_db()
    assert (row.repaid, Repayment.objects.count()) == (0, 0)


def test_one_voucher_stands_for_one_repayment_however_it_is_typed():
    row = factories.recovery_order(amount="7000.00")
    row = repay(row, "1000.00", "收-1")
    with pytest.raises(NumberTaken):
        repay(row, "1000.00", " 收－１ ")
    row.refresh_from_db()
    assert row.repaid == Decimal("1000.00")


def test_the_database_itself_refuses_more_back_than_was_ordered():
    row = factories.recovery_order(amount="7000.00")
    for change in ({"repaid": "7000.01"}, {"repaid": "-0.01"}, {"state": "settled"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            RecoveryOrder.objects.filter(pk=row.pk).update(**change)


def test_the_leader_writes_off_what_does_not_come_for_a_reason():
    row = repay(factories.recovery_order(amount="7000.00"), "5000.00", "收-1")
    with pytest.raises(NotPermitted):
        actions.write_off(row, by=factories.user("finance"), reason=REASON)
    done = actions.write_off(row, by=factories.user("leader"), reason=REASON)
    assert (done.state, done.written_off, done.outstanding, done.note) == ("written_off", 2000, 0, REASON)
    entry = ledger.entries_of(done).get(kind="recoveryorder.write_off")
    assert json.loads(entry.payload)["written_off"] == "2000.00"


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_an_order_is_written_and_repaid_by_every_way(way):
    home, province = paid_studio(), factories.organisation("province")
    leader, finance = (factories.user(role, organisation=province) for role in ("leader", "finance"))
    given = {"ground": "terminated", "amount": "7000.00", "reason": REASON}
    assert way(leader, "studios", home, "order_recovery", given) == ""
    made = home.recovery_orders.get()
    given = {"amount": "3000.00", "on": "2026-09-01", "voucher": "收-1"}
    assert way(finance, "recovery-orders", made, "repay", given) == ""
    assert way(leader, "recovery-orders", made, "write_off", {"reason": REASON}) == ""
    made.refresh_from_db()
    assert (made.state, made.written_off) == ("written_off", Decimal("4000.00"))


# What an end does to what is unpaid


def test_a_termination_cancels_what_is_unpaid_and_leaves_what_was_paid():
    home = factories.instalment("paid", paid_at=factories.NOON, voucher="记-1").studio
    home.instalments.filter(number=2).update(state="withheld")
    type(home.recognition).objects.filter(pk=home.recognition_id).update(revoked_on=date(2026, 9, 1))
    studios.terminate(home, by=SYSTEM, reason=REASON)
    assert list(home.instalments.values_list("state", flat=True)) == ["paid", "cancelled", "cancelled"]
    money = money_of_award(type(home).objects.get(pk=home.pk))
    assert (money.unpaid, money.given_up, money.recoverable, money.used) == (0, 25000, 25000, 0)
    assert not money.faults()


def over(home):
    type(home).objects.filter(pk=home.pk).update(ends_on=date(2026, 8, 31))
    return type(home).objects.get(pk=home.pk)


def test_a_conclusion_cancels_what_was_never_asked_for():
    home = over(factories.instalment("planned", number=2).studio)
    home.instalments.filter(number=3).update(state="withheld")
    studios.conclude(home, by=factories.user("manager"))
    assert list(home.instalments.values_list("state", flat=True)) == ["paid", "cancelled", "cancelled"]
    assert "结项" in home.instalments.get(number=3).note


@pytest.mark.parametrize("state", ["requested", "approved"])
def test_nothing_is_concluded_over_a_payment_on_its_way(state):
    home = over(factories.instalment(state, number=2, requested_by=factories.user()).studio)
    with pytest.raises(StepRefused) as refusal:
        studios.conclude(home, by=factories.user("manager"))
    assert refusal.value.code == "payment_pending"


def test_what_is_unpaid_is_cancelled_once():
    home = factories.instalment("paid", paid_at=factories.NOON, voucher="记-1").studio
    assert grant.cancel_unpaid(home, by=SYSTEM, reason=REASON) == 2
    assert grant.cancel_unpaid(home, by=SYSTEM, reason=REASON) == 0
    assert Instalment.objects.filter(studio=home, state="cancelled").count() == 2


# Reminders


def levels(row):
    keys = Message.objects.filter(kind="recovery.reminded").values_list("key", flat=True)
    return {key.split(f"recovery.reminded:{row.pk}:")[1].split(":")[0] for key in keys}


def test_each_level_of_the_ladder_is_told_once_however_often_the_job_runs():
    row = factories.recovery_order(amount="7000.00")
    lead, finance = str(row.studio.lead_id), factories.user("finance")
    for days in range(75):
        with clock.frozen(factories.NOON + timedelta(days=days)):
            for _run in range(3):
                tasks.remind_of_recoveries()
    told = Message.objects.filter(kind="recovery.reminded", recipient_id=lead)
    assert told.count() == 6  # five and two days before, the day itself, one, ten and twenty days late
    late = Message.objects.filter(kind="recovery.reminded", recipient_id=str(finance.pk))
    assert late.count() == 3


def test_who_has_given_back_is_not_reminded():
    row = repay(factories.recovery_order(amount="7000.00"), "7000.00", "收-1")
    with clock.frozen(factories.NOON + timedelta(days=60)):
        tasks.remind_of_recoveries()
        assert actions.remind(row, 20, 20, by=SYSTEM) is False
    assert not Message.objects.filter(kind="recovery.reminded").exists()


# Where the money is


def test_the_money_of_many_awards_is_that_of_each():
    homes = [paid_studio(), factories.studio(), factories.studio("preparing")]
    order(homes[0], "3000.00")
    homes = list(type(homes[0]).objects.all())
    together = money_of_awards(homes)
    assert together == {home.pk: money_of_award(home) for home in homes}
    assert all(not money.faults() for money in together.values())


def test_money_does_not_come_back_tomorrow():
    row = factories.recovery_order(amount="7000.00")
    with pytest.raises(RecoveryRefused):
        actions.repay(
            row, by=factories.user("finance"), amount=Decimal("1.00"), on=date(2026, 9, 2), voucher="收-9"
        )

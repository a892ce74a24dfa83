from decimal import Decimal

import pytest

from studios.actions import budget as actions
from studios.actions import recovery, spending
from studios.actions import studio as studios
from studios.errors import ExpenseRefused, RecoveryRefused
from studios.models import BudgetAdjustment, BudgetLine, RecoveryOrder
from studios.queries import budget as queries
from tests import factories
from workflow import clock, ledger
from workflow.errors import NotPermitted, StepRefused
from workflow.machine import open_steps
from workflow.models import Message

pytestmark = pytest.mark.django_db
D = Decimal
REASON = "超出该科目合理需要，不予批准。"


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


@pytest.fixture
def home():
    return factories.funded_studio()


def adjust(home, amount, *, source="training", target="service", by=None):
    return actions.adjust(
        home, by=by or home.lead, source=source, target=target, amount=D(amount), purpose="社区活动增加"
    )


def line(home, code):
    return next(found for found in queries.account_of(home).lines if found.code == code)


def test_the_first_budget_sums_to_the_award_and_no_head_is_above_its_cap(home):
    account = queries.account_of(home)
    assert account.agreed == D("50000.00")
    assert all(found.agreed <= found.cap for found in account.lines)


def test_an_agreement_writes_the_first_budget_down():
    home = factories.studio("agreed")
    actions.plan_budget(home)
    assert sum(home.budget_lines.values_list("amount", flat=True)) == D("50000.00")
    assert queries.agreed_budget(home) == dict(home.budget_lines.values_list("head", "amount"))


def test_the_manager_sets_another_before_the_first_payment():
    home, manager = factories.studio("agreed"), factories.user("manager")
    lines = {
        "training": D("20000.00"), "service": D("15000.00"), "research": D("5000.00"), "equipment": D("5000.00"),
        "travel": D("2000.00"), "fees": D("2000.00"), "publicity": D("1000.00"),
    }  # fmt: skip
    actions.set_budget(home, by=manager, lines=lines)
    assert queries.agreed_budget(home) == lines
    assert ledger.entries_of(home).filter(kind="studio.budgeted").count() == 1
    for wrong, code in (
        ({**lines, "training": D("20000.01")}, "bad_sum"),
        ({**lines, "training": D("17000.00"), "publicity": D("4000.00")}, "over_cap"),
        ({**lines, "gifts": D("0.00")}, "unknown_head"),
    ):
        with pytest.raises(ExpenseRefused) as refused:
            actions.set_budget(home, by=manager, lines=wrong)
        assert refused.value.code == code
    with pytest.raises(NotPermitted):
        actions.set_budget(home, by=home.lead, lines=lines)


def test_after_a_movement_took_effect_it_is_only_adjusted():
    home = factories.studio("active")
    lines = {"training": D("30000.00"), "service": D("20000.00")}
    actions.set_budget(home, by=factories.user("manager"), lines=lines)
    moved = actions.adjust(
        home, by=home.lead, source="training", target="service", amount=D("1000.00"), purpose="社区活动增加"
    )
    assert moved.state == "recorded"
    with pytest.raises(StepRefused) as refused:
        actions.set_budget(home, by=factories.user("manager"), lines=lines)
    assert refused.value.code == "adjusted_already"


def test_after_the_first_payment_it_is_only_adjusted(home):
    with pytest.raises(StepRefused) as refused:
        actions.set_budget(home, by=factories.user("manager"), lines={"training": D("50000.00")})
    assert refused.value.code == "already_paid"


def test_a_small_movement_is_recorded_and_in_effect_at_once(home):
    before = line(home, "training"), line(home, "service")
    row = adjust(home, "1900.00")  # ten per cent of 19,230.77
    assert row.state == "recorded" and row.decided_by is None
    assert line(home, "training").budget == before[0].budget - D("1900.00")
    assert line(home, "service").budget == before[1].budget + D("1900.00")
    assert Message.objects.filter(kind="adjustment.request").count() == 0


def test_small_movements_together_above_the_share_are_asked_for(home):
    manager = factories.user("manager")
    assert adjust(home, "1900.00").state == "recorded"
    row = adjust(home, "23.08")
    assert row.state == "requested"
    assert line(home, "service").moved == D("1900.00")
    assert Message.objects.filter(kind="adjustment.request", address=manager.email).count() == 1
    assert [found.name for found in open_steps(row, home.lead)] == [
        "withdraw"
    ]  # nobody waits for what cannot be
    with pytest.raises(StepRefused) as refused:
        actions.record(row, by=home.lead)
    assert refused.value.code == "needs_approval"
    assert actions.approve(row, by=manager).decided_by == manager
    assert line(home, "service").moved == D("1923.08")


def test_what_is_not_approved_moves_nothing(home):
    row = adjust(home, "5000.00")
    row = actions.refuse_adjustment(row, by=factories.user("manager"), reason=REASON)
    assert (row.state, row.reason) == ("refused", REASON)
    assert line(home, "service").moved == 0
    assert actions.withdraw(adjust(home, "6000.00"), by=home.lead).state == "withdrawn"


def test_caps_hold_for_every_movement_also_when_it_is_approved(home):
    with pytest.raises(ExpenseRefused, match=r"5%") as refused:
        adjust(home, "1600.00", target="publicity")
    assert (refused.value.code, refused.value.where) == ("over_cap", "amount")
    waiting = [adjust(home, "2000.00", target="travel") for _n in range(2)]
    manager = factories.user("manager")
    actions.approve(waiting[0], by=manager)
    actions.approve(waiting[1], by=manager)
    with pytest.raises(ExpenseRefused):
        adjust(home, "1000.00", target="travel")


def test_an_approval_asks_again_what_is_free(home):
    row = adjust(home, "9000.00")
    spending.record(
        home, by=home.lead, vouchers=[("发票.jpg", factories.picture())], submit=True,
        values={
            "spent_on": factories.NOON.date(), "head": "training", "payee": "杭州图书馆", "purpose": "督导培训", "items": 1,
            "amount": D("12000.00"), "activity": None, "invoice_code": "", "invoice_number": "1",
        },
    )  # fmt: skip
    with pytest.raises(ExpenseRefused) as refused:
        actions.approve(row, by=factories.user("manager"))
    assert refused.value.code == "not_free"
    assert BudgetAdjustment.objects.get(pk=row.pk).state == "requested"


def test_an_adjustment_makes_room_for_the_expense_that_was_refused(home):
    BudgetLine.objects.bulk_create(
        BudgetLine(studio=home, head=code, amount=amount)
        for code, amount in (("training", D("40000.00")), ("service", D("10000.00")))
    )
    values = {
        "spent_on": factories.NOON.date(), "head": "service", "payee": "杭州文具商店", "purpose": "活动物资", "items": 1,
        "amount": D("10500.00"), "activity": None, "invoice_code": "", "invoice_number": "1",
    }  # fmt: skip
    with pytest.raises(ExpenseRefused, match="预算"):
        spending.record(home, by=home.lead, values=values)
    adjust(home, "500.00")
    assert spending.record(home, by=home.lead, values=values).state == "drafted"


def test_only_the_lead_moves_money_and_only_the_manager_approves(home):
    for person in (factories.user("manager"), factories.user("studio_member", organisation=home.host)):
        with pytest.raises(NotPermitted):
            adjust(home, "100.00", by=person)
    with pytest.raises(NotPermitted):
        actions.approve(adjust(home, "5000.00"), by=home.lead)


# The rest ------------------------------------------------------------------------------------------------------------


def settle(home, **given):
    return actions.settle_unspent(home, by=factories.user("manager"), **given)


def test_what_was_not_spent_is_returned_by_an_order_due_in_thirty_days():
    home = factories.funded_studio("concluded")
    factories.expense("approved", home=home, amount="20000.50", head="training")
    row = settle(home)
    assert (row.paid, row.spent, row.unspent, row.way) == (
        D("25000.00"),
        D("20000.50"),
        D("4999.50"),
        "returned",
    )
    order = RecoveryOrder.objects.get(studio=home)
    assert (order.amount, order.ground) == (D("4999.50"), "unspent")
    assert (order.due_on - factories.NOON.date()).days == 30
    with pytest.raises(StepRefused) as refused:
        settle(home)
    assert refused.value.code == "settled"
    with pytest.raises(StepRefused):
        spending.record(home, by=home.lead, values={})


def test_what_was_not_spent_is_carried_on_with_a_reason():
    home = factories.funded_studio("concluded")
    with pytest.raises(StepRefused) as refused:
        settle(home, carry=True)
    assert refused.value.code == "reason_required"
    row = settle(home, carry=True, reason="考核优秀，续聘，结余转入下一管理期。")
    assert row.way == "carried" and not RecoveryOrder.objects.exists()
    with pytest.raises(RecoveryRefused) as refused:
        recovery.order(
            home, by=factories.user("manager"), amount=row.unspent, ground="unspent", reason=REASON
        )
    assert refused.value.code == "carried"


def test_nothing_left_is_settled_without_an_order():
    home = factories.funded_studio("concluded")
    factories.expense("approved", home=home, amount="25000.00", head="training")
    assert settle(home).way == "nothing"


def test_nothing_is_settled_while_expenses_wait_or_the_studio_runs(home):
    with pytest.raises(StepRefused) as refused:
        settle(home)
    assert refused.value.code == "not_concluded"
    over = factories.funded_studio("concluded")
    factories.expense("submitted", home=over)
    with pytest.raises(StepRefused) as refused:
        settle(over)
    assert refused.value.code == "waiting"
    with pytest.raises(NotPermitted):
        actions.settle_unspent(over, by=over.lead)


def test_a_movement_takes_no_effect_once_the_studio_has_ended(home):
    asked = adjust(home, "9000.00")
    assert asked.state == "requested"
    factories.studio_exit(home, "decided")
    studios.terminate(home, by=factories.user("leader"), reason="依托单位注销，工作室终止。")
    with pytest.raises(StepRefused) as refused:
        actions.approve(asked, by=factories.user("manager"))
    assert refused.value.code == "books_closed"

"""Two persons reach for the same money at once: one gets it, the other learns why not, and no cent is counted twice."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from studios.actions import grant, recovery, spending
from studios.models import Expense, Instalment, RecoveryOrder, Repayment, Studio
from studios.queries.recovery import money_of_award
from tests import factories
from tests.selection.test_races import one_won, race
from workflow import ledger

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

REASON = "工作室终止，未支出资金应当退回。"


@pytest.mark.parametrize("turn", range(5))
def test_two_finance_officers_pay_one_instalment(turn: int) -> None:
    first = factories.instalment(
        "approved", requested_by=factories.user(), approved_by=factories.user("manager")
    )
    payers = [factories.user("finance") for _ in range(2)]
    outcomes = race(
        *(
            lambda by=by, number=number: grant.pay(first, by=by, voucher=f"记-{number}")
            for number, by in enumerate(payers)
        )
    )
    assert one_won(outcomes, "wrong_state")
    paid = Instalment.objects.get(pk=first.pk)
    assert paid.paid_by in payers
    assert paid.voucher == f"记-{payers.index(paid.paid_by)}"
    assert ledger.entries_of(paid).filter(kind="instalment.pay").count() == 1


@pytest.mark.parametrize("turn", range(5))
def test_one_voucher_is_typed_for_two_instalments(turn: int) -> None:
    finance = factories.user("finance")
    asked = {"requested_by": factories.user(), "approved_by": factories.user()}
    parts = [factories.instalment("approved", **asked) for _ in range(2)]
    outcomes = race(*(lambda part=part: grant.pay(part, by=finance, voucher="记-1") for part in parts))
    assert one_won(outcomes, "number_taken")


@pytest.mark.parametrize("turn", range(5))
def test_two_repayments_together_beyond_the_order(turn: int) -> None:
    order = factories.recovery_order(amount="7000.00")
    officers = [factories.user("finance") for _ in range(2)]
    outcomes = race(
        *(
            lambda by=by, number=number: recovery.repay(
                order, by=by, amount=Decimal("4000.00"), on=date(2026, 9, 1), voucher=f"收-{number}"
            )
            for number, by in enumerate(officers)
        )
    )
    assert one_won(outcomes, "beyond_recoverable")
    after = RecoveryOrder.objects.get(pk=order.pk)
    assert (after.repaid, after.state, Repayment.objects.count()) == (Decimal("4000.00"), "ordered", 1)


@pytest.mark.parametrize("turn", range(5))
def test_two_repayments_that_together_are_the_order_settle_it(turn: int) -> None:
    order = factories.recovery_order(amount="7000.00")
    finance = factories.user("finance")
    parts = (("3000.00", "收-1"), ("4000.00", "收-2"))
    outcomes = race(
        *(
            lambda amount=amount, voucher=voucher: recovery.repay(
                order, by=finance, amount=Decimal(amount), on=date(2026, 9, 1), voucher=voucher
            )
            for amount, voucher in parts
        )
    )
    assert outcomes == ["won", "won"]
    after = RecoveryOrder.objects.get(pk=order.pk)
    assert (after.repaid, after.state) == (Decimal("7000.00"), "settled")


@pytest.mark.parametrize("turn", range(5))
def test_two_orders_together_beyond_what_was_paid(turn: int) -> None:
    home = factories.instalment("paid", paid_at=factories.NOON).studio
    leaders = [factories.user("leader") for _ in range(2)]
    outcomes = race(
        *(
            lambda by=by: recovery.order(
                home, by=by, amount=Decimal("15000.00"), ground="terminated", reason=REASON
            )
            for by in leaders
        )
    )
    assert one_won(outcomes, "beyond_recoverable")
    assert not money_of_award(Studio.objects.get(pk=home.pk)).faults()


@pytest.mark.parametrize("turn", range(3))
def test_the_rest_is_written_off_while_it_comes_back(turn: int) -> None:
    order = factories.recovery_order(amount="7000.00")
    leader, finance = factories.user("leader"), factories.user("finance")
    outcomes = race(
        lambda: recovery.write_off(order, by=leader, reason=REASON),
        lambda: recovery.repay(
            order, by=finance, amount=Decimal("7000.00"), on=date(2026, 9, 1), voucher="收-1"
        ),
    )
    assert one_won(outcomes, "wrong_state")
    assert not money_of_award(Studio.objects.get(pk=order.studio_id)).faults()


def _bill(**given: Any) -> dict[str, Any]:
    return {
        "spent_on": date(2026, 8, 20), "head": "service", "payee": "杭州文具商店", "purpose": "社区活动物资", "items": 1,
        "amount": Decimal("800.00"), "activity": None, "invoice_code": "", "invoice_number": "12345678", **given,
    }  # fmt: skip


@pytest.mark.parametrize("turn", range(5))
def test_two_studios_save_one_invoice(turn: int) -> None:
    homes = [factories.funded_studio() for _ in range(2)]
    outcomes = race(
        *(lambda home=home: spending.record(home, by=home.lead, values=_bill()) for home in homes)
    )
    assert one_won(outcomes, "invoice_taken")
    assert Expense.objects.count() == 1


@pytest.mark.parametrize("turn", range(5))
def test_two_expenses_together_beyond_the_heads_budget(turn: int) -> None:
    home = factories.funded_studio()
    rows = [factories.expense(home=home, amount="6000.00") for _ in range(2)]  # 11,538.46 are left
    outcomes = race(*(lambda row=row: spending.submit(row, by=home.lead) for row in rows))
    assert one_won(outcomes, "over_budget")

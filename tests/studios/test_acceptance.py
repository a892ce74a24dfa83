"""Acceptance scenarios of the studios, each as one test by its number."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from studios.actions import grant
from studios.actions import studio as studios
from studios.models import Instalment
from studios.queries.grant import gate_of
from tests import factories
from tests.selection.ways import WAYS
from workflow import clock, ledger
from workflow.errors import StepRefused

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("award", "parts"),
    [
        ("50000.00", ["25000.00", "15000.00", "10000.00"]),
        ("33333.33", ["16666.66", "9999.99", "6666.68"]),
    ],
)
def test_16_instalments_are_exact_and_sum_to_the_award(award, parts):
    home = factories.studio("preparing")
    with clock.frozen(factories.NOON):
        studios.agree(
            home, by=factories.user("manager"), number="协1", award=Decimal(award), signed_on=date(2026, 8, 31),
            signed_by_province="张", signed_by_host="李", signed_by_talent="沈", site="二楼", goals="目标",
        )  # fmt: skip
    amounts = list(home.instalments.order_by("number").values_list("amount", flat=True))
    assert [str(amount) for amount in amounts] == parts
    assert sum(amounts) == Decimal(award)


def test_17_the_second_instalment_with_an_overdue_annual_report_is_blocked_and_says_why():
    with clock.frozen(factories.NOON):
        second = factories.open_gate(2)
        home = second.studio
        late = factories.report("due", home=home, kind="annual", period="2025", due_on=date(2026, 7, 1))
        locked = [c for c in gate_of(Instalment.objects.get(pk=second.pk)) if not c.open]
        assert [c.code for c in locked] == ["report_overdue"]
        for way in WAYS.values():
            assert "有报告逾期满20个工作日" in way(home.lead, "instalments", second, "request", {"note": ""})
        refused = ledger.entries_of(second).filter(kind="refused")
        assert refused.count() == 3 and Instalment.objects.get(pk=second.pk).state == "planned"
        type(late).objects.filter(pk=late.pk).update(state="accepted", judged_at=factories.NOON)
        assert grant.request(second, by=home.lead).state == "requested"


def test_17_the_third_instalment_is_withheld_from_whom_two_reports_are_overdue():
    with clock.frozen(factories.NOON):
        third = factories.open_gate(3)
        for period in ("2026Q1", "2026H1"):  # late, neither of them long enough to stop payments by itself
            factories.report("due", home=third.studio, period=period, due_on=date(2026, 8, 28))
        with pytest.raises(StepRefused) as refusal:
            grant.request(third, by=third.studio.lead)
        assert (refusal.value.code, str(refusal.value)) == (
            "too_many_overdue",
            "逾期报告少于2份：现为2份。",
        )

"""Acceptance scenarios of the studios, each as one test by its number."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from selection.actions import nomination, revocation
from selection.documents.table import write_xlsx
from selection.documents.workbook import Workbook
from selection.queries.integrity import uses_of
from studios.actions import exit as exits
from studios.actions import grant, spending
from studios.actions import studio as studios
from studios.forms.spending_intake import read
from studios.models import Expense, Instalment
from studios.queries import spending_sheets
from studios.queries.grant import gate_of
from studios.rules.programme import default
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


def test_18_one_invoice_in_two_studios_is_flagged_on_save_by_page_and_by_file(client):
    with clock.frozen(factories.NOON):
        first = factories.expense("approved", invoice_code="3300", invoice_number="87654321")
        home = factories.funded_studio()
        given = {
            "spent_on": "2026-08-21", "head": "service", "amount": "640.00", "payee": "甬江文具店", "purpose": "小组物资",
            "invoice_code": "３３００", "invoice_number": " 8765-4321",
        }  # fmt: skip
        client.force_login(home.lead)
        answer = client.post(reverse("expense_new", args=[home.pk]), given)
        page = answer.content.decode()
        assert answer.status_code == 409 and "这张发票在本系统中已经登记过，不能重复列支。" in page
        assert not home.expenses.exists()
        for said in (first.studio.name, first.studio.host.name, first.payee, "2026-08-20"):
            assert said not in page.replace(home.name, "")  # the other studio is not given away
        found = read(_book(given), home)
        assert [fault.column for fault in found.faults] == ["J2（发票号码）"] and not found.rows
        refused = ledger.entries_of(home).filter(kind="refused").get()
        assert "invoice_taken" in refused.payload
        spending.question(first, by=factories.user("manager"), reason="发票重复，请说明情况。")
        taken_back = spending.take_back(Expense.objects.get(pk=first.pk), by=first.studio.lead)
        spending.void(taken_back, by=first.studio.lead, reason="本笔登记有误，予以作废。")
        assert client.post(reverse("expense_new", args=[home.pk]), given).status_code == 302
        assert home.expenses.get().invoice_key == first.invoice_key


def _book(given):
    content = io.BytesIO()
    names = [column.name for column in spending_sheets.columns(default())]
    values = {**given, "head": "服务活动"}
    write_xlsx(
        content, [c.heading for c in spending_sheets.columns(default())], [[values.get(n, "") for n in names]]
    )
    return Workbook("支出.xlsx", content)


def test_22_a_revoked_talent_the_certificate_the_money_the_recovery_and_the_bar(client):
    with clock.frozen(factories.NOON):
        home = factories.instalment("paid", paid_at=factories.NOON, voucher="记-22-1").studio
        talent, nominee = home.recognition, home.recognition.nominee
        found = factories.revocation(
            talent.nomination, "heard", heard_on=date(2026, 8, 31), statement_due=date(2026, 8, 31)
        )
        revocation.decide(
            found, by=factories.user("leader"), minute_number="厅办公会纪要〔2026〕18号", document_number="浙民慈〔2026〕18号",
            reason="申报材料弄虚作假，撤销称号。",
        )  # fmt: skip
        assert exits.follow_revocations() == 1
        asked = {"number": talent.certificate_number, "name": talent.name_key}
        assert "已撤销" in client.get(reverse("certificate"), asked).content.decode()
        home = type(home).objects.get(pk=home.pk)
        assert home.state == "terminated"
        assert list(home.instalments.values_list("state", flat=True)) == ["paid", "cancelled", "cancelled"]
        order = home.recovery_orders.get()
        assert (order.amount, order.due_on) == (Decimal("25000.00"), date(2026, 10, 1))

        open_round = factories.nomination()
        clerk = factories.user("unit_clerk", organisation=open_round.unit)
        with pytest.raises(StepRefused, match="2029-09-01前不能再次申报"):
            nomination.create(
                open_round.round, by=clerk, name=nominee.name, id_number=nominee.id_number, route="county"
            )
        assert [use.code for use in uses_of(talent.nomination.bars.get())] == ["create"]

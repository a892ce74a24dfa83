"""The pages of a studio's money: forms, lists, vouchers, files there and back, what is printed."""

import io
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook
from xlsxwriter import Workbook

from studios.actions import spending_import
from studios.models import BudgetAdjustment, Expense, Settlement
from studios.queries import spending_sheets
from studios.rules.programme import default
from tests import factories
from tests.selection.ways import WAYS
from workflow import clock, jobs, todo
from workflow.models import Entry, Job

pytestmark = pytest.mark.django_db
HEADINGS = [column.heading for column in spending_sheets.columns(default())]
ROW = {
    "支出日期": "2026-08-20", "科目": "服务活动", "收款方": "杭州文具商店", "用途": "社区活动物资", "金额": 800, "发票号码": "12345678",
}  # fmt: skip


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


@pytest.fixture
def home():
    return factories.funded_studio()


@pytest.fixture
def lead(client, home):
    client.force_login(home.lead)
    return client


def scan(name="发票.jpg"):
    return SimpleUploadedFile(name, factories.picture(), "image/jpeg")


def given(**changes):
    return {
        "spent_on": "2026-08-20", "head": "service", "amount": "800.00", "payee": "杭州文具商店", "purpose": "社区活动物资",
        "invoice_number": "12345678", **changes,
    }  # fmt: skip


def statements(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(url).status_code == 200
    return len(caught)


def test_an_expense_is_written_on_one_page_and_handed_in(lead, home):
    url = reverse("expense_new", args=[home.pk])
    page = lead.get(url).content.decode()
    assert f'data-draft="expense-{home.pk}-new-{home.lead.pk}"' in page
    answer = lead.post(url, {**given(), "vouchers": scan(), "send": "1"})
    row = Expense.objects.get()
    assert answer.url == reverse("expense_detail", args=[home.pk, row.pk])
    assert (row.state, row.account, row.method, row.items) == ("submitted", "unit", "transfer", 1)
    page = lead.get(answer.url).content.decode()
    assert "待审批" in page and "12345678" in page


def test_every_fault_stands_at_its_field_and_what_was_typed_stays(lead, home):
    answer = lead.post(
        reverse("expense_new", args=[home.pk]),
        given(head="publicity", amount="2600.00", purpose="招待费", spent_on="2026-09-02", payee="付款方甲"),
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    for words in ("招待", "最多还可列2,500.00元", "不能晚于今天", "付款方甲"):
        assert words in page
    assert not Expense.objects.exists()


def test_an_invoice_used_elsewhere_is_refused_at_its_field_and_nothing_of_the_other_studio_is_said(
    lead, home
):
    other = factories.expense(home=factories.funded_studio(), invoice_number="12345678", payee="别家收款方")
    answer = lead.post(reverse("expense_new", args=[home.pk]), given())
    page = answer.content.decode()
    assert answer.status_code == 409 and "这张发票在本系统中已经登记过" in page
    assert other.studio.host.name not in page and "别家收款方" not in page
    assert Entry.objects.filter(kind="refused", payload__contains="invoice_taken").exists()


def test_a_draft_is_gone_on_with_and_a_voucher_taken_out(lead, home):
    row = factories.expense(home=home, invoice_number="12345678")
    url = reverse("expense_edit", args=[home.pk, row.pk])
    assert "发票.jpg" in lead.get(url).content.decode()
    lead.post(reverse("expense_voucher_remove", args=[row.vouchers.get().key]))
    answer = lead.post(url, {**given(), "send": "1"})
    assert answer.status_code == 409 and "凭证" in answer.content.decode()
    answer = lead.post(url, {**given(amount="750.00"), "vouchers": scan(), "send": "1"})
    row.refresh_from_db()
    assert (row.state, row.amount) == ("submitted", Decimal("750.00"))
    assert lead.get(url).status_code == 302  # what is handed in is not changed


def test_who_is_of_another_studio_sees_nothing_of_it(client, home):
    row = factories.expense("approved", home=home)
    client.force_login(factories.funded_studio().lead)
    voucher = row.vouchers.get()
    for url in (
        reverse("studio_money", args=[home.pk]),
        reverse("studio_expenses", args=[home.pk]),
        reverse("expense_detail", args=[home.pk, row.pk]),
        reverse("studio_budget", args=[home.pk]),
        reverse("studio_cash_book", args=[home.pk]),
        reverse("studio_expense_file", args=[home.pk, "csv"]),
        reverse("expense_voucher", args=[voucher.key]),
    ):
        assert client.get(url).status_code == 404, url
    assert row.payee not in client.get(reverse("expense_list")).content.decode()


def test_the_clerk_finds_what_waits_and_approves_it_by_the_steps_page(client, home):
    row = factories.expense("submitted", home=home)
    clerk = factories.user("unit_clerk", organisation=home.host)
    assert any("1笔工作室支出待审批" in str(one.title) for one in todo.waiting_for(clerk))
    client.force_login(clerk)
    assert row.payee in client.get(f"{reverse('expense_list')}?state=submitted").content.decode()
    client.post(reverse("step", args=["expenses", row.pk, "approve"]))
    row.refresh_from_db()
    assert (row.state, row.approver) == ("approved", clerk)


def test_the_lists_ask_as_much_for_many_rows_and_filter(client, home):
    client.force_login(factories.user("manager"))
    office, own = reverse("expense_list"), reverse("studio_expenses", args=[home.pk])
    factories.expense("approved", home=home)
    few = statements(client, office), statements(client, own)
    for number in range(4):
        factories.expense(
            "submitted", home=factories.funded_studio() if number % 2 else home, payee=f"收款{number}"
        )
    assert (statements(client, office), statements(client, own)) == few
    assert max(few) <= 15
    Expense.objects.filter(payee="收款3").update(flags="|cash|round|")
    page = client.get(f"{office}?flag=cash").content.decode()
    assert "收款3" in page and "收款1" not in page and "现金超过限额 1" in page
    assert "收款2" in client.get(f"{office}?q=收款2").content.decode()
    assert "收款2" not in client.get(f"{office}?state=approved").content.decode()
    assert client.get(f"{office}?city={home.city_id}&since=2026-09-01").status_code == 200


def test_the_money_page_shows_each_head_beside_its_cap_with_the_same_statements(lead, home):
    url = reverse("studio_money", args=[home.pk])
    factories.expense("approved", home=home, amount="1200.00", head="publicity")
    few = statements(lead, url)
    for _n in range(3):
        factories.expense("approved", home=home, amount="100.00")
    assert statements(lead, url) == few <= 20
    page = lead.get(url).content.decode()
    assert "2.4% / 5%" in page and "占已拨6.0%" in page


def test_the_budget_is_moved_on_its_page(lead, home):
    url = reverse("studio_budget_adjust", args=[home.pk])
    wanted = {"source": "training", "target": "publicity", "amount": "2000.00", "purpose": "印制宣传册"}
    answer = lead.post(url, wanted)
    assert answer.status_code == 422 and "最多还可列1,538.4" in answer.content.decode()
    lead.post(url, {**wanted, "amount": "1000.00"})
    lead.post(url, {**wanted, "target": "service", "amount": "5000.00"})
    assert set(BudgetAdjustment.objects.values_list("state", flat=True)) == {"recorded", "requested"}
    page = lead.get(reverse("studio_budget", args=[home.pk])).content.decode()
    assert "已备案" in page and "撤回申请" in page


def test_the_manager_sets_the_budget_and_finds_what_is_asked(client):
    home = factories.studio("agreed")
    client.force_login(factories.user("manager"))
    url = reverse("studio_budget_set", args=[home.pk])
    lines = {head.code: "0" for head in default().heads} | {"training": "49000"}
    assert "须等于资助总额50,000.00元" in client.post(url, lines).content.decode()
    assert client.post(url, {**lines, "publicity": "1000"}).status_code == 302
    assert client.get(reverse("adjustment_list")).status_code == 200


def test_the_rest_is_settled_on_its_page(client):
    home = factories.funded_studio("concluded")
    manager = factories.user("manager")
    assert any("结余待处理" in str(one.title) for one in todo.waiting_for(manager))
    client.force_login(manager)
    url = reverse("studio_settlement", args=[home.pk])
    assert client.post(url, {"way": "carry", "reason": ""}).status_code == 422
    assert client.post(url, {"way": "return", "reason": ""}).status_code == 302
    assert Settlement.objects.get().way == "returned"
    assert "退回" in client.get(url).content.decode()


def test_cash_book_and_assets_are_to_be_printed(lead, home):
    factories.expense("approved", home=home, amount="150.00")
    factories.expense("approved", home=home, head="equipment", amount="3000.00", items=2, purpose="投影仪")
    page = lead.get(reverse("studio_cash_book", args=[home.pk])).content.decode()
    assert "¥21,850.00" in page and "data-print" in page
    page = lead.get(reverse("studio_assets", args=[home.pk])).content.decode()
    assert "投影仪" in page and "¥1,500.00" in page and home.host.name in page


def test_the_export_has_every_row_and_runs_no_formula(client, home):
    factories.expense("approved", home=home, purpose="=HYPERLINK(1)")
    client.force_login(factories.user("manager"))
    answer = client.get(reverse("expense_file", args=["csv"]))
    text = b"".join(answer.streaming_content).decode()
    assert "'=HYPERLINK(1)" in text and "服务活动" in text
    answer = client.get(reverse("studio_expense_file", args=[home.pk, "xlsx"]))
    rows = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content))).get_sheet_by_index(
        0
    )
    assert len(rows.to_python()) == 2
    assert Entry.objects.filter(kind="expense.exported").count() == 2


# Files ---------------------------------------------------------------------------------------------------------------


def sheet(*rows):
    content = io.BytesIO()
    book = Workbook(content, {"in_memory": True})
    page = book.add_worksheet("支出")
    page.write_row(0, 0, HEADINGS)
    for number, row in enumerate(rows, start=1):
        page.write_row(number, 0, [row.get(heading, "") for heading in HEADINGS])
    book.close()
    return SimpleUploadedFile("支出.xlsx", content.getvalue())


def checked(client, home, *rows):
    client.post(reverse("expense_import", args=[home.pk]), {"file": sheet(*rows)})
    jobs.run_waiting()
    return Job.objects.filter(kind=spending_import.CHECK).latest("pk")


def test_a_file_without_fault_is_brought_in_as_drafts_all_at_once(lead, home):
    job = checked(lead, home, ROW, {**ROW, "发票号码": "2", "金额": 120.5, "付款方式": "现金"})
    assert job.result["fault_count"] == 0 and job.result["total"] == "920.50"
    assert not Expense.objects.exists()
    url = reverse("expense_import_result", args=[home.pk, job.pk])
    assert "导入2笔支出" in lead.get(url).content.decode()
    lead.post(url)
    jobs.run_waiting()
    assert sorted(Expense.objects.values_list("state", "amount", "method")) == [
        ("drafted", Decimal("120.50"), "cash"), ("drafted", Decimal("800.00"), "transfer"),
    ]  # fmt: skip


def test_every_fault_is_named_by_its_cell_and_nothing_of_the_file_is_brought_in(lead, home):
    factories.expense(home=factories.funded_studio(), invoice_number="900")
    job = checked(
        lead, home, ROW,
        {**ROW, "发票号码": "12345678"},
        {**ROW, "发票号码": "900"},
        {**ROW, "发票号码": "3", "金额": "一百"},
        {**ROW, "发票号码": "4", "科目": "招待费"},
        {**ROW, "发票号码": "5", "支出日期": "2027-01-01"},
        {**ROW, "发票号码": "6", "用途": "发放奖金"},
        {**ROW, "发票号码": "7", "收款方": ""},
    )  # fmt: skip
    found = {column: reason for _sheet, _row, column, reason in job.result["faults"]}
    assert [column.split("（")[0] for column in found] == ["J3", "J4", "F5", "B6", "A7", "E8", "C9"]
    assert "第2行" in found["J3（发票号码）"] and "奖金" in found["E8（用途）"]
    url = reverse("expense_import_result", args=[home.pk, job.pk])
    page = lead.get(url).content.decode()
    assert "J4（发票号码）" in page and "重新上传" in page
    assert lead.post(url).status_code in (302, 409)
    jobs.run_waiting()
    assert Expense.objects.count() == 1


def test_a_file_is_weighed_as_a_whole(lead, home):
    job = checked(lead, home, {**ROW, "金额": 8000}, {**ROW, "发票号码": "2", "金额": 3600})
    ((_sheet, row, column, reason),) = job.result["faults"]
    assert (row, column) == (3, "F3（金额）") and "3,538.46" in reason


def test_the_template_has_the_heads_of_the_studio(lead, home):
    answer = lead.get(reverse("expense_import_template", args=[home.pk]))
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content)))
    assert [str(cell).rstrip("*＊ ") for cell in book.get_sheet_by_name("支出").to_python()[0]] == HEADINGS


def test_a_stranger_checks_no_file(client, home):
    client.force_login(factories.user("manager"))
    assert client.get(reverse("expense_import", args=[home.pk])).status_code == 403


@pytest.mark.parametrize("way", WAYS)
def test_each_way_lets_the_hosts_clerk_approve_and_nobody_else(way, home):
    row = factories.expense("submitted", home=home)
    assert WAYS[way](home.lead, "expenses", row, "approve", {})
    assert Expense.objects.get().state == "submitted"
    assert (
        WAYS[way](factories.user("unit_clerk", organisation=home.host), "expenses", row, "approve", {}) == ""
    )
    assert Expense.objects.get().state == "approved"

from datetime import date, timedelta
from decimal import Decimal
from socketserver import TCPServer

import pytest
from django.core.files.storage import default_storage

from selection.errors import BadFile
from studios.actions import spending as actions
from studios.actions import spending_files
from studios.errors import ExpenseRefused, PersonalData
from studios.models import BudgetLine, Expense
from studios.queries import spending as queries
from tests import factories
from tests.clamd import Clamd, serving
from workflow import clock, ledger
from workflow.errors import NotPermitted, StepRefused
from workflow.models import Message

pytestmark = pytest.mark.django_db
REASON = "凭证金额与发票不符，请更正。"


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


@pytest.fixture
def home():
    return factories.funded_studio()


def values(**given):
    return {
        "spent_on": date(2026, 8, 20), "head": "service", "payee": "杭州文具商店", "account": "unit", "purpose": "社区活动物资",
        "amount": Decimal("800.00"), "items": 1, "activity": None, "method": "transfer", "invoice_code": "",
        "invoice_number": "26332000000123456789", **given,
    }  # fmt: skip


def record(home, *, submit=False, vouchers=None, by=None, **given):
    files = [("发票.jpg", factories.picture())] if vouchers is None else vouchers
    return actions.record(home, by=by or home.lead, values=values(**given), vouchers=files, submit=submit)


def clerk_of(home):
    return factories.user("unit_clerk", organisation=home.host)


def test_an_expense_goes_from_the_lead_to_the_hosts_clerk_and_counts_when_approved(home):
    clerk = clerk_of(home)
    row = record(home, submit=True)
    assert row.state == "submitted" and queries.spent_of(home) == 0
    assert Message.objects.filter(kind="expense.submitted").count() == 1
    approved = actions.approve(row, by=clerk)
    assert (approved.state, approved.approver) == ("approved", clerk)
    assert queries.spent_of(home) == Decimal("800.00")
    assert queries.spent_by_head(home) == {"service": Decimal("800.00")}
    assert Message.objects.filter(kind="expense.approve", address=home.lead.email).count() == 1
    kinds = list(ledger.entries_of(row).order_by("seq").values_list("kind", flat=True))
    assert kinds == ["expense.recorded", "expense.submit", "expense.approve"]


def test_nobody_approves_what_they_claim_or_wrote_down(home):
    both = factories.user("unit_clerk", "studio_member", organisation=home.host)
    own = record(home, submit=True, by=both)
    with pytest.raises(NotPermitted):
        actions.approve(own, by=both)
    drafted = record(home, by=both, invoice_number="2")
    handed_in = actions.submit(drafted, by=home.lead)
    with pytest.raises(NotPermitted):
        actions.approve(handed_in, by=both)
    assert actions.approve(handed_in, by=clerk_of(home)).state == "approved"


def test_another_units_clerk_approves_nothing(home):
    row = record(home, submit=True)
    with pytest.raises(NotPermitted):
        actions.approve(row, by=factories.user("unit_clerk", organisation=factories.organisation()))


def test_what_is_refused_is_put_right_and_handed_in_again(home):
    clerk = clerk_of(home)
    row = actions.refuse_expense(record(home, submit=True), by=clerk, reason=REASON)
    assert (row.state, row.reason) == ("refused", REASON)
    row = actions.take_back(row, by=home.lead)
    row = actions.change(row, by=home.lead, values=values(amount=Decimal("780.00")), submit=True)
    assert actions.approve(row, by=clerk).amount == Decimal("780.00")


def test_what_the_manager_questions_counts_no_more(home):
    row = factories.expense("approved", home=home)
    row = actions.question(row, by=factories.user("manager"), reason=REASON)
    assert row.state == "refused" and row.approver is None
    assert queries.spent_of(home) == 0


def test_an_invoice_is_used_once_whoever_types_it_however(home):
    record(home, invoice_code="3300ab", invoice_number="12345678")
    other = factories.funded_studio()
    with pytest.raises(ExpenseRefused) as refused:
        record(other, invoice_code="３３００ＡＢ", invoice_number=" 1234-5678")
    assert (refused.value.code, refused.value.where) == ("invoice_taken", "invoice_number")
    assert home.name not in str(refused.value) and "2026-08-20" not in str(refused.value)
    with pytest.raises(ExpenseRefused, match="2026-08-20"):  # of one's own studio the day is said
        record(home, invoice_code="3300AB", invoice_number="12345678")
    refusal = ledger.entries_of(other).filter(kind="refused").get()
    assert "invoice_taken" in refusal.payload


def test_a_voided_expense_frees_its_invoice(home):
    row = record(home)
    actions.void(row, by=home.lead, reason="重复登记，作废这一笔。")
    assert record(factories.funded_studio()).state == "drafted"


def test_two_at_once_are_kept_apart_by_the_table_itself(home):
    factories.expense(home=home, invoice_number="777")
    row = actions.new(home, home.lead, values(invoice_number="777"))
    with pytest.raises(ExpenseRefused) as refused:
        actions.save(row)
    assert refused.value.code == "invoice_taken"


@pytest.mark.parametrize(
    ("given", "code", "words"),
    [
        ({"purpose": "职工工资补贴"}, "prohibited", "工资"),
        ({"head": "equipment", "amount": Decimal("5000.01")}, "item_limit", "5,000.01"),
        ({"head": "publicity", "amount": Decimal("2500.01")}, "over_cap", "2,500.00"),
        ({"head": "service", "amount": Decimal("11538.50")}, "over_budget", "11,538.46"),
        ({"spent_on": date(2026, 9, 2)}, "in_future", "今天"),
        ({"spent_on": date(2026, 2, 1)}, "before_payment", "2026-02-13"),
        ({"head": "gifts"}, "unknown_head", "科目"),
    ],
)
def test_what_no_grant_pays_is_refused_with_the_word_or_what_is_left(home, given, code, words):
    with pytest.raises(ExpenseRefused, match=words) as refused:
        record(home, **given)
    assert refused.value.code == code
    assert not Expense.objects.exists()


def test_submitted_expenses_fill_the_budget_before_they_are_approved(home):
    record(home, submit=True, amount=Decimal("11000.00"))
    with pytest.raises(ExpenseRefused, match=r"538\.46"):
        record(home, amount=Decimal("600.00"), invoice_number="2")
    record(home, amount=Decimal("538.46"), invoice_number="2")


def test_a_draft_is_weighed_again_when_it_is_handed_in(home):
    first, second = (record(home, amount=Decimal("8000.00"), invoice_number=n) for n in ("1", "2"))
    actions.submit(first, by=home.lead)
    with pytest.raises(ExpenseRefused) as refused:
        actions.submit(second, by=home.lead)
    assert refused.value.code == "over_budget"


def test_an_expense_without_a_voucher_is_a_draft_at_most(home):
    row = record(home, vouchers=[])
    with pytest.raises(StepRefused, match="凭证"):
        actions.submit(row, by=home.lead)


def test_only_an_activity_of_the_same_studio_is_named(home):
    ours = factories.activity(home=home)
    assert record(home, activity=ours).activity == ours
    with pytest.raises(ExpenseRefused):
        record(home, activity=factories.activity(home=factories.funded_studio()), invoice_number="2")


def test_numbers_of_persons_do_not_stand_in_the_purpose(home):
    with pytest.raises(PersonalData):
        record(home, purpose="付13812345678劳务")


def test_who_is_not_of_the_studio_records_nothing(home):
    for person in (factories.user("studio_lead"), clerk_of(home), factories.user("manager")):
        with pytest.raises(NotPermitted):
            record(home, by=person)


def test_a_studio_that_is_over_and_settled_takes_no_expense():
    for state in ("agreed", "terminated"):
        with pytest.raises(StepRefused) as refused:
            record(factories.funded_studio(state))
        assert refused.value.code == "books_closed"
    assert record(factories.funded_studio("concluded")).state == "drafted"


# Vouchers ------------------------------------------------------------------------------------------------------------


def kept_files():
    return set(default_storage.listdir("vouchers")[1]) if default_storage.exists("vouchers") else set()


def test_a_file_that_is_no_voucher_is_refused_by_its_content_and_nothing_is_kept(home):
    before = kept_files()
    with pytest.raises(BadFile, match=r"发票\.pdf"):
        record(home, vouchers=[("发票.pdf", b"MZ not a pdf")])
    with pytest.raises(ExpenseRefused):
        record(home, head="gifts")
    assert not Expense.objects.exists()
    assert kept_files() == before


class Suspicious(Clamd):
    said = "stream: Test FOUND"


def test_a_file_in_which_the_scanner_finds_something_is_refused(home, settings):
    with serving(TCPServer(("127.0.0.1", 0), Suspicious)) as server:
        settings.CLAMAV_HOST, settings.CLAMAV_PORT = server.server_address
        with pytest.raises(BadFile) as refused:
            record(home)
    assert refused.value.code == "infected"


def test_a_file_that_no_scanner_could_look_at_stays_closed_until_one_has(home, settings, client, tmp_path):
    settings.CLAMAV_SOCKET = str(tmp_path / "nobody.sock")
    voucher = record(home).vouchers.get()
    client.force_login(home.lead)
    assert client.get(f"/studios/vouchers/{voucher.key}/").status_code == 404
    settings.CLAMAV_SOCKET = ""
    assert spending_files.scan_waiting() == 1
    answer = client.get(f"/studios/vouchers/{voucher.key}/")
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "image/jpeg"


def test_nobody_approves_on_a_scan_that_nobody_can_open_yet(home, settings, tmp_path):
    settings.CLAMAV_SOCKET = str(tmp_path / "nobody.sock")
    row, clerk = record(home, submit=True), factories.user("unit_clerk", organisation=home.host)
    with pytest.raises(StepRefused) as refused:
        actions.approve(row, by=clerk)
    assert refused.value.code == "voucher_unchecked"
    settings.CLAMAV_SOCKET = ""
    spending_files.scan_waiting()
    assert actions.approve(row, by=clerk).state == "approved"


def test_the_same_file_is_kept_once_with_an_expense(home):
    same = factories.picture()
    with pytest.raises(BadFile) as refused:
        record(home, vouchers=[("一.jpg", same), ("二.jpg", same)])
    assert refused.value.code == "double"


def test_a_voucher_is_taken_out_of_a_draft_only(home):
    row = record(home)
    gone = row.vouchers.get()
    actions.remove_voucher(gone, by=home.lead)
    assert not row.vouchers.exists()
    assert gone.sha256 in ledger.entries_of(row).filter(kind="expense.changed").get().payload
    sent = record(home, submit=True, invoice_number="2")
    with pytest.raises(StepRefused):
        actions.remove_voucher(sent.vouchers.get(), by=home.lead)


# What deserves a look ------------------------------------------------------------------------------------------------


def test_what_deserves_a_look_is_marked_and_nothing_of_it_is_refused(home):
    found = record(
        home, method="cash", account="personal", payee=home.lead.name, amount=Decimal("2000.00"), submit=True
    )
    assert found.flag_codes == ("cash", "personal", "related", "round")


def test_the_second_purchase_just_below_the_limit_marks_both(home):
    home.agreement.award = Decimal("100000.00")
    home.agreement.save()
    BudgetLine.objects.create(studio=home, head="equipment", amount="20000.00")
    bought = [
        record(
            home, head="equipment", amount=Decimal("4890.50") + n, invoice_number=f"9{n}", spent_on=date(2026, 8, 10 + n),
            vouchers=[(f"{n}.jpg", factories.picture(size=(80 + n, 40)))],
        )
        for n in range(2)
    ]  # fmt: skip
    assert bought[0].flag_codes == ()
    assert {row.flag_codes for row in Expense.objects.all()} == {("splitting",)}


def test_more_spent_than_received_is_marked():
    home = factories.funded_studio()
    home.agreement.award = Decimal("500000.00")
    home.agreement.save()
    row = record(home, head="training", amount=Decimal("25000.01"))
    assert "over_paid" in row.flag_codes


def test_the_same_number_under_another_code_and_the_same_scan_are_marked(home):
    scan = [("发票.jpg", factories.picture())]
    record(home, invoice_code="3300", invoice_number="5", vouchers=scan)
    again = record(factories.funded_studio(), invoice_code="3301", invoice_number="5", vouchers=scan)
    assert again.flag_codes == ("same_number", "same_scan")


# Sums ----------------------------------------------------------------------------------------------------------------


def test_the_spending_of_many_is_one_statement(home, django_assert_num_queries):
    other = factories.funded_studio()
    factories.expense("approved", home=home, amount="100.00")
    factories.expense("approved", home=home, amount="20.50", head="training")
    factories.expense("submitted", home=home, amount="7.00")
    with django_assert_num_queries(1):
        assert queries.spending_of([home.pk, other.pk]) == {
            home.pk: Decimal("120.50"),
            other.pk: Decimal("0.00"),
        }


def test_the_cash_book_adds_up(home):
    factories.expense("approved", home=home, amount="100.00")
    factories.expense(
        "approved", home=home, amount="40.00", spent_on=factories.NOON.date() - timedelta(days=40)
    )
    book = queries.cash_book(home)
    assert [entry.left for entry in book] == [Decimal("25000.00"), Decimal("24960.00"), Decimal("24860.00")]
    assert queries.cash_book(home, date(2026, 8, 1))[-1].left == Decimal("24960.00")

from io import BytesIO

import pytest
from django.urls import reverse
from docx import Document
from pypdf import PdfReader

from studios.actions import grant, recovery
from tests import factories
from tests.selection.ways import token_of
from workflow import clock

pytestmark = pytest.mark.django_db
REASON = "年度考核因场地改造延期，先行拨付。"


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


def page(client, person, name, *args):
    client.force_login(person)
    answer = client.get(reverse(name, args=args))
    return answer.status_code, answer.content.decode()


def test_the_page_of_an_order_says_what_came_back_and_where_the_award_is(client):
    order = factories.recovery_order(amount="7000.00")
    finance = factories.user("finance")
    recovery.repay(order, by=finance, amount=5000, on=factories.NOON.date(), voucher="收-1")
    code, text = page(client, finance, "recovery_detail", order.pk)
    assert code == 200
    for words in ("¥5,000.00", "¥2,000.00", "收-1", "登记退回", "后四项之和等于资助总额", "10月1日"):
        assert words in text, words


def test_the_list_puts_what_is_open_first_and_shows_what_is_late(client):
    closed = factories.recovery_order("settled", repaid="25000.00", due_on=factories.NOON.date())
    late = factories.recovery_order(due_on=factories.NOON.date().replace(month=8))
    code, text = page(client, factories.user("manager"), "recovery_list")
    assert code == 200 and "逾期" in text
    assert text.index(reverse("recovery_detail", args=[late.pk])) < text.index(
        reverse("recovery_detail", args=[closed.pk])
    )


@pytest.mark.parametrize("query", ["?state=settled", "?ground=fraud", "?q=没有"])
def test_the_list_is_narrowed(client, query):
    order = factories.recovery_order()
    client.force_login(factories.user("finance"))
    assert str(order.studio) not in client.get(reverse("recovery_list") + query).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_whatever_its_length(client, rows, django_assert_max_num_queries):
    for _n in range(rows):
        factories.recovery_order()
    client.force_login(factories.user("finance"))
    with django_assert_max_num_queries(9):
        client.get(reverse("recovery_list"))


def test_another_unit_sees_no_order_and_the_studio_its_own(client):
    order = factories.recovery_order()
    stranger = factories.user("unit_clerk", organisation=factories.organisation())
    assert page(client, stranger, "recovery_detail", order.pk)[0] == 404
    assert page(client, order.studio.lead, "recovery_detail", order.pk)[0] == 200
    assert str(order.studio) not in page(client, stranger, "recovery_list")[1]


def test_the_gate_shows_its_numbers_on_the_instalment_and_on_the_studio(client):
    third = factories.open_gate(3)
    home = third.studio
    home.expenses.update(amount="28400.00")
    factories.graded(home, "basic", kind="mid_term")
    for name, pk in (("instalment_detail", third.pk), ("studio_detail", home.pk)):
        code, text = page(client, home.lead, name, pk)
        assert code == 200
        for words in (
            "前期拨款支出达80%",
            "现为71.0%，还差¥3,600.00",
            "最近一次考核合格以上",
            "现为基本合格",
        ):
            assert words in text, (name, words)


def test_a_waived_condition_says_who_waived_it_and_why(client):
    third = factories.open_gate(3)
    third.studio.expenses.update(amount="28400.00")
    leader = factories.user("leader", name="王厅长")
    code, text = page(client, leader, "step", "instalments", third.pk, "waive")
    assert code == 200 and "还差¥3,600.00" in text
    grant.waive(third, by=leader, condition="spent_too_little", reason=REASON)
    _code, text = page(client, third.studio.lead, "instalment_detail", third.pk)
    assert f"王厅长豁免：{REASON}" in text and "全部符合" in text


def test_the_api_says_each_condition_with_its_numbers(client):
    third = factories.open_gate(3)
    third.studio.expenses.update(amount="28400.00")
    headers = {"Authorization": f"Bearer {token_of(third.studio.lead)}"}
    found = client.get(f"/api/v1/instalments/{third.pk}", headers=headers).json()["gate"]
    spent = next(condition for condition in found if condition["code"] == "spent_too_little")
    assert (spent["open"], spent["now"]) == (False, "现为71.0%，还差¥3,600.00")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_api_lists_gates_with_the_same_number_of_questions(client, rows, django_assert_max_num_queries):
    for _n in range(rows):
        factories.open_gate(2)
    headers = {"Authorization": f"Bearer {token_of(factories.user('finance'))}"}
    with django_assert_max_num_queries(12):
        assert client.get("/api/v1/instalments", headers=headers).json()["count"] == 3 * rows


@pytest.mark.parametrize(
    ("role", "words"), [("studio_lead", "退回资金25,000.00元"), ("finance", "1笔资金待退回")]
)
def test_who_is_to_act_finds_it_at_home(client, role, words):
    order = factories.recovery_order()
    person = order.studio.lead if role == "studio_lead" else factories.user(role)
    assert words in page(client, person, "home")[1]


def test_a_studio_of_which_nothing_more_can_be_asked_back_shows_no_empty_box_of_steps(client):
    order = factories.recovery_order(ground="fraud")  # of all that was paid
    home = order.studio
    type(home).objects.filter(pk=home.pk).update(state="terminated")
    leader = factories.user("leader")
    assert 'id="h-steps"' not in page(client, leader, "studio_detail", home.pk)[1]
    type(order).objects.filter(pk=order.pk).update(amount="20000.00")
    assert "通知退回资金" in page(client, leader, "studio_detail", home.pk)[1]


def test_the_notice_is_a_pdf_and_a_word_file_that_say_how_much_by_when_and_why(client):
    order = factories.recovery_order(amount="7000.00", ground="misuse")
    client.force_login(order.studio.lead)
    said = ("7,000.00", "柒仟元整", "2026年10月1日", "挪用资金", order.studio.host.name, order.reason)
    pdf = client.get(reverse("recovery_paper", args=[order.pk, "pdf"])).content
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
    word = Document(BytesIO(client.get(reverse("recovery_paper", args=[order.pk, "docx"])).content))
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    written = "".join([*(paragraph.text for paragraph in word.paragraphs), *cells])
    for words in said:
        assert words in "".join(text.split()) and words in written, words
    client.force_login(factories.user("unit_clerk", organisation=factories.organisation()))
    assert client.get(reverse("recovery_paper", args=[order.pk, "pdf"])).status_code == 404

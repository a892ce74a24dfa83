"""The pages of the federations' boards."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import BoardTerm
from selection.actions import board
from tests import factories
from workflow import clock, todo

pytestmark = pytest.mark.django_db

LIST = reverse("board_list")
TYPED = {
    "ordinal": "1", "since": "2021-10-01", "until": "2026-09-30", "document": "第一次会员代表大会决议",
    "officers": "会长，高　远\n秘书长、林静波\n",
}  # fmt: skip


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


@pytest.fixture
def federation():
    return factories.organisation("federation", name="浙江省社会工作联合会")


def text(response):
    return response.content.decode()


def signed_in(client, *roles, organisation=None):
    person = factories.user(*roles, organisation=organisation)
    client.force_login(person)
    return person


def record(federation, **given):
    given = {"ordinal": 1, "since": date(2021, 10, 1), "until": date(2026, 9, 30), "document": "决议",
             "officers": [{"role": "会长", "name": "高远"}], **given}  # fmt: skip
    return board.record(federation, by=factories.user("manager"), **given)


@pytest.mark.parametrize("role", ["manager", "system_admin"])
def test_a_term_is_recorded_and_corrected(client, federation, role):
    signed_in(client, role)
    assert "尚未登记任期" in text(client.get(LIST))
    assert client.post(reverse("board_record", args=[federation.pk]), TYPED).status_code == 302
    term = BoardTerm.objects.get()
    assert [(row.role, row.name) for row in term.officers.all()] == [("会长", "高　远"), ("秘书长", "林静波")]
    shown = text(client.get(LIST))
    assert "29天后届满" in shown
    assert "高　远" in shown
    page = reverse("board_revise", args=[term.pk])
    assert "秘书长，林静波" in text(client.get(page))
    assert client.post(page, {**TYPED, "until": "2027-09-30"}).status_code == 302
    assert "在任期内" in text(client.get(LIST))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"officers": "会长 高远"}, "第1行应为"),
        ({"officers": "会长，高远\n秘书长，"}, "第2行应为"),
        ({"officers": "会长，高远，330106198503150018"}, "第1行的身份证号有误"),
        ({"officers": ""}, "请填写"),
        ({"until": "2021-09-30"}, "任期届满不得早于任期开始"),
        ({"ordinal": "0"}, "届次"),
        ({"since": "昨天"}, "任期开始"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(client, federation, given, words):
    signed_in(client, "manager")
    found = client.post(reverse("board_record", args=[federation.pk]), {**TYPED, **given})
    assert found.status_code == 422
    assert words in text(found)
    assert "第一次会员代表大会决议" in text(found)
    assert not BoardTerm.objects.exists()


def test_an_overlap_is_refused_on_the_page(client, federation):
    record(federation)
    signed_in(client, "manager")
    found = client.post(reverse("board_record", args=[federation.pk]), {**TYPED, "ordinal": "2"})
    assert found.status_code == 422
    assert "与第1届任期" in text(found)


@pytest.mark.parametrize("role", ["security_admin", "audit_admin", "supervisor"])
def test_who_oversees_reads(client, federation, role):
    term = record(federation)
    signed_in(client, role)
    shown = text(client.get(LIST))
    assert "高远" in shown
    assert "登记新一届" not in shown
    for page in (reverse("board_record", args=[federation.pk]), reverse("board_revise", args=[term.pk])):
        assert client.get(page).status_code == 403
        assert client.post(page, TYPED).status_code == 403


def test_a_federation_reads_its_own_term_and_no_other(client, federation):
    record(federation)
    other = factories.organisation("federation", name="杭州市社会工作联合会")
    record(other)
    signed_in(client, "bureau_officer", organisation=federation)
    shown = text(client.get(LIST))
    assert federation.name in shown
    assert other.name not in shown
    assert client.get(reverse("board_record", args=[other.pk])).status_code == 404


@pytest.mark.parametrize("role", ["unit_clerk", "bureau_officer", "expert", "reviewer"])
def test_for_others_it_is_no_page(client, federation, role):
    record(federation)
    signed_in(client, role, organisation=factories.tree()["city"])
    assert client.get(LIST).status_code == 403
    assert client.get(reverse("board_record", args=[federation.pk])).status_code == 404


def test_what_ends_waits_for_who_can_renew_it(federation):
    record(federation)
    people = [factories.user("manager"), factories.user("bureau_officer", organisation=federation)]
    for person in people:
        assert any("理事会任期将届满" in str(item.title) for item in todo.waiting_for(person))
    stranger = factories.user("bureau_officer", organisation=factories.tree()["city"])
    assert not any("理事会" in str(item.title) for item in todo.waiting_for(stranger))
    with clock.frozen(factories.NOON.replace(month=7)):
        assert not any("理事会" in str(item.title) for item in todo.waiting_for(people[0]))


def test_the_list_costs_the_same_for_one_and_three(client, federation):
    record(federation)
    signed_in(client, "manager")

    def cost():
        with CaptureQueriesContext(connection) as found:
            assert client.get(LIST).status_code == 200
        return len(found)

    client.get(LIST)
    first = cost()
    for number in range(2):
        record(factories.organisation("federation", name=f"第{number}社会工作联合会"))
    assert cost() == first <= 15

"""What waits for whom, and that the page behind it shows it."""

import pytest

from studios.collections import grant, report, studio
from tests import factories
from workflow import clock

pytestmark = pytest.mark.django_db

LATE_NOON = factories.NOON.replace(month=11, day=5)


@pytest.fixture(autouse=True)
def late_noon():
    with clock.frozen(LATE_NOON):
        yield


def waiting(actor):
    return [todo for stem in (studio, grant, report) for todo in stem.waiting(actor)]


def test_the_lead_hands_in_and_asks_for_what_is_open(client):
    running = factories.studio()
    factories.report(home=running)
    titles = [str(todo.title) for todo in waiting(running.lead)]
    assert titles == ["可申请第1期资助25,000.00元", "提交季度报告（2026Q3）"]
    stopped = factories.studio("suspended")
    factories.report(home=stopped)
    assert waiting(stopped.lead) == []


def test_the_manager_sets_up_approves_and_judges(client):
    manager = factories.user("manager")
    assert waiting(manager) == []
    factories.studio("preparing")
    factories.studio("agreed")
    factories.instalment("requested")
    factories.report("submitted")
    found = waiting(manager)
    assert [todo.count for todo in found] == [1, 1, 1, 1]
    client.force_login(manager)
    assert all("共1条" in client.get(todo.url).content.decode() for todo in found)


def test_finance_pay_what_was_approved(client):
    finance = factories.user("finance")
    factories.instalment("approved")
    (todo,) = waiting(finance)
    client.force_login(finance)
    assert "共1条" in client.get(todo.url).content.decode()


def test_a_city_sees_its_late_studios_and_no_others(client):
    report_ = factories.report()
    factories.report()
    officer = factories.user("bureau_officer", organisation=report_.studio.city)
    (todo,) = waiting(officer)
    assert todo.count == 1
    client.force_login(officer)
    page = client.get(todo.url).content.decode()
    assert "共1条" in page
    assert report_.studio.name in page


@pytest.mark.parametrize("role", ["expert", "unit_clerk", "reviewer", "publisher", "system_admin"])
def test_nothing_waits_for_those_whose_stage_it_is_not(role, django_assert_num_queries):
    factories.report()
    person = factories.user(role)
    assert person.roles
    with django_assert_num_queries(0):
        assert waiting(person) == []

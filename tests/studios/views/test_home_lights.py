"""The card of the home page that says which studios to look at first."""

import pytest

from tests import factories
from workflow import clock

pytestmark = pytest.mark.django_db
LATE_NOON = factories.NOON.replace(month=11, day=5)


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(LATE_NOON):
        yield


def test_the_manager_sees_the_lights_and_the_longest_overdue(client):
    late = factories.studio(name="甲工作室")
    factories.report(home=late)
    factories.studio(name="乙工作室")
    factories.studio("suspended", name="丙工作室", reason="法定代表人变更未备案。")
    client.force_login(factories.user("manager"))
    body = client.get("/home/").content.decode()
    card = body.split("需要关注的工作室")[1].split("</section>")[0]
    for words in ("橙灯 1", "按期 1", "甲工作室", "1份报告逾期", "丙工作室", "法定代表人变更未备案。"):
        assert words in card
    assert "乙工作室" not in card


def test_a_city_sees_its_own_and_whoever_has_none_sees_no_card(client):
    here = factories.studio(name="甲工作室")
    factories.report(home=here)
    client.force_login(factories.user("bureau_officer", organisation=here.city))
    assert "甲工作室" in client.get("/home/").content.decode()
    for person in (factories.user("bureau_officer"), factories.user("expert"), here.lead):
        client.force_login(person)
        assert "需要关注的工作室" not in client.get("/home/").content.decode()

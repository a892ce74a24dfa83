"""The sub-navigation of one studio."""

import pytest
from django.urls import reverse

from studios.templatetags import studio_tabs
from tests import factories
from workflow import clock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


def test_every_page_of_a_studio_leads_to_the_others_and_says_where_one_is(client):
    studio = factories.studio()
    client.force_login(studio.lead)
    for name, word in (
        ("studio_detail", "概况"),
        ("activity_list", "活动"),
        ("studio_contributions", "指标贡献"),
    ):
        page = client.get(reverse(name, args=[studio.pk])).content.decode()
        nav = page.split('aria-label="工作室的页面"')[1].split("</nav>")[0]
        assert nav.count("aria-current") == 1
        assert f'aria-current="page">{word}<' in nav
        assert reverse("studio_detail", args=[studio.pk]) in nav


def test_a_page_that_does_not_exist_has_no_tab():
    studio = factories.studio()
    assert studio_tabs._address(("no_such_page",), studio.pk) == ""
    assert studio_tabs._address(("no_such_page", "studio_detail"), studio.pk) == f"/studios/{studio.pk}/"


def test_whoever_has_no_role_for_studios_has_no_tabs():
    studio = factories.studio()
    assert studio_tabs.studio_tabs({"user": factories.user("expert")}, studio) == []
    assert studio_tabs.studio_tabs({}, studio) == []

"""The page of the nomination list, and what a person keeps of it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from selection.models import ListColumns, SavedView
from selection.queries.listing import MOST_VIEWS
from tests import factories
from workflow import clock

pytestmark = pytest.mark.django_db

LIST = reverse("nomination_list")


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


def signed_in(client, *roles, organisation=None):
    person = factories.user(*roles, organisation=organisation)
    client.force_login(person)
    return person


def text(answer):
    return answer.content.decode()


def asked(client, address):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize(
    "query", ["", "?per=50&sort=due", "?q=沈", "?overdue=1", "?flag=held", "?state=nominated"]
)
@pytest.mark.parametrize("role", ["manager", "bureau_officer", "unit_clerk"])
def test_one_three_and_fifty_rows_cost_the_same(client, role, query):
    orgs, round_ = factories.tree(), factories.round_()
    factories.quota(round_, orgs["city"], 60)
    factories.nomination("nominated", round=factories.round_("screening"), orgs=orgs)
    signed_in(
        client, role, organisation={"bureau_officer": orgs["city"], "unit_clerk": orgs["unit"]}.get(role)
    )
    counts = []
    for more in (1, 2, 47):
        for number in range(more):
            state = ("county_review", "nominated", "draft")[number % 3]
            row = factories.nomination(state, round=round_, orgs=orgs, due_on="2026-08-31")
            if number % 10 == 0:
                factories.admitted_objection(row)
        counts.append(asked(client, LIST + query))
    assert counts[0] == counts[1] == counts[2] <= 15


def test_a_sortable_head_says_its_order_and_offers_the_other(client):
    factories.nomination("nominated")
    signed_in(client, "manager")
    plain, up = text(client.get(LIST)), text(client.get(f"{LIST}?sort=due"))
    assert "aria-sort" not in plain
    assert 'aria-sort="ascending"' in up and "sort=-due" in up
    assert 'aria-sort="descending"' in text(client.get(f"{LIST}?sort=-due"))
    assert "aria-sort" not in text(client.get(f"{LIST}?sort=nominee__id_number"))


def test_an_overdue_dossier_is_marked(client):
    factories.nomination("county_review", due_on="2026-08-31")
    signed_in(client, "manager")
    assert text(client.get(LIST)).count("已逾期</span>") >= 1
    assert "alert-octagon" in text(client.get(LIST))


def test_a_view_is_kept_under_its_name_opened_renamed_and_deleted(client):
    factories.nomination("nominated", field="elderly")
    person = signed_in(client, "manager")
    saved = client.post(
        reverse("nomination_view_save"), {"name": "养老", "query": "field=elderly&sort=-due&page=2&x=1"}
    )
    assert (saved.status_code, saved.url) == (302, f"{LIST}?field=elderly&sort=-due")
    view = SavedView.objects.get(user=person)
    opened = text(client.get(saved.url))
    assert "养老" in opened and opened.count('aria-current="true"') == 1
    client.post(reverse("nomination_view_rename", args=[view.pk]), {"name": "养老服务"})
    view.refresh_from_db()
    assert view.name == "养老服务"
    assert "养老服务" in text(client.get(reverse("nomination_views")))
    client.post(reverse("nomination_view_delete", args=[view.pk]))
    assert not SavedView.objects.exists()


def test_the_same_name_keeps_the_newer_filter_and_a_taken_name_is_refused(client):
    signed_in(client, "manager")
    for name, query in (("甲", "state=draft"), ("甲", "state=nominated"), ("乙", "")):
        client.post(reverse("nomination_view_save"), {"name": name, "query": query})
    first, second = SavedView.objects.order_by("pk")
    assert first.query == "state=nominated"
    client.post(reverse("nomination_view_rename", args=[second.pk]), {"name": "甲"})
    second.refresh_from_db()
    assert second.name == "乙"


@pytest.mark.parametrize("name", ["", "   ", "长" * 21])
def test_a_view_needs_a_short_name(client, name):
    signed_in(client, "manager")
    assert client.post(reverse("nomination_view_save"), {"name": name, "query": ""}).status_code == 302
    assert not SavedView.objects.exists()


def test_there_is_an_end_to_the_number_of_views(client):
    person = signed_in(client, "manager")
    SavedView.objects.bulk_create(SavedView(user=person, name=f"视图{n}") for n in range(MOST_VIEWS))
    client.post(reverse("nomination_view_save"), {"name": "多一个", "query": ""})
    assert SavedView.objects.count() == MOST_VIEWS


def test_nobody_touches_another_s_view(client):
    other = SavedView.objects.create(user=factories.user("manager"), name="别人的", query="state=draft")
    signed_in(client, "manager")
    assert "别人的" not in text(client.get(LIST))
    for name in ("nomination_view_rename", "nomination_view_delete"):
        assert client.post(reverse(name, args=[other.pk]), {"name": "新"}).status_code == 404
    assert SavedView.objects.get().name == "别人的"


def test_columns_are_chosen_for_oneself(client):
    factories.nomination("nominated", certificate_number="S2019-007")
    person = signed_in(client, "manager")
    assert "S2019-007" not in text(client.get(LIST))
    done = client.post(
        reverse("nomination_columns"), {"column": ["certificate", "evil"], "query": "sort=due"}
    )
    assert done.url == f"{LIST}?sort=due"
    assert ListColumns.objects.get(user=person).columns == ["name", "state", "certificate"]
    shown = text(client.get(LIST))
    assert "S2019-007" in shown and shown.count('<th scope="col"') <= 5
    signed_in(client, "manager")
    assert "S2019-007" not in text(client.get(LIST))


def test_the_office_s_address_leads_to_the_list_with_its_filter(client):
    signed_in(client, "manager")
    assert client.get("/office/nominations/?state=draft").url == f"{LIST}?state=draft"

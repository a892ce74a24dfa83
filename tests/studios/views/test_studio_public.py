"""The public page of a studio: whose it is, where, until when, how much it did; nothing internal."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from studios.models import Activity, Studio
from tests import factories

pytestmark = pytest.mark.django_db


def shown(client: Client, home: Any) -> str:
    return client.get(reverse("studio_public", args=[home.pk])).content.decode()


def test_it_says_whose_it_is_and_counts_what_stations_confirmed(client: Client) -> None:
    home = factories.studio(plaque_number="浙社领工〔2026〕第007号", site="秘密场所", goals="内部目标")
    factories.activity("cosigned", home=home, attendances=37, people=33)
    factories.activity("verified", home=home, attendances=10, people=10, held_on=date(2025, 5, 1))
    factories.activity("submitted", home=home, attendances=1000, people=1000, title="不计的活动")
    text = shown(client, home)
    for fact in (
        home.name,
        home.host.name,
        "浙社领工〔2026〕第007号",
        "2026年1月5日",
        "2029年1月5日",
        ">37<",
        ">33<",
        "2025",
    ):
        assert fact in text
    for secret in (
        "秘密场所",
        "内部目标",
        "1000",
        "不计的活动",
        "邻里议事会",
        home.lead.name,
        home.lead.username,
        "50,000",
    ):
        assert secret not in text


@pytest.mark.parametrize(
    ("state", "word"),
    [("rectifying", "运行中"), ("suspended", "已暂停"), ("concluded", "已结项"), ("terminated", "已终止")],
)
def test_its_end_is_said_plainly_without_a_reason(client: Client, state: str, word: str) -> None:
    home = factories.studio(state, reason="弄虚作假的内部理由")
    text = shown(client, home)
    assert word in text and "弄虚作假" not in text and "整改" not in text


def test_a_studio_of_an_unpublished_decision_is_not_there(client: Client) -> None:
    home = factories.studio()
    type(home.recognition.round).objects.filter(pk=home.recognition.round_id).update(state="determination")
    assert client.get(reverse("studio_public", args=[home.pk])).status_code == 404
    assert home.name not in client.get(reverse("studio_public_list")).content.decode()


def test_the_roll_and_the_map_of_the_site_lead_to_it_and_the_certificate_says_nothing_of_it(
    client: Client,
) -> None:
    home, _bare = factories.studio(), factories.recognition()
    address = reverse("studio_public", args=[home.pk])
    assert client.get(reverse("roll")).content.decode().count("/roll/studios/") == 1
    number = home.recognition.certificate_number
    assert address not in client.get(reverse("certificate"), {"number": number}).content.decode()
    assert address in client.get(reverse("sitemap")).content.decode()
    assert address in client.get(reverse("studio_public_list")).content.decode()


def test_it_is_the_same_for_all_and_kept_by_validator(client: Client, django_assert_num_queries: Any) -> None:
    home = factories.studio()
    address = reverse("studio_public", args=[home.pk])
    with django_assert_num_queries(2):
        first = client.get(address)
    assert "sessionid" not in first.cookies and "max-age" in first.headers["Cache-Control"]
    assert client.get(address, HTTP_IF_NONE_MATCH=first.headers["ETag"]).status_code == 304
    client.force_login(home.lead)
    assert client.get(address).content == first.content


def test_the_list_asks_the_same_however_many(client: Client, django_assert_num_queries: Any) -> None:
    for _n in range(3):
        factories.studio()
    with django_assert_num_queries(2):
        client.get(reverse("studio_public_list"))


def test_every_state_has_a_public_word() -> None:
    from studios.queries.studio_public import STATES

    assert set(STATES) == set(Studio.State.values)
    assert set(Activity.COUNTED) == {"cosigned", "verified"}

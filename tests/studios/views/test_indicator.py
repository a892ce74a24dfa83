"""The pages of indicators, their export and the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from studios.collections import indicator as shared
from studios.models import Indicator, IndicatorPlan, Mentorship, Observation
from studios.queries import indicator as queries
from tests import factories as make
from tests.studios import network as here

pytestmark = pytest.mark.django_db


def test_the_sheet_of_the_province_and_of_a_county(client: Any) -> None:
    _province, _city, county = here.area()
    here.plan()
    here.ten_communities(county)
    client.force_login(make.user(Role.MANAGER))
    page = client.get(reverse("indicator_list"))
    assert "J12" in page.content.decode() and "10.00" in page.content.decode()
    page = client.get(reverse("indicator_list") + f"?area={county.code}").content.decode()
    assert "10.0%" in page


def test_the_sheet_asks_as_much_for_three_counties(client: Any) -> None:
    _province, city, county = here.area()
    here.plan()
    client.force_login(make.user(Role.MANAGER))
    url = reverse("indicator_detail", args=[Indicator.objects.get(code="J03").pk]) + f"?area={city.code}"

    def statements() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(url).status_code == 200
        return len(caught)

    here.ten_communities(county)
    statements()
    first = statements()
    for code in ("330105", "330108"):
        here.ten_communities(here.area(code)[2])
    assert statements() == first <= 25


def test_the_nine_failing_communities_are_named(client: Any) -> None:
    _province, _city, county = here.area()
    here.plan()
    here.ten_communities(county)
    client.force_login(here.officer(county))
    page = client.get(
        reverse("indicator_detail", args=[Indicator.objects.get(code="J03").pk])
    ).content.decode()
    assert "9个未达标的单元" in page
    assert [f"社区330106001{n:03d}" in page for n in range(1, 11)] == [n != 4 for n in range(1, 11)]


def test_an_officer_sees_no_area_of_others(client: Any) -> None:
    _province, _city, county = here.area()
    here.area("330105")
    here.plan()
    client.force_login(here.officer(county))
    assert client.get(reverse("indicator_list")).context["area"] == county
    assert client.get(reverse("indicator_list") + "?area=330105").status_code == 404
    client.force_login(make.user(Role.UNIT_CLERK))
    assert client.get(reverse("indicator_list")).status_code == 404
    assert client.get(reverse("indicator_detail", args=[Indicator.objects.first().pk])).status_code == 404  # type: ignore[union-attr]


def test_a_value_is_entered_sent_back_and_verified_by_page(client: Any) -> None:
    _province, city, county = here.area()
    here.plan()
    given = {"unit": county.pk, "part": here.part("J01").pk, "on": "2026-01-05", "value": "12"}
    clerk, above = here.officer(county), here.officer(city)
    for _again in range(2):
        client.force_login(clerk)
        client.post(reverse("observation_new"), given)
        assert client.post(reverse("observation_new"), given).status_code == 422
        row = Observation.objects.get()
        client.force_login(above)
        assert [item.count for item in shared.waiting(above)] == [1] and not list(shared.waiting(clerk))
        assert "核实无误" in client.get(reverse("observation_list")).content.decode()
        name = "observation_verify" if _again else "observation_reject"
        client.post(reverse(name, args=[row.pk]), {"reason": "不符"})
    assert Observation.objects.get().verified_by == above.name


def test_a_plan_is_loaded_by_page(client: Any) -> None:
    client.force_login(make.user(Role.MANAGER))
    client.post(reverse("plan_import"), {"file": SimpleUploadedFile("p.json", here.PLAN.read_bytes())})
    assert IndicatorPlan.objects.get().code == "JL-14"
    assert (
        client.post(reverse("plan_import"), {"file": SimpleUploadedFile("p.json", b"{}")}).status_code == 422
    )


def test_the_export_opens(client: Any) -> None:
    here.area()
    here.plan()
    client.force_login(make.user(Role.MANAGER))
    answer = client.get(reverse("indicator_export"))
    assert answer.status_code == 200 and b"".join(answer.streaming_content).startswith(b"PK")


def test_the_api_tells_where_an_indicator_stands() -> None:
    _province, _city, county = here.area()
    here.plan()
    here.ten_communities(county)
    person = here.officer(county)
    rows = {row.code: shared.represent(row, person) for row in queries.indicators_visible_to(person)}
    assert rows["J03"]["area"] == county.code
    (part,) = rows["J03"]["parts"]
    assert (part["value"], part["target"], part["share"], part["gap"]) == (
        "10.00",
        "100.00",
        "0.1000",
        "90.00",
    )
    assert not queries.indicators_visible_to(make.user(Role.UNIT_CLERK))


def test_a_lead_records_a_mentee_once_a_year(client: Any) -> None:
    studio = make.studio()
    client.force_login(studio.lead)
    url = reverse("studio_contributions", args=[studio.pk])
    given = {
        "kind": "mentor",
        "mentor-name": "夏知",
        "mentor-id_number": make.id_number(),
        "mentor-since": "2026-01-05",
    }
    assert client.post(url, given).status_code == 302
    assert client.post(url, given).status_code == 422
    row = Mentorship.objects.get()
    client.post(reverse("mentorship_certify", args=[studio.pk, row.pk]), {"on": "2026-01-06"})
    page = client.get(reverse("contribution_list") + "?year=2026")
    assert (page.context["total"]["mentees"], page.context["total"]["certified"]) == (1, 1)

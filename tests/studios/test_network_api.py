"""The service network over the API: counts, boards, never a person who serves at a station."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import ApiToken, BoardTerm
from tests import factories
from tests.studios import network as here
from workflow import clock

pytestmark = pytest.mark.django_db


def asked(client: Client, user: Any, path: str) -> Any:
    token = ApiToken.new_token()
    ApiToken.objects.create(
        user=user, digest=ApiToken.digest_of(token), expires_at=clock.now() + timedelta(days=1)
    )
    return client.get(f"/api/v1/{path}", HTTP_AUTHORIZATION=f"Bearer {token}").json()


def test_points_are_read_by_their_area_alone(client: Client) -> None:
    _province, city, county = here.area()
    _p, other, _c = here.area("330203", "330200")
    here.point(county, "330106001001", status="built")
    found = asked(client, factories.user("manager"), "service-points?status=built")["items"]
    assert [row["code"] for row in found] == ["330106001001"] and found[0]["county"] == county.name
    assert asked(client, factories.user("bureau_officer", organisation=city), "service-points")["count"] == 1
    assert asked(client, factories.user("bureau_officer", organisation=other), "service-points")["count"] == 0


def test_federations_are_read_with_their_boards(client: Client) -> None:
    unit = factories.organisation("federation", name="临沧市社会工作联合会")
    term = BoardTerm.objects.create(
        organisation=unit,
        ordinal=1,
        since=date(2021, 11, 29),
        until=date(2024, 11, 28),
        document="决议",
        recorded_by="某",
    )
    term.officers.create(role="会长", name="赵一", name_key="赵一", person_key="secret-key")
    (found,) = asked(client, factories.user("manager"), "federations")["items"]
    assert found["terms"][0]["officers"] == [{"role": "会长", "name": "赵一"}]
    assert found["terms"][0]["in_office"] is False and "secret-key" not in str(found)

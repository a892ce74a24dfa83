"""Every collection that is registered answers every role, and is described."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import ApiToken, Organisation
from accounts.roles import Role
from config import scale
from tests import factories
from workflow import clock, collections
from workflow.machine import Machine

pytestmark = pytest.mark.django_db

CONTRACT = {
    "rounds", "nominations", "assignments", "score-sheets", "notices", "objections", "determinations", "recognitions",
    "studios", "instalments", "reports", "organisations", "ledger", "messages", "calendars",
}  # fmt: skip
NAMES = [collection.name for collection in collections.all_collections()]


def client_of(role: str) -> Client:
    place = {Role.UNIT_CLERK: "employer", Role.BUREAU_OFFICER: "city", Role.STUDIO_LEAD: "employer"}.get(
        Role(role), "province"
    )
    person = factories.user(role, organisation=Organisation.objects.filter(kind=place).order_by("pk").first())
    token = ApiToken.new_token()
    expires_at = clock.now() + timedelta(hours=1)
    ApiToken.objects.create(user=person, digest=ApiToken.digest_of(token), expires_at=expires_at)
    return Client(headers={"Authorization": f"Bearer {token}"})


@pytest.fixture
def filled() -> None:
    scale.fill(rounds=2, nominations=40, experts=6, studios=4)
    nomination = factories.nomination("in_review", round=factories.round_("review"))
    factories.assignment(nomination, factories.expert(), "accepted")


def test_the_collections_of_the_contract_are_there() -> None:
    assert set(NAMES) >= CONTRACT


@pytest.mark.parametrize("role", Role.values)
def test_every_collection_answers_every_role(filled: None, role: str) -> None:
    client = client_of(role)
    for name in NAMES:
        listed = client.get(f"/api/v1/{name}")
        assert (name, listed.status_code) == (name, 200), listed.content
        for item in listed.json()["items"][:3]:
            one = client.get(f"/api/v1/{name}/{item['id']}")
            assert (name, one.status_code, one.json()["id"]) == (name, 200, item["id"])
            collection = collections.named(name)
            assert collection is not None
            steps = client.get(f"/api/v1/{name}/{item['id']}/steps")
            expected = 200 if issubclass(collection.model, Machine) else 404
            assert (name, steps.status_code) == (name, expected), steps.content


@pytest.mark.parametrize("name", NAMES)
def test_a_list_takes_a_bounded_number_of_statements(name: str) -> None:
    scale.fill(rounds=1, nominations=4, experts=2, studios=2)
    client = client_of(Role.MANAGER)

    def statements() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(f"/api/v1/{name}").status_code == 200
        return len(caught)

    few = statements()
    scale.fill(rounds=2, nominations=30, experts=6, studios=6)
    assert statements() <= min(few + 1, 15), name


def test_the_description_is_complete_and_without_repeats() -> None:
    described = Client().get("/api/v1/openapi.json").json()
    operations = [operation for path in described["paths"].values() for operation in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))
    for name in NAMES:
        assert {f"/api/v1/{name}", f"/api/v1/{name}/{{id}}"} <= set(described["paths"])
    for reference in _references(described):
        assert reference.removeprefix("#/components/schemas/") in described["components"]["schemas"]
    assert json.dumps(described)


def _references(value: object) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [found for item in value.values() for found in _references(item)]
    if isinstance(value, list):
        return [found for item in value for found in _references(item)]
    return []


@pytest.mark.parametrize(
    "value", ["x", "", "9" * 30, "-1", "1.5", "true", "2026-13-45", "名", "' OR 1=1 --", "\0"]
)
def test_no_value_of_a_filter_breaks_a_list(value: str) -> None:
    client = client_of(Role.MANAGER)
    for collection in collections.all_collections():
        for name in collection.filters:
            answer = client.get(f"/api/v1/{collection.name}", {name: value})
            assert answer.status_code in (200, 400), (collection.name, name, value)

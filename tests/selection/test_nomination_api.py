"""The steps of a dossier over the API: the same forms, the same refusals, no numbers in any answer."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from accounts.models import ApiToken
from tests import factories
from workflow import clock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


def caller(client, *roles, organisation=None):
    person = factories.user(*roles, organisation=organisation)
    token = ApiToken.new_token()
    ApiToken.objects.create(
        user=person, digest=ApiToken.digest_of(token), expires_at=factories.NOON + timedelta(days=1)
    )
    header = {"HTTP_AUTHORIZATION": f"Bearer {token}"}

    def call(method, path, body=None):
        sent = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        return getattr(client, method)(f"/api/v1/{path}", **sent, **header)

    return call


def ready():
    orgs, round_ = factories.tree(), factories.round_()
    factories.quota(round_, orgs["city"], 1)
    return orgs, [
        factories.nomination("nominator_review", round=round_, orgs=orgs, phone="13912345678")
        for _ in range(2)
    ]


OPINIONS = {"rank": 1, "originals_checked": True, "opinion": "同意推荐。", "background": "无不良记录。"}


def test_an_officer_nominates_until_the_places_are_used(client):
    orgs, rows = ready()
    call = caller(client, "bureau_officer", organisation=orgs["city"])
    offered = {step["name"]: step for step in call("get", f"nominations/{rows[0].pk}/steps").json()["items"]}
    assert set(offered["nominate"]["input"]["properties"]) == {
        *OPINIONS,
        "originals",
        "dishonesty_checked_on",
    }
    done = call("post", f"nominations/{rows[0].pk}/steps/nominate", OPINIONS)
    assert (done.status_code, done.json()["state"]) == (200, "nominated")
    refused = call("post", f"nominations/{rows[1].pk}/steps/nominate", {**OPINIONS, "rank": 2})
    assert (refused.status_code, refused.json()["code"]) == (409, "quota_exceeded")


def test_no_answer_holds_the_identity_number_or_the_phone(client):
    _orgs, rows = ready()
    call = caller(client, "manager")
    for path in ("nominations", f"nominations/{rows[0].pk}", f"nominations/{rows[0].pk}/steps"):
        found = call("get", path).content.decode()
        assert rows[0].nominee.id_number not in found
        assert "13912345678" not in found


def test_another_city_gets_the_answer_of_what_does_not_exist(client):
    _orgs, rows = ready()
    call = caller(client, "bureau_officer", organisation=factories.tree()["city"])
    for path in (f"nominations/{rows[0].pk}", f"nominations/{rows[0].pk}/steps", "nominations/999999"):
        assert call("get", path).status_code == 404
    assert call("post", f"nominations/{rows[0].pk}/steps/nominate", OPINIONS).status_code == 404
    assert call("get", "nominations").json()["count"] == 0


def test_a_dossier_is_returned_field_by_field_and_corrected(client):
    orgs, rows = ready()
    call = caller(client, "bureau_officer", organisation=orgs["city"])
    step = f"nominations/{rows[0].pk}/steps/return_for_completion"
    assert call("post", step, {}).status_code == 400
    back = call("post", step, {"reason_posts": "请写全称"})
    assert back.json()["requests"] == [{"field": "posts", "reason": "请写全称"}]
    row = factories.nomination(
        "correction",
        orgs=orgs,
        requests=[{"field": "posts", "reason": "请写全称"}],
        correction_due=date(2026, 9, 8),
    )
    clerk = caller(client, "unit_clerk", organisation=orgs["unit"])
    sent = {"posts-rows": 1, "posts-0-unit": "某中心", "posts-0-title": "总干事、督导"}
    done = clerk("post", f"nominations/{row.pk}/steps/correct", sent)
    assert (done.status_code, done.json()["title"]) == (200, "总干事、督导")


def test_what_is_malformed_is_named_by_field(client):
    orgs, rows = ready()
    call = caller(client, "bureau_officer", organisation=orgs["city"])
    found = call("post", f"nominations/{rows[0].pk}/steps/nominate", {**OPINIONS, "rank": 0})
    assert found.status_code == 400
    assert "rank" in json.dumps(found.json())


def test_a_leader_cancels_a_round_and_a_manager_may_not(client):
    round_ = factories.round_()
    path = f"rounds/{round_.pk}/steps/cancel"
    reason = {"reason": "政策调整，本轮选拔终止。"}
    assert caller(client, "manager")("post", path, reason).status_code == 403
    assert caller(client, "leader")("post", path, reason).json()["state"] == "cancelled"

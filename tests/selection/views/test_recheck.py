"""Re-checks on pages and in the API, for each who opens them."""

import json

import pytest
from django.urls import reverse

from accounts.models import ApiToken
from selection.actions import recheck
from selection.models import Nomination, RecheckRequest
from tests import factories
from tests.selection import stage as stages
from workflow import clock, todo

pytestmark = pytest.mark.django_db
WHY = "E04 的日期以登记表为准，请复核。"


@pytest.fixture(autouse=True)
def after_closing():
    with clock.frozen(stages.SCREENING):
        yield


@pytest.fixture
def scene():
    stage = stages.screening()
    stages.concluded(stage, 0, "disqualified", E04="fail")
    stages.concluded(stage, 1, "disqualified", E04="fail")
    stage.clerk = factories.user("unit_clerk", organisation=stage.nominations[0].unit)
    return stage


def page():
    return reverse("recheck_detail", args=[RecheckRequest.objects.get().pk])


def step(name):
    return reverse("step", args=["recheck-requests", RecheckRequest.objects.get().pk, name])


def test_the_clerk_asks_and_the_manager_answers_by_pages(client, scene):
    client.force_login(scene.clerk)
    item = next(i for i in todo.waiting_for(scene.clerk) if "复核" in str(i.title))
    assert item.url == page()
    assert step("request") in client.get(page()).content.decode()
    assert client.post(step("request"), {"statement": "太短"}).status_code == 422
    assert client.post(step("request"), {"statement": WHY}).status_code == 302
    client.force_login(scene.manager)
    queue = client.get(reverse("qualification_queue") + "?tab=recheck").content.decode()
    assert scene.nominations[0].nominee.name in queue
    shown = client.get(page()).content.decode()
    assert WHY in shown and step("uphold") in shown and step("refuse") in shown
    assert client.post(step("uphold"), {"reason": "登记表日期无误，原认定有误。"}).status_code == 302
    assert Nomination.objects.get().state == "nominated"


def test_who_has_no_part_in_it_finds_nothing(client, scene):
    for person in (
        factories.user("unit_clerk", organisation=factories.organisation()),
        factories.user("bureau_officer", organisation=factories.organisation("city")),
        factories.user("expert"),
    ):
        client.force_login(person)
        assert client.get(page()).status_code == 404
    client.force_login(factories.user("bureau_officer", organisation=scene.nominations[0].nominator))
    shown = client.get(page())
    assert shown.status_code == 200 and step("request") not in shown.content.decode()


def test_the_api_asks_and_answers_too(client, scene):
    def call(person, path, body=None):
        token = ApiToken.new_token()
        ApiToken.objects.create(
            user=person, digest=ApiToken.digest_of(token), expires_at=clock.now() + stages.timedelta(days=1)
        )
        headers = {"Authorization": f"Bearer {token}"}
        url = f"/api/v1/recheck-requests{path}"
        if body is None:
            answer = client.get(url, headers=headers)
        else:
            answer = client.post(url, json.dumps(body), content_type="application/json", headers=headers)
        return answer.status_code, answer.json()

    pk = RecheckRequest.objects.get().pk
    assert call(scene.clerk, "")[1]["count"] == 1
    assert call(factories.user("unit_clerk", organisation=factories.organisation()), f"/{pk}")[0] == 404
    assert [s["name"] for s in call(scene.clerk, f"/{pk}/steps")[1]["items"]] == ["request"]
    assert call(scene.manager, f"/{pk}/steps/request", {"statement": WHY})[0] == 403
    status, body = call(scene.clerk, f"/{pk}/steps/request", {"statement": WHY})
    assert (status, body["state"], body["answer_due"]) == (200, "requested", "2026-10-19")
    assert call(scene.clerk, f"/{pk}/steps/request", {"statement": WHY})[0] == 409
    status, body = call(scene.manager, f"/{pk}/steps/refuse", {"reason": "所附材料不能证明，维持结论。"})
    assert (status, body["state"]) == (200, "refused")


def test_nothing_waits_once_it_was_answered_or_its_days_are_over(scene):
    assert [i for i in todo.waiting_for(scene.clerk) if "复核" in str(i.title)]
    with clock.frozen(stages.SCREENING + stages.timedelta(days=7)):
        assert not [i for i in todo.waiting_for(scene.clerk) if "复核" in str(i.title)]
    row = recheck.request(RecheckRequest.objects.get(), by=scene.clerk, statement=WHY)
    assert not [i for i in todo.waiting_for(scene.clerk) if "复核" in str(i.title)]
    recheck.refuse(row, by=scene.manager, reason="所附材料不能证明，维持结论。")
    assert not [i for i in todo.waiting_for(scene.manager) if "复核" in str(i.title)]

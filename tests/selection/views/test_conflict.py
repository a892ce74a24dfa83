"""The pages of conflicts and of requests to leave somebody out, and the API beside them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import ApiToken
from selection.models import Assignment, ExpertLink, Recusal, RecusalRequest
from tests import factories
from tests.selection import stage as stages
from workflow import clock

pytestmark = pytest.mark.django_db

REASON = "与人选有公开的学术争议，见2024年报道。"


@pytest.fixture(autouse=True)
def screening_time():
    with clock.frozen(stages.SCREENING):
        yield


def text(answer: Any) -> str:
    return answer.content.decode()


def api(user: Any) -> Any:
    token = ApiToken.new_token()
    ApiToken.objects.create(
        user=user, digest=ApiToken.digest_of(token), expires_at=clock.now() + timedelta(days=9)
    )
    return Client(headers={"Authorization": f"Bearer {token}"})


def test_a_clerk_asks_a_manager_proposes_a_supervisor_confirms_on_pages(client):
    stage = stages.screening(1, state="qualified")
    row = stage.nominations[0]
    meant = factories.expert(name="钱老师")
    clerk = factories.user("unit_clerk", organisation=row.unit)
    client.force_login(clerk)
    ask = reverse("step", args=["nominations", row.pk, "name_unsuitable"])
    assert ask in text(client.get(reverse("nomination_detail", args=[row.pk])))
    assert client.post(ask, {"name": "钱老师", "reason": REASON, "id_number": "12345"}).status_code == 422
    assert client.post(ask, {"name": "钱老师", "reason": REASON}).status_code == 302
    request = RecusalRequest.objects.get()
    page = reverse("recusal_request_detail", args=[request.pk])
    assert page in text(client.get(reverse("nomination_detail", args=[row.pk])))
    assert meant.code not in text(client.get(page))
    client.force_login(stage.manager)
    assert page in text(client.get(reverse("recusal_request_list") + "?state=requested"))
    assert meant.code in text(client.get(page))
    step = reverse("step", args=["recusal-requests", request.pk, "propose"])
    given = {"verdict": "uphold", "opinion": "情况属实。", "expert": meant.pk}
    assert client.post(step, given).headers["Location"] == page
    client.force_login(stage.supervisor)
    assert "情况属实。" in text(client.get(page))
    client.post(reverse("step", args=["recusal-requests", request.pk, "confirm"]), {"remark": "同意。"})
    assert RecusalRequest.objects.get().state == "upheld"
    client.force_login(clerk)
    seen = text(client.get(page))
    assert "成立" in seen
    assert meant.code not in seen and "情况属实。" not in seen


def test_who_may_not_read_finds_nothing(client):
    stage = stages.screening(1, state="qualified")
    request = factories.recusal_request(stage.nominations[0])
    page = reverse("recusal_request_detail", args=[request.pk])
    strangers = [
        factories.user("unit_clerk", organisation=factories.organisation()), factories.expert().user,
        stage.reviewers[0],
    ]  # fmt: skip
    for person in strangers:
        client.force_login(person)
        assert client.get(page).status_code == 404
        assert client.get(reverse("conflict_list", args=[stage.round.code])).status_code == 404


def test_the_api_hides_the_pool_from_the_nominees_side():
    stage = stages.screening(1, state="qualified")
    row, meant = stage.nominations[0], factories.expert()
    request = factories.recusal_request(row, "upheld", expert=meant, verdict="uphold", opinion="属实")
    url = f"/api/v1/recusal-requests/{request.pk}"
    own = api(factories.user("unit_clerk", organisation=row.unit)).get(url).json()
    office = api(stage.manager).get(url).json()
    assert "expert" not in own and "opinion" not in own
    assert (office["expert"], office["state"]) == (meant.code, "upheld")


def test_the_api_asks_and_refuses_a_fourth():
    stage = stages.screening(1, state="qualified")
    row = stage.nominations[0]
    client = api(factories.user("unit_clerk", organisation=row.unit))
    url = f"/api/v1/nominations/{row.pk}/steps/name_unsuitable"
    codes = [
        client.post(url, {"name": name, "reason": REASON}, content_type="application/json").status_code
        for name in "甲乙丙丁"
    ]
    assert codes == [200, 200, 200, 409]


def test_the_round_shows_every_conflict_with_its_reason_and_is_narrowed(client):
    stage = stages.screening(2, state="qualified")
    row, other = stage.nominations
    near, kin = factories.expert(unit=row.unit, name="近邻"), factories.expert(name="亲属")
    ExpertLink.objects.create(expert=kin, kind="kin", person_hash=other.nominee.person_key, person_name="某")
    declared = factories.expert()
    Recusal.objects.create(nomination=other, expert=declared, kind="declared", reason="曾共事多年")
    client.force_login(stage.manager)
    page = reverse("conflict_list", args=[stage.round.code])
    seen = text(client.get(page))
    for words in ("同单位", row.unit.name, "近亲属", "曾共事多年", near.code, declared.code):
        assert words in seen
    narrowed = text(client.get(page, {"ground": "kin"}))
    assert kin.code in narrowed and near.code not in narrowed
    found = text(client.get(page, {"q": "近邻"}))
    assert near.code in found and kin.code not in found
    assert "没有须回避的情形" in text(client.get(page, {"q": "查无此人"}))


def test_as_many_statements_for_a_page_of_many(client):
    stage = stages.screening(1, state="qualified")
    factories.expert(unit=stage.nominations[0].unit)
    client.force_login(stage.manager)
    page = reverse("conflict_list", args=[stage.round.code])
    client.get(page)
    with CaptureQueriesContext(connection) as few:
        client.get(page)
    for _n in range(3):
        factories.expert(unit=stage.nominations[0].unit)
    with CaptureQueriesContext(connection) as many:
        client.get(page)
    assert len(few) == len(many) <= 25


def test_the_manager_bars_what_was_found_late(client):
    stage = stages.in_review(3)
    duty = stage.duty()
    ExpertLink.objects.create(
        expert=duty.expert, kind="kin", person_hash=duty.nomination.nominee.person_key, person_name="某"
    )
    page = reverse("conflict_list", args=[stage.round.code]) + "?show=duties"
    with clock.frozen(stages.REVIEW):
        client.force_login(stage.supervisor)
        assert "全部责令回避" not in text(client.get(page))
        client.force_login(stage.manager)
        seen = text(client.get(page))
        assert "全部责令回避" in seen
        step = reverse("step", args=["assignments", duty.pk, "bar"])
        assert step in seen
        assert client.get(step).status_code == 200
        assert client.post(reverse("conflict_bar", args=[stage.round.code])).status_code == 302
    assert Assignment.objects.get(pk=duty.pk).state == "recused"


def test_the_declaration_shows_what_is_known_and_asks_for_the_ground(client):
    stage = stages.in_review(2)
    duty = stage.duty()
    page = reverse("panel_conflict", args=[duty.pk])
    with clock.frozen(stages.REVIEW):
        client.force_login(duty.expert.user)
        seen = text(client.get(page))
        assert "本人声明：与该人选及其单位没有下列情形" in seen and "2026-1" in seen
        assert seen.count('name="grounds"') == 11
        ExpertLink.objects.create(
            expert=duty.expert, kind="money", person_hash=duty.nomination.nominee.person_key, person_name="某"
        )
        found = text(client.get(page))
        assert "系统查明的回避情形" in found and 'value="accept"' not in found
        assert client.post(page, {"act": "accept", "declared": "on"}).status_code == 422
        given = {"act": "recuse", "grounds": ["money"], "reason": "曾受聘担任该单位付费顾问。"}
        assert client.post(page, given).status_code == 302
    assert Recusal.objects.get(nomination=duty.nomination_id, expert=duty.expert_id).ground == "money"


def test_the_api_refuses_to_open_a_dossier_to_who_conflicts():
    stage = stages.in_review(2)
    duty = stage.duty()
    ExpertLink.objects.create(
        expert=duty.expert, kind="kin", person_hash=duty.nomination.nominee.person_key, person_name="某"
    )
    with clock.frozen(stages.REVIEW):
        client = api(duty.expert.user)
        url = f"/api/v1/assignments/{duty.pk}/steps/accept"
        answer = client.post(url, {"declared": True}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict_of_interest")

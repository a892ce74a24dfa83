"""Screening, draw and scoring by the API alone: what the pages can do, programs can."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import ApiToken
from selection.actions import panel, qualification
from selection.models import Assignment, Nomination, Result, ScoreSheet
from tests.selection import stage as stages
from workflow import clock

pytestmark = pytest.mark.django_db


def api(user):
    token = ApiToken.new_token()
    ApiToken.objects.create(
        user=user, digest=ApiToken.digest_of(token), expires_at=clock.now() + timedelta(days=30)
    )
    client = Client(headers={"Authorization": f"Bearer {token}", "Accept-Language": "zh-CN"})

    def call(address, **body):
        text = json.dumps(body)
        answer = client.post(f"/api/v1/{address}", text, content_type="application/json")
        return answer.status_code, answer.json()

    call.get = lambda address: client.get(f"/api/v1/{address}").json()
    return call


def test_two_reviewers_conclude_and_neither_reads_the_other():
    with clock.frozen(stages.SCREENING):
        stage = stages.screening()
        nomination = stage.nominations[0]
        given = {f"result_{f.rule}": "pass" for f in nomination.findings} | {"verdict": "qualified"}
        for number, person in enumerate(stage.reviewers):
            review = qualification.start(nomination, by=person)
            call = api(person)
            assert call.get("qualification-reviews")["count"] == 1
            status, body = call(f"qualification-reviews/{review.pk}/steps/conclude", **given)
            assert (status, body["verdict"]) == (200, "qualified")
            assert Nomination.objects.get().state == ("qualified" if number else "nominated")


def test_a_ruling_by_the_api():
    with clock.frozen(stages.SCREENING):
        stage = stages.screening()
        stages.concluded(stage, 0, "qualified")
        stages.concluded(stage, 1, "disqualified", E04="fail")
        pk = stage.nominations[0].pk
        body = {"grounds": ["E04"], "reason": "证书未满三年，核对无误。"}
        assert api(stage.reviewers[0])(f"nominations/{pk}/steps/disqualify", **body)[0] == 403
        assert api(stage.manager)(f"nominations/{pk}/steps/disqualify", grounds=[], reason="短")[0] == 400
        assert api(stage.manager)(f"nominations/{pk}/steps/disqualify", **body)[0] == 200


def test_from_the_freezing_to_the_opening():
    with clock.frozen(stages.SCREENING):
        stage = stages.screening(2, state="qualified")
        stages.pool(4, 4, 2)
        prepared = panel.prepare(stage.round, by=stage.manager)
        manager, supervisor = api(stage.manager), api(stage.supervisor)
        at = stages.DRAW_AT.isoformat()
        assert manager(f"panels/{prepared.pk}/steps/freeze", source="双色球", value_at=at)[0] == 200
        status, refused = supervisor(f"panels/{prepared.pk}/steps/draw", public_value=stages.VALUE)
        assert (status, refused["code"]) == (409, "too_early")
    with clock.frozen(stages.DRAW_AT):
        assert supervisor(f"panels/{prepared.pk}/steps/draw", public_value=stages.VALUE)[0] == 200
    with clock.frozen(stages.REVIEW):
        assert manager(f"rounds/{stage.round.pk}/steps/begin_review")[0] == 200
        for duty in Assignment.objects.select_related("expert__user"):
            _score(api(duty.expert.user), duty)
        assert manager(f"rounds/{stage.round.pk}/steps/open_scores")[0] == 403
        assert manager(f"rounds/{stage.round.pk}/steps/ask_opening")[0] == 200
        assert manager.get("score-sheets")["items"][0]["marks"] is None
        assert supervisor(f"rounds/{stage.round.pk}/steps/open_scores")[0] == 200
        assert manager.get("score-sheets")["items"][0]["marks"]["A"] == "80.0"
    assert [str(r.score) for r in Result.objects.all()] == ["80.00", "80.00"]


def _score(expert, duty):
    assert expert(f"assignments/{duty.pk}/steps/accept", declared=True)[0] == 200
    sheet = ScoreSheet.objects.get(assignment=duty)
    marks = {f"mark_{code}": "80" for code in stages.CODES}
    status, faults = expert(f"score-sheets/{sheet.pk}/steps/submit", **{**marks, "mark_C": "100.5"})
    assert status == 400 and "应在0至100之间，现为100.5" in json.dumps(faults, ensure_ascii=False)
    status, body = expert(f"score-sheets/{sheet.pk}/steps/submit", **marks)
    assert (status, body["state"]) == (200, "submitted")
    assert body["receipt"]["leaf"]


def test_a_recusal_by_the_api():
    with clock.frozen(stages.SCREENING):
        stage = stages.in_review(1)
    with clock.frozen(stages.REVIEW):
        duty = stage.duty()
        expert = api(duty.expert.user)
        status, body = expert(f"assignments/{duty.pk}/steps/recuse", reason="近三年曾与该人选同单位工作")
        assert (status, body["state"]) == (200, "recused")
        assert Assignment.objects.filter(state="drawn").count() == 5


def test_lists_of_the_api_cost_the_same_for_one_and_three():
    found = []
    for n in (1, 3):
        with clock.frozen(stages.SCREENING):
            stage = stages.in_review(n)
        with clock.frozen(stages.REVIEW):
            for duty in stage.round.assignments.select_related("expert__user"):
                stages.submitted(duty, "80")
            call = api(stage.manager)
            counts = []
            for name in ("score-sheets", "assignments", "experts", "panels"):
                with CaptureQueriesContext(connection) as asked:
                    call.get(f"{name}?page_size=200")
                counts.append(len(asked))
            found.append(counts)
    assert found[0] == found[1]
    assert max(found[0]) <= 15

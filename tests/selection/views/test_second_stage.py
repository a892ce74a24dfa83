"""The pages of a round in two stages: what each role reads while the second runs, and after it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from selection.models import Assignment
from tests import factories
from tests.selection import stage as stages
from tests.selection.actions.test_second_stage import begun, opened, scored_again
from workflow import clock, todo

pytestmark = pytest.mark.django_db

SEALED = "61.5"


@pytest.fixture(autouse=True)
def during_review():
    with clock.frozen(stages.LATER):
        yield


def page(client: Client, path: str, person: Any) -> str:
    client.force_login(person)
    response = client.get(path)
    assert response.status_code == 200, (path, response.status_code)
    return str(response.content.decode())


def test_the_manager_begins_it_on_the_page_of_the_results(client):
    stage = opened()
    path = f"/office/results/{stage.round.code}/"
    assert "开始第二阶段评审" in page(client, path, stage.manager)
    assert "提出拟认定名单" not in page(client, path, factories.user("leader"))
    client.force_login(stage.manager)
    answer = client.post(f"/steps/rounds/{stage.round.pk}/begin_second_stage/")
    stage.round.refresh_from_db()
    assert (answer.status_code, stage.round.state, stage.round.stage) == (302, "review", 2)
    assert "第二阶段评审正在进行" in page(client, path, stage.manager)


def test_it_waits_for_the_manager_and_no_list_waits_for_the_leader():
    stage = opened()
    assert "开始第二阶段评审" in {str(item.title) for item in todo.waiting_for(stage.manager)}
    assert "确定拟认定名单" not in {str(item.title) for item in todo.waiting_for(factories.user("leader"))}


def test_an_expert_scores_again_and_reads_nothing_of_the_first_stage(client):
    stage = begun()
    duty = Assignment.objects.filter(round=stage.round, stage=2).select_related("expert__user", "nomination")[
        0
    ]
    inbox = page(client, "/panel/", duty.expert.user)
    assert "第二阶段" in inbox and inbox.count("作出声明") == 2
    assert "90.00" not in inbox and "85.00" not in inbox
    assert client.get(f"/office/results/{stage.round.code}/").status_code in (403, 404)
    stages.accepted(duty)
    assert duty.nomination.code in page(client, f"/panel/{duty.pk}/", duty.expert.user)


def test_while_it_runs_the_office_reads_the_first_stage_and_no_mark_of_the_second(client):
    stage = begun()
    for duty in Assignment.objects.filter(round=stage.round, stage=2).select_related("expert__user")[:3]:
        stages.submitted(duty, SEALED)
    code, nominee = stage.round.code, stage.nominations[0].pk
    for path in (
        f"/office/results/{code}/", f"/office/results/{code}/{nominee}/", f"/office/results/{code}/results.csv",
        f"/office/results/{code}/what-if", f"/office/results/{code}/results.pdf", f"/office/results/{code}/reliability/",
        f"/office/scoring/{code}/", f"/office/opening/{code}/",
    ):  # fmt: skip
        client.force_login(stage.manager)
        response = client.get(path)
        assert response.status_code == 200, path
        assert SEALED.encode() not in response.content
    assert "90.00" in page(client, f"/office/results/{code}/", stage.manager)
    assert "3<small>" in page(client, f"/office/scoring/{code}/", stage.manager)


def test_after_it_the_result_sheet_has_the_sheets_of_both_stages(client):
    stage = begun()
    scored_again(stage, {0: "72", 1: "76"})
    row = stages.opened(stage)
    text = page(client, f"/office/results/{row.code}/{stage.nominations[0].pk}/", stage.manager)
    assert "第一阶段的5份评分表" in text and "以第二阶段为准" in text and "结果一致" in text
    ranking = page(client, f"/office/results/{row.code}/", stage.manager)
    assert "第一阶段90.00分，第1名" in ranking and ranking.count("进入第二阶段") == 2


def test_the_number_of_statements_is_the_same_for_few_and_many(client):
    def cost(number: int) -> int:
        stage = begun([[str(90 - n)] * 5 for n in range(5)], second_stage=number)
        scored_again(stage, dict.fromkeys(range(number), "72"))
        row = stages.opened(stage)
        client.force_login(stage.manager)
        client.get(f"/office/results/{row.code}/")
        with CaptureQueriesContext(connection) as found:
            client.get(f"/office/results/{row.code}/")
        return len(found)

    assert cost(2) == cost(4) <= 20

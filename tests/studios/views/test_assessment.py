"""The pages of assessments and of what must be put right; the same through the API."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.models import ApiToken
from studios.models import Assessment
from studios.rules.programme import default
from tests import factories
from workflow import clock

pytestmark = pytest.mark.django_db
D = default().dimensions
MARKS = {f"mark_{d.code}": str(d.points - 2) for d in D}
WORDS = {f"words_{d.code}": f"{d.name}有据可查" for d in D}


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


def step(obj, name, collection="assessments"):
    return reverse("step", args=[collection, obj.pk, name])


def page_of(client, person, row):
    client.force_login(person)
    answer = client.get(reverse("assessment_detail", args=[row.studio_id, row.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_year_on_pages_from_its_schedule_to_what_was_put_right(client):
    manager, one, two = factories.user("manager"), factories.user("reviewer"), factories.user("reviewer")
    home = factories.studio()
    factories.activity("cosigned", home=home)

    def post(person, url, given):
        client.force_login(person)
        assert client.get(url).status_code == 200
        answer = client.post(url, given)
        assert answer.status_code == 302, answer.context["form"].errors
        return client.get(answer.url).content.decode()

    schedule = {
        "kind": "annual",
        "year": "2026",
        "self_due_on": "2026-12-20",
        "first": one.pk,
        "second": two.pk,
    }
    assert home.name in post(manager, reverse("assessment_schedule"), schedule)
    row = Assessment.objects.get()
    client.force_login(home.lead)
    form = client.get(step(row, "self_score"))
    assert "已确认活动1场，服务37人次" in form.content.decode()
    assert form.context["form"]["mark_service"].value() is not None  # from the records
    post(home.lead, step(row, "self_score"), {**MARKS, **WORDS})
    inbox = reverse("assessment_inbox")
    client.force_login(one)
    assert home.name in client.get(inbox).content.decode()
    post(
        one,
        step(row, "score_sheet"),
        {**MARKS, **WORDS, "mark_service": "11", "words_service": "只看得见一份"},
    )
    assert "只看得见一份" in page_of(client, one, row)
    for person in (two, home.lead, manager):
        assert "只看得见一份" not in page_of(client, person, row)
    post(two, step(row, "score_sheet"), {**MARKS, **WORDS, "mark_service": "10"})
    said = page_of(client, home.lead, row)
    assert "只看得见一份" in said and "65.50" in said and one.name not in said
    post(home.lead, step(row, "waive_statement"), {})
    client.force_login(manager)
    assert client.post(step(row, "confirm"), {"items": " \n"}).status_code == 422
    post(manager, step(row, "confirm"), {"items": "补齐签字\n\n清理支出"})
    home.refresh_from_db()
    assert home.state == "rectifying"
    for item in home.rectifications.all():
        post(home.lead, step(item, "file", "rectifications"), {"evidence": "已经补齐，材料附后，请审核。"})
        post(manager, step(item, "accept", "rectifications"), {"remarks": ""})
    home.refresh_from_db()
    assert home.state == "active"
    client.force_login(home.lead)
    assert "基本合格" in client.get(reverse("studio_assessments", args=[home.pk])).content.decode()


def test_the_refusal_at_the_limit_says_the_places(client):
    manager = factories.user("manager")
    row = factories.assessment(
        "rated",
        score="95.00",
        grade="excellent",
        statement_waived=True,
        points={d.code: str(d.points) for d in D},
    )
    client.force_login(manager)
    assert "今年可评优秀0个，已评0个。" in client.get(step(row, "confirm")).content.decode()
    assert client.post(step(row, "confirm_at_limit")).status_code == 302
    row.refresh_from_db()
    assert (row.grade, row.cap) == ("qualified", "at_limit")


def test_strangers_see_no_assessment(client):
    row = factories.assessment()
    item = factories.rectification(home=row.studio)
    client.force_login(factories.user("studio_lead"))
    for url in (
        reverse("assessment_detail", args=[row.studio_id, row.pk]), reverse("studio_assessments", args=[row.studio_id]),
        reverse("rectification_detail", args=[row.studio_id, item.pk]),
    ):  # fmt: skip
        assert client.get(url).status_code == 404
    for name in ("assessment_list", "assessment_schedule", "assessment_inbox"):
        assert client.get(reverse(name)).status_code == 403
    assert client.get(reverse("rectification_list")).content.decode().count(item.item) == 0


@pytest.mark.parametrize("name", ["assessment_list", "assessment_inbox", "rectification_list"])
def test_lists_ask_the_same_number_of_statements_for_one_and_for_four(
    client, name, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    reviewer = factories.user("reviewer")

    def add():
        row = factories.assessment(reviewers=[reviewer, factories.user("reviewer")])
        factories.rectification(home=row.studio, assessment=row)

    def asked():
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert client.get(reverse(name)).status_code == 200
        return len(found)

    add()
    client.force_login(reviewer)
    asked()
    first = asked()
    for _more in range(3):
        add()
    assert asked() == first <= 18


def test_the_api_shows_a_sheet_to_its_writer_alone_until_both_are_in(client):
    row = factories.assessment(marks=[{d.code: str(d.points) for d in D}])
    one, two = (s.reviewer for s in row.open_sheets)

    def got(person):
        key = ApiToken.new_token()
        ends = clock.now() + timedelta(hours=1)
        ApiToken.objects.create(user=person, digest=ApiToken.digest_of(key), expires_at=ends)
        answer = client.get(f"/api/v1/assessments/{row.pk}", headers={"Authorization": f"Bearer {key}"})
        return json.loads(answer.content)

    assert len(got(one)["sheets"]) == 1
    assert got(two)["sheets"] == []
    assert got(two)["score"] is None


def test_what_is_asked_waits_for_the_right_person():
    from workflow.todo import waiting_for

    manager = factories.user("manager")
    row = factories.assessment(self_due_on=date(2026, 9, 20))
    reviewer = row.open_sheets[0].reviewer
    assert "提交2026年年度考核自评" in [str(t.title) for t in waiting_for(row.studio.lead)]
    assert "1个工作室待考核评分" in [str(t.title) for t in waiting_for(reviewer)]
    Assessment.objects.filter(pk=row.pk).update(
        state="rated", score=Decimal(80), grade="qualified", statement_until=clock.now() + timedelta(days=3)
    )
    assert "对2026年年度考核陈述意见" in [str(t.title) for t in waiting_for(row.studio.lead)]
    assert not any("考核结果待确认" in str(t.title) for t in waiting_for(manager))
    with clock.frozen(factories.NOON + timedelta(days=4)):
        assert "1份考核结果待确认" in [str(t.title) for t in waiting_for(manager)]

"""Pages of the draw, of the pool, of the experts and of their sheets."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from selection.models import Assignment, Expert, Panel, ScoreSheet
from tests import factories
from tests.selection import stage as stages
from workflow import clock
from workflow.models import Entry

pytestmark = pytest.mark.django_db


def statements(client, url, user):
    client.force_login(user)
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(url)
    assert answer.status_code == 200
    return len(asked)


@pytest.fixture
def review():
    with clock.frozen(stages.SCREENING):
        stage = stages.in_review(3)
    with clock.frozen(stages.REVIEW):
        yield stage


def filled(mark="80", **single):
    return {f"mark_{code}": single.get(code, mark) for code in stages.CODES}


def test_a_draw_is_prepared_frozen_and_drawn_on_pages(client):
    with clock.frozen(stages.SCREENING):
        stage = stages.screening(2, state="qualified")
        stages.pool(4, 4, 2)
        client.force_login(stage.manager)
        assert "准备抽取" in client.get("/office/draw/").content.decode()
        client.post(f"/office/draw/prepare/{stage.round.code}")
        panel = Panel.objects.get()
        at = stages.DRAW_AT.strftime("%Y-%m-%dT%H:%M")
        answer = client.post(
            f"/steps/panels/{panel.pk}/freeze/", {"source": "双色球第2026120期", "value_at": at}
        )
        assert answer.status_code == 302
        client.force_login(stage.supervisor)
        early = client.post(f"/steps/panels/{panel.pk}/draw/", {"public_value": stages.VALUE})
        assert early.status_code == 409
    with clock.frozen(stages.DRAW_AT):
        assert (
            client.post(f"/steps/panels/{panel.pk}/draw/", {"public_value": stages.VALUE}).status_code == 302
        )
        panel.refresh_from_db()
        shown = client.get(f"/office/draw/{panel.pk}/").content.decode()
    assert panel.seed in shown and panel.inputs_digest in shown and stages.VALUE in shown


def test_lists_cost_the_same_for_one_and_three(client):
    supervisor = factories.user("supervisor")
    for url, make in (
        ("/office/experts/", lambda: factories.expert()),
        ("/office/draw/", lambda: Panel.objects.create(round=factories.round_("screening"))),
    ):
        make()
        first = statements(client, url, supervisor)
        make(), make()
        assert statements(client, url, supervisor) == first <= 15, url


def test_the_progress_and_the_inbox_cost_the_same_for_one_and_three(client):
    counts = []
    for n in (1, 3):
        with clock.frozen(stages.SCREENING):
            stage = stages.in_review(n)
        with clock.frozen(stages.REVIEW):
            duty = stage.duty()
            inbox = statements(client, "/panel/", duty.expert.user)
            progress = statements(client, f"/office/scoring/{stage.round.code}/", stage.supervisor)
            desk = statements(client, f"/office/draw/{stage.panel.pk}/", stage.supervisor)
            counts.append((inbox, progress))
            assert desk <= 20
        Expert.objects.update(available=False)
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 15


def test_the_pool_is_searched_and_only_the_manager_changes_it(client):
    expert = factories.expert(name="周教授")
    factories.expert("practice", name="吴主任")
    supervisor, manager = factories.user("supervisor"), factories.user("manager")
    client.force_login(supervisor)
    found = client.get("/office/experts/?q=周").content.decode()
    assert "周教授" in found and "吴主任" not in found
    reason = {"reason": "本年度出国访学，不参加评审。"}
    assert client.post(f"/office/experts/{expert.pk}/standing", reason).status_code == 403
    client.force_login(manager)
    assert client.post(f"/office/experts/{expert.pk}/standing", {"reason": "出国"}).status_code == 422
    client.post(f"/office/experts/{expert.pk}/standing", reason)
    expert.refresh_from_db()
    assert not expert.available
    client.force_login(factories.user("unit_clerk"))
    assert client.get("/office/experts/").status_code == 404


def test_an_expert_sees_the_own_duties_only_from_the_review_on(client):
    with clock.frozen(stages.SCREENING):
        stage = stages.drawn(1)
        duty = stage.duty()
        client.force_login(duty.expert.user)
        assert client.get(f"/panel/{duty.pk}/conflict").status_code == 404
    with clock.frozen(stages.REVIEW):
        stages.panel.begin_review(stage.round, by=stage.manager)
        assert client.get(f"/panel/{duty.pk}/conflict").status_code == 200
        stranger = stage.duty(1)
        assert client.get(f"/panel/{stranger.pk}/").status_code == 404
        assert client.get(f"/panel/{stranger.pk}/conflict").status_code == 404


def test_the_dossier_opens_after_the_declaration_without_number_and_phone(client, review):
    duty = review.duty()
    client.force_login(duty.expert.user)
    assert client.get(f"/panel/{duty.pk}/").status_code == 302
    assert "从事儿童社会工作十二年" not in client.get(f"/panel/{duty.pk}/conflict").content.decode()
    assert client.post(f"/panel/{duty.pk}/conflict", {"act": "accept"}).status_code == 422
    assert client.post(f"/panel/{duty.pk}/conflict", {"act": "accept", "declared": "on"}).status_code == 302
    shown = client.get(f"/panel/{duty.pk}/").content.decode()
    nomination = duty.nomination
    assert "从事儿童社会工作十二年" in shown
    for hidden in (nomination.phone, nomination.nominee.id_number, nomination.certificate_number, "1985"):
        assert hidden not in shown


def test_a_recusal_on_the_page_stays_in_the_list_with_its_reason(client, review):
    duty = review.duty()
    client.force_login(duty.expert.user)
    short = client.post(f"/panel/{duty.pk}/conflict", {"act": "recuse", "reason": "同事"})
    assert short.status_code == 422
    client.post(f"/panel/{duty.pk}/conflict", {"act": "recuse", "reason": "近三年曾与该人选同单位工作"})
    assert "近三年曾与该人选同单位工作" in client.get("/panel/").content.decode()
    assert client.get(f"/panel/{duty.pk}/").status_code == 302


def test_a_sheet_is_confirmed_and_then_sealed_with_a_receipt(client, review):
    duty = review.duty()
    sheet = stages.accepted(duty)
    client.force_login(duty.expert.user)
    url = f"/panel/{duty.pk}/"
    confirm = client.post(url, {**filled("80", B="90.5"), "act": "submit", "revision": "0"}).content.decode()
    assert "83.15" in confirm and "确认提交评分表" in confirm
    assert ScoreSheet.objects.get(pk=sheet.pk).state == "draft"
    assert client.post(url, {**filled("80", B="90.5"), "act": "confirm"}).status_code == 302
    sheet.refresh_from_db()
    shown = client.get(url).content.decode()
    assert sheet.receipt_leaf in shown and f"第{sheet.receipt_seq}号" in shown and "90.5" in shown


@pytest.mark.parametrize(
    ("typed", "words"),
    [("101", "应在0至100之间，现为101"), ("88.3", "以0.5分为一档，现为88.3"), ("八八", "应为数字")],
)
def test_a_bad_mark_is_named_at_its_field_and_kept(client, review, typed, words):
    duty = review.duty()
    sheet = stages.accepted(duty)
    client.force_login(duty.expert.user)
    answer = client.post(f"/panel/{duty.pk}/", {**filled(B=typed), "act": "submit", "revision": "0"})
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert (
        f'value="{typed}"' in shown
        and f"B 服务年限与实绩{words}" in shown
        and 'id="id_mark_B_error"' in shown
    )
    assert ScoreSheet.objects.get(pk=sheet.pk).content["marks"]["B"] == typed


def test_full_width_digits_are_digits(client, review):
    duty = review.duty()
    stages.accepted(duty)
    client.force_login(duty.expert.user)
    client.post(f"/panel/{duty.pk}/", {**filled("８８。５"), "act": "confirm"})
    assert set(ScoreSheet.objects.get(assignment=duty).content["marks"].values()) == {"88.5"}


def test_autosave_answers_saved_newer_and_closed(client, review):
    duty = review.duty()
    client.force_login(duty.expert.user)
    url = f"/panel/{duty.pk}/save"
    assert client.post(url, {"mark_A": "84", "revision": "0"}).status_code == 423
    stages.accepted(duty)
    entries = Entry.objects.count()
    saved = client.post(url, {"mark_A": "84", "revision": "0"})
    assert saved.status_code == 200
    shown = {"revision": 1, "saved_at": "09:00", "ready": False, "message": "已保存 09:00"}
    assert saved.json() == shown
    assert client.post(url, {"mark_A": "85", "revision": "0"}).status_code == 409
    client.post(f"/panel/{duty.pk}/", {**filled(), "act": "confirm"})
    assert client.post(url, {"mark_A": "85", "revision": "2"}).status_code == 423
    assert Entry.objects.count() > entries
    client.force_login(review.duty(1).expert.user)
    assert client.post(url, {"mark_A": "1", "revision": "1"}).status_code == 404


def test_the_progress_shows_counts_and_reminds(client, review):
    duty = review.duty()
    stages.submitted(duty, "73.5")
    client.force_login(review.manager)
    url = f"/office/scoring/{review.round.code}/"
    shown = client.get(url).content.decode()
    assert "1" in shown and "73.5" not in shown and "已封存" in shown
    assert client.post(f"{url}remind").status_code == 302
    client.force_login(review.supervisor)
    assert client.post(f"{url}remind").status_code == 403


def test_the_opening_on_pages_takes_two(client, review):
    for duty in Assignment.objects.select_related("expert__user").order_by("pk"):
        stages.submitted(duty, "80")
    pk = review.round.pk
    client.force_login(review.supervisor)
    assert client.post(f"/steps/rounds/{pk}/open_scores/").status_code == 409
    client.force_login(review.manager)
    assert client.post(f"/steps/rounds/{pk}/ask_opening/").status_code == 302
    client.force_login(review.supervisor)
    with clock.frozen(stages.REVIEW + timedelta(hours=1)):
        assert client.post(f"/steps/rounds/{pk}/open_scores/").status_code == 302
    review.round.refresh_from_db()
    assert review.round.state == "deliberation"

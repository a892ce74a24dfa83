"""An expert's own sheets: inbox, comparison, ready, submitted together, receipts, two pages of one sheet."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from selection.actions import own_sheets, scoring
from selection.errors import BadMark
from selection.models import Assignment, ScoreSheet
from selection.queries.scoring import broken_seals
from tests import factories
from tests.selection import stage as stages
from workflow import clock
from workflow.errors import Refused

pytestmark = pytest.mark.django_db
PLANTED = ("87.5", "61.5", "好生奇特的评语")


@pytest.fixture
def desk():
    """An expert who has a duty with each of three nominees."""
    with clock.frozen(stages.SCREENING):
        stage = stages.in_review(3, experts=(2, 2, 1), per_nominee=5, panel_size=5, strata={"scholar": 2, "practice": 2, "association": 1})  # fmt: skip
    with clock.frozen(stages.REVIEW):
        stage.expert = stage.duty().expert.user
        yield stage


def duties(stage):
    return list(Assignment.objects.filter(expert__user=stage.expert).order_by("nomination__code"))


def saved(sheet, mark="80", comments=None, **single):
    marks = {code: single.get(code, mark) for code in stages.CODES}
    return scoring.save_draft(
        sheet, by=sheet.assignment.expert.user, marks=marks, comments=comments or {}, overall="", revision=sheet.revision
    )  # fmt: skip


def ready(sheet, *args, **given):
    return own_sheets.mark_ready(saved(sheet, *args, **given), by=sheet.assignment.expert.user, ready=True)


def test_the_inbox_shows_states_and_names_what_is_blank(client, desk):
    first, second, third = duties(desk)
    saved(stages.accepted(first), D="", F="101")
    ready(stages.accepted(second), "77.5")
    client.force_login(desk.expert)
    shown = client.get("/panel/").content.decode()
    assert "D 人才培养与督导带教未评分、F 工作室建设方案不在0至100之间" in shown.replace("，", "、")
    assert "待声明" in shown and "待提交" in shown and "77.50" in shown and "4 / 6" in shown
    assert "还有" in shown and "2026年" in shown
    only = client.get("/panel/?state=ready").content.decode()
    assert second.nomination.code in only and third.nomination.code not in only


def test_a_sheet_with_a_gap_is_not_ready_and_an_edit_that_makes_one_takes_it_back(desk):
    sheet = stages.accepted(duties(desk)[0])
    with pytest.raises(BadMark, match="未评分"):
        own_sheets.mark_ready(saved(sheet, C=""), by=desk.expert, ready=True)
    sheet.refresh_from_db()
    sheet = ready(sheet)
    assert saved(sheet, "81").ready_at is not None
    sheet.refresh_from_db()
    assert saved(sheet, E="").ready_at is None


def test_ready_is_marked_and_taken_back_on_pages_and_locks_nothing(client, desk):
    duty = duties(desk)[0]
    saved(stages.accepted(duty))
    client.force_login(desk.expert)
    client.post(f"/panel/{duty.pk}/ready", {"ready": "1"})
    assert duty.sheet.__class__.objects.get(assignment=duty).ready_at is not None
    assert client.post(f"/panel/{duty.pk}/save", {**{f"mark_{c}": "70" for c in stages.CODES}, "revision": "1"}).status_code == 200  # fmt: skip
    client.post(f"/panel/{duty.pk}/ready", {"ready": "0"})
    assert ScoreSheet.objects.get(assignment=duty).ready_at is None
    client.force_login(desk.duty(1).expert.user if desk.duty(1).expert.user != desk.expert else desk.duty(2).expert.user)  # fmt: skip
    assert client.post(f"/panel/{duty.pk}/ready", {"ready": "1"}).status_code == 404


def test_the_comparison_sorts_and_draws_the_spread(client, desk):
    for duty, mark in zip(duties(desk), ("70", "92.5", "81"), strict=True):
        saved(stages.accepted(duty), mark)
    client.force_login(desk.expert)
    codes = [duty.nomination.code for duty in duties(desk)]

    def order(query):
        shown = client.get(f"/panel/compare/{query}").content.decode()
        return sorted(codes, key=lambda code: shown.index(f">{code}</a>"))

    assert order("") == codes
    assert order("?sort=total") == [codes[1], codes[2], codes[0]]
    assert order("?sort=B&order=asc") == [codes[0], codes[2], codes[1]]
    shown = client.get("/panel/compare/").content.decode()
    assert shown.count("<circle") == 3 * 7 and "3份，最低70，最高92.5" in shown
    assert client.get("/panel/compare/?sort=%27;--").status_code == 200


def test_a_sheet_that_is_not_complete_stands_last_whatever_the_order(client, desk):
    first, second, third = duties(desk)
    (
        saved(stages.accepted(first), "90"),
        saved(stages.accepted(second), A=""),
        saved(stages.accepted(third), "70"),
    )
    client.force_login(desk.expert)
    for order in ("asc", "desc"):
        shown = client.get(f"/panel/compare/?sort=total&order={order}").content.decode()
        assert shown.index(f">{second.nomination.code}</a>") > shown.index(f">{third.nomination.code}</a>")


def test_all_that_is_ready_is_submitted_in_one_act_with_a_receipt_each(client, desk):
    sheets = [
        ready(stages.accepted(duty), mark)
        for duty, mark in zip(duties(desk), ("70", "80", "90"), strict=True)
    ]
    client.force_login(desk.expert)
    page = client.get("/panel/submit/").content.decode()
    assert "提交3份评分表" in page and "80.00" in page
    answer = client.post("/panel/submit/", {"sheet": [f"{s.pk}:{s.revision}" for s in sheets]})
    assert answer.status_code == 302
    found = list(ScoreSheet.objects.filter(pk__in=[s.pk for s in sheets]))
    assert {sheet.state for sheet in found} == {"submitted"}
    shown = client.get("/panel/receipts/").content.decode()
    assert all(sheet.receipt_leaf in shown for sheet in found) and "回执是什么" in shown
    assert broken_seals(desk.round, found) == []


def test_together_means_all_or_none(desk):
    first, second = (ready(stages.accepted(duty)) for duty in duties(desk)[:2])
    saved(second, "81")  # in another page, after the confirmation was shown
    with pytest.raises(scoring.NewerElsewhere):
        own_sheets.submit_many(desk.round, by=desk.expert, chosen={first.pk: first.revision, second.pk: 1})
    assert set(ScoreSheet.objects.values_list("state", flat=True)) == {"draft"}
    other = stages.accepted(Assignment.objects.exclude(expert__user=desk.expert).first())
    with pytest.raises(Refused):
        own_sheets.submit_many(desk.round, by=desk.expert, chosen={first.pk: 1, other.pk: 0})
    assert set(ScoreSheet.objects.values_list("state", flat=True)) == {"draft"}


def test_the_same_sheet_in_two_pages_conflicts_and_shows_both(client, desk):
    duty = duties(desk)[0]
    stages.accepted(duty)
    client.force_login(desk.expert)
    marks = {f"mark_{code}": "80" for code in stages.CODES}
    assert client.post(f"/panel/{duty.pk}/save", {**marks, "revision": "0"}).status_code == 200
    again = client.post(f"/panel/{duty.pk}/save", {**marks, "revision": "0"})
    assert again.status_code == 200 and again.json()["revision"] == 1  # the same twice is no conflict
    stale = {**marks, "mark_B": "95", "revision": "0"}
    answer = client.post(f"/panel/{duty.pk}/save", stale)
    assert answer.status_code == 409 and "保留哪一份" in answer.json()["message"]
    assert answer.json()["values"]["mark_B"] == "80" and answer.json()["revision"] == 1
    page = client.post(f"/panel/{duty.pk}/", {**stale, "act": "save"})
    shown = page.content.decode()
    assert (
        page.status_code == 409
        and "保留本页的" in shown
        and "采用已保存的" in shown
        and 'value="95"' in shown
    )
    kept = client.post(f"/panel/{duty.pk}/", {**stale, "revision": "1", "act": "save"})
    assert kept.status_code == 302
    assert ScoreSheet.objects.get(assignment=duty).content["marks"]["B"] == "95"


@pytest.mark.parametrize(("mark", "asked"), [("90", True), ("89.5", False), ("60", False), ("59.5", True)])
def test_a_comment_is_asked_for_where_the_rules_say(client, mark, asked):
    with clock.frozen(stages.SCREENING):
        stage = stages.in_review(1, comment_at_least=90, comment_below=60)
    with clock.frozen(stages.REVIEW):
        duty = stage.duty()
        sheet = stages.accepted(duty)
        client.force_login(duty.expert.user)
        marks = {f"mark_{code}": "80" for code in stages.CODES} | {"mark_C": mark}
        answer = client.post(f"/panel/{duty.pk}/", {**marks, "act": "confirm"})
        assert answer.status_code == (422 if asked else 302)
        if asked:
            assert f"C 创新与品牌项目为{mark}分，须写评语" in answer.content.decode()
            with pytest.raises(BadMark, match="须写评语"):
                scoring.submit(sheet, by=duty.expert.user, marks=stages.marks("80", C=mark))
            done = client.post(f"/panel/{duty.pk}/", {**marks, "comment_C": "两地复制", "act": "confirm"})
            assert done.status_code == 302
        sheet.refresh_from_db()
        assert sheet.state == "submitted"


def test_the_desk_shows_verified_facts_and_the_bands_of_the_rules(client):
    with clock.frozen(stages.SCREENING):
        stage = stages.in_review(1, bands=[85, 70, 50])
    with clock.frozen(stages.REVIEW):
        duty = stage.duty()
        stages.accepted(duty)
        client.force_login(duty.expert.user)
        shown = client.get(f"/panel/{duty.pk}/").content.decode()
    assert "核定：A1 " in shown and "持有" in shown and "B1 一线" in shown
    assert "优 85以上" in shown and "良 70–84" in shown and 'data-limits="85,70,50"' in shown


def test_pages_of_own_sheets_cost_the_same_for_one_and_three(client, desk):
    found = {}
    client.force_login(desk.expert)
    for duty in duties(desk):
        saved(stages.accepted(duty))
        for url in ("/panel/", "/panel/compare/", "/panel/submit/", "/panel/receipts/"):
            with CaptureQueriesContext(connection) as asked:
                assert client.get(url).status_code == 200
            found.setdefault(url, []).append(len(asked))
    assert all(len(set(counts)) == 1 and counts[0] <= 15 for counts in found.values()), found


def test_nobody_else_reads_a_draft_or_a_submitted_sheet(client, desk):
    first, second, _third = duties(desk)
    saved(stages.accepted(first), "87.5", {"A": PLANTED[2]}, B="61.5")
    ready(stages.accepted(second), "87.5", {"A": PLANTED[2]}, B="61.5")
    own_sheets.submit_many(desk.round, by=desk.expert, chosen={second.sheet.pk: ScoreSheet.objects.get(assignment=second).revision})  # fmt: skip
    stranger = next(e.user for e in desk.experts if e.user != desk.expert)
    urls = ["/panel/", "/panel/compare/", "/panel/submit/", "/panel/receipts/", "/panel/scores.xlsx", "/panel/scores/",
            f"/panel/{first.pk}/", f"/panel/{second.pk}/", f"/panel/{first.pk}/conflict", "/home/", "/ledger/",
            "/api/v1/score-sheets", "/api/v1/assignments", f"/office/scoring/{desk.round.code}/"]  # fmt: skip
    for person in (stranger, desk.manager, desk.supervisor, *desk.reviewers):
        client.force_login(person)
        for url in urls:
            body = client.get(url).content
            assert not any(words.encode() in body for words in PLANTED), (person, url)
    client.force_login(desk.expert)
    assert PLANTED[0].encode() in client.get("/panel/compare/").content


def test_only_experts_have_these_pages(client, desk):
    client.force_login(desk.manager)
    for url in (
        "/panel/",
        "/panel/compare/",
        "/panel/submit/",
        "/panel/receipts/",
        "/panel/scores/",
        "/panel/scores.xlsx",
    ):
        assert client.get(url).status_code == 404, url
    client.force_login(factories.user("expert"))
    assert client.get("/panel/").status_code == 200
    assert client.get("/panel/scores.xlsx").status_code == 404


def test_a_refused_save_says_nothing_of_a_mark_on_the_ledger(client, desk):
    from workflow.models import Entry

    duty = duties(desk)[0]
    saved(stages.accepted(duty), "87.5")
    client.force_login(desk.expert)
    client.post(f"/panel/{duty.pk}/save", {"mark_A": "61.5", "revision": "0"})
    payloads = json.dumps([entry.payload for entry in Entry.objects.all()], ensure_ascii=False)
    assert not any(words in payloads for words in PLANTED)

"""One step on many dossiers: the frozen list with who passes and who does not, then all of the passing ones or none."""

from __future__ import annotations

import pytest
from django.urls import reverse

from selection.actions import bulk as actions
from selection.actions import nomination as nominations
from selection.collections.bulk import bulk_steps, carry_out
from selection.models import BulkRun, Nomination
from selection.queries import bulk as queries
from tests import factories
from workflow import clock, collections, jobs, ledger
from workflow.errors import NotPermitted
from workflow.machine import step_named
from workflow.models import Entry, Job, Message

pytestmark = pytest.mark.django_db
CHOOSE = reverse("bulk_choose")
REASON = "因单位合并，统一撤回本轮申报。"


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


@pytest.fixture
def manager():
    return factories.user("manager")


@pytest.fixture
def round_():
    return factories.round_("review")


def qualified(round_, count, *, drawn=True):
    expert = factories.expert() if drawn else None
    rows = []
    for _n in range(count):
        row = factories.nomination("qualified", round=round_)
        if expert:
            factories.assignment(row, expert)
        rows.append(row)
    return rows


def chosen(client, rows, step="send_to_panel", **given):
    answer = client.post(CHOOSE, {"step": step, "pick": [row.pk for row in rows], **given})
    assert answer.status_code == 302 and "/nominations/bulk/" in answer.url, answer.content.decode()
    return BulkRun.objects.first(), answer.url


def states(rows):
    return [Nomination.objects.get(pk=row.pk).state for row in rows]


def text(answer):
    return answer.content.decode()


# which steps


def test_only_steps_that_need_one_reason_at_most_and_can_be_mended_are_taken_in_bulk():
    forms = collections.named("nominations").forms
    for name in queries.STEPS:
        form = forms[name](obj=factories.nomination("qualified"), actor=factories.user("manager"))
        assert set(form.fields) <= {"reason"}, name
        assert not step_named(Nomination, name).irreversible


@pytest.mark.parametrize(
    ("role", "names"),
    [
        ("manager", {"qualify", "send_to_panel", "clear"}),
        ("unit_clerk", {"submit", "withdraw"}),
        ("bureau_officer", {"withdraw"}),
        ("supervisor", set()),
        ("expert", set()),
    ],
)
def test_each_role_is_offered_its_own(role, names):
    assert {step.name for step in bulk_steps(factories.user(role))} == names


def test_a_step_of_another_role_is_refused(client):
    client.force_login(factories.user("supervisor"))
    assert client.post(CHOOSE, {"step": "send_to_panel", "pick": [1]}).status_code == 403


# the preview


def test_the_preview_says_who_passes_and_why_the_others_do_not_and_moves_nothing(client, manager, round_):
    good, undrawn = qualified(round_, 2), qualified(round_, 1, drawn=False)
    moved = factories.nomination("scored", round=round_)
    client.force_login(manager)
    run, url = chosen(client, [*good, *undrawn, moved])
    page = text(client.get(url))
    for words in ("可以办理2份", "不能办理2份", "确认办理2份", "尚未为该申报抽取评审专家", "现为“已评分”"):
        assert words in page
    assert [row[0] for row in run.passing] == [row.pk for row in good]
    assert states(good) == ["qualified"] * 2


def test_all_that_the_filter_shows_are_frozen_in_its_order(client, manager, round_):
    rows = qualified(round_, 3)
    factories.nomination("scored", round=round_)
    client.force_login(manager)
    answer = client.post(CHOOSE, {"step": "send_to_panel", "scope": "filter", "query": "state=qualified"})
    run = BulkRun.objects.get()
    assert answer.url.endswith(f"/{run.pk}")
    assert [row[0] for row in run.chosen] == [row.pk for row in rows]
    late = qualified(round_, 1)[0]
    client.post(answer.url)
    assert states([*rows, late]) == ["in_review"] * 3 + ["qualified"]


def test_what_this_person_does_not_see_is_not_in_the_list(client):
    own, other = factories.nomination("draft"), factories.nomination("draft")
    client.force_login(factories.user("unit_clerk", organisation=own.unit))
    run, _url = chosen(client, [own, other], step="withdraw")
    assert [row[0] for row in run.chosen] == [own.pk]


@pytest.mark.parametrize("picks", [[], ["x"], ["99999999999999999999"]])
def test_nothing_chosen_goes_back_with_a_word(client, manager, picks):
    client.force_login(manager)
    answer = client.post(CHOOSE, {"step": "clear", "pick": picks, "query": "state=on_notice"}, follow=True)
    assert "请先勾选" in text(answer) and not BulkRun.objects.exists()


def test_more_than_a_thousand_are_refused(client, manager, round_, monkeypatch):
    monkeypatch.setattr("selection.views.bulk.MOST", 1)
    client.force_login(manager)
    rows = qualified(round_, 2)
    answer = client.post(CHOOSE, {"step": "clear", "pick": [row.pk for row in rows]}, follow=True)
    assert "缩小筛选范围" in text(answer) and not BulkRun.objects.exists()


# the confirmation


def test_confirmed_the_passing_ones_move_and_the_result_stays_a_page(client, manager, round_):
    good, undrawn = qualified(round_, 3), qualified(round_, 1, drawn=False)
    client.force_login(manager)
    run, url = chosen(client, [*good, *undrawn])
    client.post(url)
    assert states([*good, *undrawn]) == ["in_review"] * 3 + ["qualified"]
    page = text(client.get(url))
    assert "已办理3份" in page and "另有1份没有办理" in page
    run.refresh_from_db()
    assert run.taken == [row.pk for row in good] and run.finished_at == factories.NOON
    assert Entry.objects.filter(kind="nomination.send_to_panel").count() == 3
    assert Entry.objects.filter(kind="bulkrun.confirm").count() == 1
    assert ledger.verify() == []


def test_a_second_confirmation_does_nothing(client, manager, round_):
    good = qualified(round_, 2)
    client.force_login(manager)
    _run, url = chosen(client, good)
    client.post(url)
    before = Entry.objects.count()
    assert client.post(url).status_code == 302
    assert Entry.objects.count() == before


def test_if_one_no_longer_passes_none_moves_and_it_is_named(client, manager, round_):
    good = qualified(round_, 3)
    client.force_login(manager)
    run, url = chosen(client, good)
    late = factories.user("bureau_officer", organisation=good[1].nominator)
    nominations.withdraw(good[1], by=late, reason=REASON)
    client.post(url)
    assert states(good) == ["qualified", "withdrawn", "qualified"]
    run.refresh_from_db()
    assert [row[0] for row in run.refused] == [good[1].pk] and run.taken == []
    page = text(client.get(url))
    assert "一份也没有办理" in page and good[1].nominee.name in page
    assert not Message.objects.filter(kind__contains="send_to_panel").exists()
    refusals = Entry.objects.filter(kind="refused", subject__startswith="selection.bulkrun")
    assert refusals.count() == 1
    assert ledger.verify() == []


def test_one_reason_serves_for_all_and_stands_with_each(client):
    orgs, round_ = factories.tree(), factories.round_()
    rows = [factories.nomination("draft", round=round_, orgs=orgs) for _n in range(2)]
    client.force_login(factories.user("unit_clerk", organisation=orgs["unit"]))
    _run, url = chosen(client, rows, step="withdraw")
    assert client.post(url, {"reason": "短"}).status_code == 422
    assert states(rows) == ["draft"] * 2
    client.post(url, {"reason": REASON})
    assert states(rows) == ["withdrawn"] * 2
    assert [Nomination.objects.get(pk=row.pk).reason for row in rows] == [REASON] * 2


def test_nobody_opens_or_confirms_anothers_list(client, manager, round_):
    good = qualified(round_, 1)
    client.force_login(manager)
    run, url = chosen(client, good)
    other = factories.user("manager")
    client.force_login(other)
    assert client.get(url).status_code == client.post(url).status_code == 404
    with pytest.raises(NotPermitted):
        actions.confirm(run, by=other)
    assert states(good) == ["qualified"]


def test_an_unconfirmed_list_is_not_carried_out(client, manager, round_):
    good = qualified(round_, 1)
    client.force_login(manager)
    run, _url = chosen(client, good)
    carry_out(run, manager)
    assert states(good) == ["qualified"]


# long lists


def test_more_than_fifty_are_left_to_a_worker(client, manager, round_):
    rows = qualified(round_, actions.AT_ONCE + 1)
    client.force_login(manager)
    run, url = chosen(client, rows)
    answer = client.post(url)
    job = Job.objects.get()
    assert answer.url == reverse("job_detail", args=[job.pk]) and states(rows[:1]) == ["qualified"]
    assert "已确认，正在办理" in text(client.get(url))
    jobs.run_waiting()
    assert set(states(rows)) == {"in_review"}
    job.refresh_from_db()
    assert (job.status, job.total) == ("done", len(rows))
    assert url in text(client.get(answer.url))
    run.refresh_from_db()
    assert len(run.taken) == len(rows)


def test_a_long_list_too_is_taken_by_all_or_none(client, manager, round_, monkeypatch):
    monkeypatch.setattr(actions, "AT_ONCE", 1)
    rows = qualified(round_, 3)
    client.force_login(manager)
    run, url = chosen(client, rows)
    client.post(url)
    late = factories.user("bureau_officer", organisation=rows[0].nominator)
    nominations.withdraw(rows[0], by=late, reason=REASON)
    jobs.run_waiting()
    run.refresh_from_db()
    assert states(rows[1:]) == ["qualified"] * 2 and [row[0] for row in run.refused] == [rows[0].pk]
    assert Job.objects.get().status == "done"
    assert "一份也没有办理" in text(client.get(url))


def test_a_killed_worker_leaves_nothing_half_done(client, manager, round_, monkeypatch):
    monkeypatch.setattr(actions, "AT_ONCE", 1)
    rows = qualified(round_, 2)
    client.force_login(manager)
    _run, url = chosen(client, rows)
    client.post(url)
    jobs.claim()  # and the worker dies
    assert states(rows) == ["qualified"] * 2
    with clock.frozen(factories.NOON + 2 * jobs.LEASE):
        jobs.run_waiting()
    assert states(rows) == ["in_review"] * 2

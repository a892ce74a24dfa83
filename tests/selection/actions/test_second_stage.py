"""The second stage: the first ones of the ranking are scored once more by the whole panel, and that decides among them."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from selection.actions import (
    assignment,
    ballot,
    deliberation,
    nomination,
    scoring,
    scoring_progress,
    second_stage,
)
from selection.models import Assignment, Nomination, Panel, Panelist, Recusal, Result, Round, ScoreSheet
from selection.queries.deliberation import choices, ranking_of, results_visible_to
from selection.queries.own_sheets import counts_of
from selection.queries.scoring import experts_behind, own_duties, sheet_totals
from selection.queries.scoring_progress import opening_of, progress_by_expert
from tests import factories
from tests.remembered import remembered
from tests.selection import stage as stages
from workflow import clock, ledger
from workflow.errors import NotPermitted, StepRefused
from workflow.machine import open_steps
from workflow.models import Message, PublishedHead

pytestmark = pytest.mark.django_db

FIRST = [["90"] * 5, ["85"] * 5, ["80"] * 5, ["70"] * 5]
RULES = {"second_stage": 2, "ceiling": 2}


@pytest.fixture(autouse=True)
def during_review():
    with clock.frozen(stages.LATER):
        yield


@remembered
def opened(totals: list[list[str]] = FIRST, **rules: Any) -> stages.Stage:
    """A round whose first stage was opened."""
    stage = stages.in_review(len(totals), **{**RULES, **rules})
    stages.scored(stage, totals)
    stage.round = stages.opened(stage)
    return stage


@remembered
def begun(totals: list[list[str]] = FIRST, **rules: Any) -> stages.Stage:
    """A round in its second stage."""
    stage = opened(totals, **rules)
    stage.round = second_stage.begin_second_stage(stage.round, by=stage.manager)
    return stage


def scored_again(stage: stages.Stage, totals: dict[int, str]) -> None:
    """Every duty of the second stage with the same total for a nominee, by place among the nominees."""
    for place, total in totals.items():
        duties = (
            stage.nominations[place].assignments.filter(stage=2, state="drawn").select_related("expert__user")
        )
        for duty in duties.order_by("pk"):
            stages.submitted(duty, total)


def order_of(round_: Round) -> list[tuple[str, int, int]]:
    """Name, rank and stage, down the ranking."""
    return [(r.nomination.nominee.name, r.rank, r.stage) for r in ranking_of(round_)]


def test_the_second_stage_decides_among_the_shortlisted_and_the_others_follow_by_the_first():
    stage = begun()
    scored_again(stage, {0: "72", 1: "76"})
    row = stages.opened(stage)
    assert order_of(row) == [("人选1号", 1, 2), ("人选0号", 2, 2), ("人选2号", 3, 1), ("人选3号", 4, 1)]
    first = Result.objects.get(nomination=stage.nominations[0])
    assert (first.first["score"], first.first["rank"], str(first.score)) == ("90.00", 1, "72.00")
    assert {n.state for n in row.nominations.all()} == {"scored"}
    assert ledger.verify() == []


def test_the_list_follows_both_stages_in_order_although_an_earlier_score_is_higher():
    stage = begun(pass_line="75.00")
    scored_again(stage, {0: "72", 1: "76"})
    row = stages.opened(stage)
    found = {c.nomination.nominee.name: (c.suggested, c.why_not) for c in choices(row)}
    assert found["人选1号"] == (True, "")
    assert found["人选0号"] == (False, "below_line")
    assert found["人选2号"] == (True, "")  # the place that is left, by the first stage


def test_the_shortlist_stands_on_the_ledger_with_its_digest_and_the_heads_are_published():
    stage = begun()
    entry = ledger.entries_of(stage.round).get(kind="round.begin_second_stage")
    codes, seats = sorted(n.code for n in stage.nominations[:2]), 7
    assert all(code in entry.payload for code in codes)
    assert second_stage.digest_of(stage.round, codes) in entry.payload
    assert PublishedHead.objects.filter(occasion=f"round.begin_second_stage {stage.round.code}").exists()
    assert Message.objects.filter(kind="review.second_stage").count() == seats


def test_whoever_is_level_with_the_last_place_goes_on_too():
    stage = begun([["90"] * 5, ["85"] * 5, ["85"] * 5, ["70"] * 5])
    on = stage.round.nominations.filter(state="in_review").order_by("code")
    assert list(on) == stage.nominations[:3]


def test_the_whole_panel_scores_the_shortlisted_and_nobody_else():
    stage = begun()
    panel = stage.round.panels.get()
    seats = panel.panelists.filter(number__isnull=False).count()
    found = Assignment.objects.filter(round=stage.round, stage=2)
    assert found.count() == 2 * seats
    assert set(found.values_list("nomination", flat=True)) == {n.pk for n in stage.nominations[:2]}
    assert sheet_totals(stage.round) == {"due": 2 * seats, "submitted": 0}
    assert panel.scoring_due > stages.LATER.date()
    assert experts_behind(stage.round).count() == seats


def test_a_recused_expert_gets_no_duty_of_the_second_stage_and_the_database_holds_to_it():
    stage = opened()
    seat = Panelist.objects.filter(panel__round=stage.round, number__isnull=False).order_by("number")[0]
    Recusal.objects.create(
        nomination=stage.nominations[0], expert=seat.expert, kind="declared", ground="kin", reason="亲属关系"
    )
    row = second_stage.begin_second_stage(stage.round, by=stage.manager)
    own = Assignment.objects.filter(round=row, stage=2, expert=seat.expert)
    assert list(own.values_list("nomination", flat=True)) == [stage.nominations[1].pk]
    entry = ledger.entries_of(stage.round.panels.get()).get(kind="panel.second_stage")
    assert f'"recused":[["{stage.nominations[0].code}","{seat.expert.code}"]]' in entry.payload
    with pytest.raises(IntegrityError, match="conflict_of_interest"), transaction.atomic():
        Assignment.objects.create(round=row, nomination=stage.nominations[0], expert=seat.expert, stage=2)


def test_a_recusal_in_the_second_stage_voids_the_sheet_and_closes_the_dossier_altogether():
    stage = begun()
    duty = Assignment.objects.filter(round=stage.round, stage=2, nomination=stage.nominations[0])[0]
    before = Assignment.objects.filter(nomination=duty.nomination, expert=duty.expert, stage=1).first()
    gone = assignment.recuse(duty, by=duty.expert.user, reason="近日发现与人选有合作关系")
    assert gone.state == "recused"
    active = stage.nominations[0].assignments.filter(stage=2, state="drawn")
    seats = Panelist.objects.filter(panel__round=stage.round, number__isnull=False).count()
    assert active.count() == seats - 1  # six are enough: nobody is called up
    if before is not None:
        assert before not in own_duties(duty.expert.user)


def test_a_reserve_is_called_up_only_where_the_rules_least_number_is_not_reached():
    stage = begun(min_sheets=5, per_nominee=5)
    panel = stage.round.panels.get()
    duties = list(Assignment.objects.filter(round=stage.round, stage=2, nomination=stage.nominations[0])[:3])
    for duty in duties:
        assignment.recuse(duty, by=duty.expert.user, reason="近日发现与人选有合作关系")
    called = panel.panelists.filter(number__isnull=False, called_at__isnull=False)
    assert called.count() == 1
    assert set(
        Assignment.objects.filter(expert=called[0].expert, stage=2).values_list("nomination", flat=True)
    ) == {n.pk for n in stage.nominations[:2]}


def test_a_nominee_withdrawn_before_it_leaves_the_place_to_the_next():
    stage = opened()
    officer = factories.user("bureau_officer", organisation=stage.nominations[0].nominator)
    nomination.withdraw(stage.nominations[0], by=officer, reason="因个人原因撤回本轮申报。")
    row = second_stage.begin_second_stage(stage.round, by=stage.manager)
    assert list(row.nominations.filter(state="in_review").order_by("code")) == stage.nominations[1:3]


def test_a_nominee_withdrawn_during_it_is_not_scored_again():
    stage = begun()
    officer = factories.user("bureau_officer", organisation=stage.nominations[0].nominator)
    nomination.withdraw(stage.nominations[0], by=officer, reason="因个人原因撤回本轮申报。")
    scored_again(stage, {1: "76"})
    row = stages.opened(stage)
    assert order_of(row)[0] == ("人选1号", 1, 2)
    gone = Result.objects.get(nomination=stage.nominations[0])
    assert (gone.stage, gone.rank, str(gone.score)) == (1, 2, "90.00")
    assert Nomination.objects.get(pk=stage.nominations[0].pk).state == "withdrawn"


def test_nothing_is_decided_before_the_second_stage_that_the_rules_ask_for():
    stage = opened(ballot=True)
    leader = factories.user("leader")
    for act in (
        lambda: deliberation.propose_list(
            stage.round, by=leader, minute_number="1", chosen=[stage.nominations[0].pk], deviations={}
        ),
        lambda: deliberation.pass_over(stage.nominations[3], by=leader, reason_class="below_line"),
        lambda: ballot.open_ballot(
            stage.round, by=stage.manager, kind="confirm", nominations=[stage.nominations[0].pk]
        ),
    ):
        with pytest.raises(StepRefused) as refusal:
            act()
        assert refusal.value.code == "second_stage_due"


def test_only_the_manager_begins_it_once_and_only_where_the_rules_know_it():
    stage = opened()
    with pytest.raises(NotPermitted):
        second_stage.begin_second_stage(stage.round, by=stage.supervisor)
    stage.round = second_stage.begin_second_stage(stage.round, by=stage.manager)
    scored_again(stage, {0: "72", 1: "76"})
    row = stages.opened(stage)
    with pytest.raises(StepRefused, match="第二阶段"):
        second_stage.begin_second_stage(row, by=stage.manager)
    plain = opened(second_stage=0)
    with pytest.raises(StepRefused, match="没有规定第二阶段"):
        second_stage.begin_second_stage(plain.round, by=plain.manager)


def test_the_opening_waits_for_two_persons_and_every_sheet_again():
    stage = begun()
    assert stage.round.operator_id is None
    with pytest.raises(StepRefused, match="未提交"):
        scoring.ask_opening(stage.round, by=stage.manager)
    scored_again(stage, {0: "72", 1: "76"})
    row = stages.opened(stage)
    assert opening_of(row).sheets == Assignment.objects.filter(round=row, stage=2).count()
    assert opening_of(row, stage=1).sheets == 20


def test_sheets_of_the_first_stage_are_over_and_those_of_the_second_may_be_annulled():
    stage = begun()
    scored_again(stage, {0: "72", 1: "76"})
    row = stages.opened(stage)
    reason = "启封后发现与人选有利害关系"
    old = ScoreSheet.objects.filter(assignment__round=row, assignment__stage=1)[0]
    with pytest.raises(StepRefused) as refusal:
        scoring_progress.ask_annul(old, by=stage.manager, reason=reason)
    assert refusal.value.code == "stage_over"
    new = ScoreSheet.objects.filter(assignment__nomination=stage.nominations[0], assignment__stage=2)[0]
    scoring_progress.annul(
        scoring_progress.ask_annul(new, by=stage.manager, reason=reason), by=stage.supervisor
    )
    again = Result.objects.get(nomination=stage.nominations[0])
    seats = Panelist.objects.filter(panel__round=row, number__isnull=False).count()
    assert (again.sheets, again.stage, again.shortlisted, again.first["sheets"]) == (seats - 1, 2, True, 5)


def test_experts_see_their_own_sheets_and_no_result_while_the_office_reads_the_first_stage():
    stage = begun()
    duty = Assignment.objects.filter(round=stage.round, stage=2).select_related("expert__user")[0]
    assert counts_of(duty.expert.user, stage.round)["undeclared"] == 2
    assert not results_visible_to(duty.expert.user).exists()
    assert results_visible_to(stage.manager).count() == 4
    sights = progress_by_expert(stage.round).get(pk=duty.expert_id)
    assert (sights.duties, sights.undeclared, sights.submitted) == (2, 2, 0)


def test_the_number_of_statements_does_not_grow_with_the_shortlist():
    def cost(number: int) -> int:
        stage = opened([[str(90 - n)] * 5 for n in range(6)], second_stage=number, ceiling=2)
        with CaptureQueriesContext(connection) as found:
            second_stage.begin_second_stage(stage.round, by=stage.manager)
        return len(found)

    few, many = cost(2), cost(5)
    assert many - few <= 3 * 8  # a step of its own for each nominee; nothing a duty


def test_where_the_rules_ask_for_none_nobody_is_offered_one_and_who_tries_is_told_why() -> None:
    round_, _people = factories.scored_round(["90", "80"])
    Panel.objects.create(round=round_)
    manager = factories.user("manager")
    assert "begin_second_stage" not in {found.step.name for found in open_steps(round_, manager)}
    with pytest.raises(StepRefused) as refused:
        second_stage.begin_second_stage(round_, by=manager)
    assert refused.value.code == "no_second_stage"

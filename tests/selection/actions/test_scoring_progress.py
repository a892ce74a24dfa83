"""What the office does to the scoring: later deadlines, sheets reopened before the opening and annulled after it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from selection.actions import scoring, scoring_progress
from selection.errors import SealBroken
from selection.models import Result, ResultVersion, Round, ScoreSheet, ScoreSheetVersion
from selection.queries.deliberation import choices
from selection.queries.panel import scoring_due_of
from selection.queries.reminders import due_reminders
from selection.queries.scoring import broken_seals, missing_sheets
from selection.queries.scoring_progress import opening_of, progress_by_expert
from tests import factories
from tests.remembered import remembered
from tests.selection import stage as stages
from workflow import clock, ledger
from workflow.errors import NotPermitted, OutsideWindow, StepRefused
from workflow.models import Entry, Message

pytestmark = pytest.mark.django_db
REASON = "专家来电说明误将两名人选的分数填反。"
CONFLICT = "启封后查明该专家与人选系师生关系。"


@pytest.fixture(autouse=True)
def during_review():
    with clock.frozen(stages.REVIEW):
        yield


def reopened(sheet, stage):
    asked = scoring_progress.ask_reopen(sheet, by=stage.manager, reason=REASON)
    return scoring_progress.reopen(asked, by=stage.supervisor)


# Watching ------------------------------------------------------------------------------------------------------------


def test_every_duty_is_in_exactly_one_count():
    stage = stages.in_review(3)
    duties = stage.round.assignments.select_related("expert__user").order_by("pk")
    stages.submitted(duties[0], "80")
    sheet = stages.accepted(duties[1])
    scoring.save_draft(
        sheet, by=duties[1].expert.user, marks={"A": "80"}, comments={}, overall="", revision=0
    )
    stages.accepted(duties[2])
    rows = progress_by_expert(stage.round)
    sums = [
        sum(getattr(row, name) for row in rows) for name in ("undeclared", "declared", "started", "submitted")
    ]
    assert sums == [12, 1, 1, 1] and sum(row.duties for row in rows) == 15


# A later deadline ----------------------------------------------------------------------------------------------------


def test_one_expert_s_deadline_moves_and_nobody_else_s():
    stage = stages.in_review(3)
    expert, other = stage.duty(0).expert, stage.duty(1).expert
    before = scoring_due_of(other.user)
    until = before.date() + timedelta(days=4)
    scoring_progress.extend(stage.round, by=stage.manager, expert=expert, until=until, reason=REASON)
    assert scoring_due_of(expert.user).date() == until + timedelta(days=1)
    assert scoring_due_of(other.user) == before
    entry = Entry.objects.get(kind="scoring.extended")
    assert expert.code in entry.payload and REASON in entry.payload and until.isoformat() in entry.payload
    assert Message.objects.filter(recipient_id=str(expert.user_id), kind="scoring.extended").count() == 1


def test_reminders_follow_the_own_deadline():
    stage = stages.in_review(1)
    expert = stage.duty(0).expert
    due = stage.round.panels.get().scoring_due
    scoring_progress.extend(
        stage.round, by=stage.manager, expert=expert, until=due + timedelta(days=20), reason=REASON
    )
    with clock.frozen(stages.REVIEW.replace(month=due.month, day=due.day)):
        found = [d for d in due_reminders() if d.what == "scoring" and d.level == 0]
        people = {p.pk for d in found for p in d.people}
    assert people and expert.user_id not in people


@pytest.mark.parametrize("until", [date(2026, 10, 10), date(2026, 10, 20)])
def test_an_earlier_day_is_no_extension(until):
    stage = stages.in_review(1)
    with pytest.raises(StepRefused) as refusal:
        scoring_progress.extend(
            stage.round, by=stage.manager, expert=stage.duty().expert, until=until, reason=REASON
        )
    assert refusal.value.code == "not_later"


def test_only_the_manager_extends_only_with_a_reason_and_only_during_the_review():
    stage = stages.in_review(1)
    given = {"expert": stage.duty().expert, "until": date(2026, 12, 1)}
    with pytest.raises(NotPermitted):
        scoring_progress.extend(stage.round, by=stage.supervisor, reason=REASON, **given)
    with pytest.raises(StepRefused):
        scoring_progress.extend(stage.round, by=stage.manager, reason="晚些", **given)
    Round.objects.filter(pk=stage.round.pk).update(state="deliberation")
    with pytest.raises(OutsideWindow):
        scoring_progress.extend(stage.round, by=stage.manager, reason=REASON, **given)


# Reopened before the opening -----------------------------------------------------------------------------------------


def test_a_reopened_sheet_is_a_draft_and_what_was_submitted_is_kept_with_its_receipt():
    stage = stages.in_review(1)
    sheet = stages.submitted(stage.duty(), "80", overall="扎实")
    sealed, salt, commitment, seq = sheet.sealed, sheet.salt, sheet.commitment, sheet.receipt_seq
    moved = reopened(sheet, stage)
    assert (moved.state, moved.commitment, moved.receipt_seq, moved.asked) == ("draft", "", None, "")
    assert Decimal(moved.content["marks"]["A"]) == 80
    kept = ScoreSheetVersion.objects.get(sheet=sheet)
    assert (kept.sealed, kept.salt, kept.commitment, kept.receipt_seq) == (sealed, salt, commitment, seq)
    assert missing_sheets(stage.round).count() == 5
    again = scoring.submit(moved, by=stage.duty().expert.user, marks=stages.marks("70"))
    assert again.receipt_seq > seq and again.commitment != commitment
    assert broken_seals(stage.round, [again]) == []


def test_reopening_takes_two_persons():
    stage = stages.in_review(1)
    sheet = stages.submitted(stage.duty(), "80")
    with pytest.raises(StepRefused) as refusal:
        scoring_progress.reopen(sheet, by=stage.supervisor)
    assert refusal.value.code == "second_person_missing"
    both = factories.user("manager", "supervisor")
    asked = scoring_progress.ask_reopen(sheet, by=both, reason=REASON)
    with pytest.raises(NotPermitted):
        scoring_progress.reopen(asked, by=both)
    with pytest.raises(NotPermitted):
        scoring_progress.reopen(asked, by=stage.manager)


def test_a_sheet_changed_behind_the_seal_is_not_reopened():
    stage = stages.in_review(1)
    sheet = stages.submitted(stage.duty(), "80")
    asked = scoring_progress.ask_reopen(sheet, by=stage.manager, reason=REASON)
    ScoreSheet.objects.filter(pk=sheet.pk).update(sealed=sheet.sealed.replace("80", "99"))
    with pytest.raises(SealBroken):
        scoring_progress.reopen(asked, by=stage.supervisor)
    assert not ScoreSheetVersion.objects.exists()


def test_nothing_is_reopened_after_the_opening():
    stage = stages.in_review(1)
    stages.scored(stage, [["80"] * 5])
    stages.opened(stage)
    sheet = ScoreSheet.objects.first()
    with pytest.raises(StepRefused):
        scoring_progress.ask_reopen(sheet, by=stage.manager, reason=REASON)


def test_the_ledger_has_the_reopening_and_no_mark():
    stage = stages.in_review(1)
    sheet = stages.submitted(stage.duty(), "73.5")
    reopened(sheet, stage)
    kinds = [entry.kind for entry in ledger.entries_of(sheet).order_by("seq")]
    assert kinds == ["scoresheet.submit", "scoresheet.ask_reopen", "scoresheet.reopen"]
    assert not any("73.5" in entry.payload for entry in Entry.objects.all())


# Scenario 6: annulled after the opening ------------------------------------------------------------------------------


@remembered
def opened(*totals):
    stage = stages.in_review(len(totals))
    stages.scored(stage, [list(row) for row in totals])
    stage.round = stages.opened(stage)
    return stage


def annulled(stage, nominee, total):
    sheets = ScoreSheet.objects.filter(assignment__nomination=stage.nominations[nominee], state="locked")
    sheet = next(s for s in sheets if Decimal(s.content["marks"]["A"]) == Decimal(total))
    asked = scoring_progress.ask_annul(sheet, by=stage.manager, reason=CONFLICT)
    return scoring_progress.annul(asked, by=stage.supervisor)


def test_five_sheets_one_annulled_are_the_plain_mean_of_four_with_both_versions_kept():
    stage = opened(["88", "92", "75", "90", "60"], ["85", "85", "85", "85", "85"])
    first, second = (Result.objects.get(nomination=n) for n in stage.nominations)
    assert [(str(r.score), r.rank) for r in (first, second)] == [("84.33", 2), ("85.00", 1)]
    sheet = annulled(stage, 0, "60")
    assert (sheet.state, sheet.reason) == ("voided", CONFLICT)
    first, second = (Result.objects.get(nomination=n) for n in stage.nominations)
    assert (str(first.score), first.sheets, first.trimmed, first.flags) == (
        "86.25",
        4,
        False,
        ["not_trimmed"],
    )
    assert (first.rank, second.rank) == (1, 2)
    kept = {v.nomination_id: v for v in ResultVersion.objects.all()}
    assert [(kept[n.pk].values["score"], kept[n.pk].values["rank"]) for n in stage.nominations] == [
        ("84.33", 2),
        ("85.00", 1),
    ]
    entry = Entry.objects.get(kind="result.recomputed")
    assert "84.33" in entry.payload and "86.25" in entry.payload and CONFLICT in entry.payload


def test_an_annulled_sheet_is_never_a_zero_and_too_few_give_no_score():
    stage = opened(["80"] * 5, ["70"] * 5)
    for _i in range(3):
        annulled(stage, 0, "80")
    result = Result.objects.get(nomination=stage.nominations[0])
    assert (result.score, result.rank, result.exact, result.sheets) == (None, None, "80", 2)
    rows = choices(stage.round)
    assert [(c.nomination.pk, c.suggested, c.why_not) for c in rows] == [
        (stage.nominations[1].pk, False, "below_line"),
        (stage.nominations[0].pk, False, "below_min_sheets"),
    ]
    assert Result.objects.get(nomination=stage.nominations[1]).rank == 1


def test_annulling_takes_two_persons_and_ends_with_the_list():
    stage = opened(["80"] * 5)
    sheet = ScoreSheet.objects.first()
    with pytest.raises(StepRefused) as refusal:
        scoring_progress.annul(sheet, by=stage.supervisor)
    assert refusal.value.code == "second_person_missing"
    asked = scoring_progress.ask_annul(sheet, by=stage.manager, reason=CONFLICT)
    stage.round.proposals.create(minute_number="1", fixed_at=clock.now(), fixed_by=stage.manager)
    with pytest.raises(StepRefused) as refusal:
        scoring_progress.annul(asked, by=stage.supervisor)
    assert refusal.value.code == "list_fixed"
    assert Result.objects.get().sheets == 5 and not ResultVersion.objects.exists()


# The opening ---------------------------------------------------------------------------------------------------------


def test_the_opening_is_read_back_with_every_sheet_held_against_its_receipt():
    stage = stages.in_review(1)
    assert opening_of(stage.round) is None
    stages.scored(stage, [["80", "81", "82", "83", "84"]])
    stages.opened(stage)
    found = opening_of(stage.round)
    assert (found.sheets, found.verified, found.broken) == (5, 5, ())
    assert (found.asked.actor_name, found.entry.actor_name) == (stage.manager.name, stage.supervisor.name)
    one = ScoreSheet.objects.first()
    ScoreSheet.objects.filter(pk=one.pk).update(sealed=one.sealed.replace("80", "99"))
    found = opening_of(stage.round)
    assert (found.verified, [s.pk for s in found.broken]) == (4, [one.pk])

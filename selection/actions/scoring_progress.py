"""What the office does to the scoring: a later deadline for one expert; a sheet reopened before the opening, or annulled
after it, by two persons."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from selection import policies
from selection.actions.result import recompute
from selection.errors import SealBroken
from selection.messages import scoring_progress as messages
from selection.models import Expert, Round, ScoreSheet, ScoreSheetVersion, ScoringExtension
from selection.queries.scoring import broken_seals
from selection.queries.scoring_due import due_dates
from selection.queries.scoring_progress import owes_sheets
from workflow import clock, door, kinds, ledger
from workflow.actor import Actor
from workflow.errors import NotPermitted, OutsideWindow, StepRefused
from workflow.machine import subject_of

EXTENDED = kinds.named("scoring.extended", _("延长个人评分期限"))
SHORTEST_REASON = 10


@door.act
def extend(round_: Round, *, by: Actor, expert: Expert, until: date, reason: str) -> ScoringExtension:
    """Give one expert a later last day, with a reason. Nobody else's deadline moves."""
    if not policies.may_manage_round(round_, by):
        raise NotPermitted(_("只有处室负责人可以延长评分期限。"))
    round_ = door.locked(round_)
    if round_.state != Round.State.REVIEW:
        raise OutsideWindow(_("本轮不在专家评审中。"))
    reason = reason.strip()
    if len(reason) < SHORTEST_REASON:
        raise StepRefused(
            _("延长期限的理由不少于%(n)s个字。") % {"n": SHORTEST_REASON}, code="reason_required"
        )
    if not owes_sheets(round_, expert):
        raise StepRefused(_("该专家在本轮没有未提交的评分表。"), code="nothing_owed")
    present = due_dates(round_)[expert.pk]
    if until < clock.today() or (present is not None and until <= present):
        raise StepRefused(_("延长后的日期须晚于现在的评分截止，且不早于今日。"), code="not_later")
    row = ScoringExtension.objects.create(
        round=round_, stage=round_.stage, expert=expert, until=until, reason=reason[:300], granted_by_id=by.id
    )
    ledger.append(
        by, chain=round_.chain_key, kind=EXTENDED, subject=subject_of(round_), role="manager",
        rules_version=round_.rules_version,
        payload={"expert": expert.code, "from": present, "until": until, "reason": reason},
    )  # fmt: skip
    messages.extended(row)
    return row


# Reopened before the opening -----------------------------------------------------------------------------------------


@door.act
def ask_reopen(sheet: ScoreSheet, *, by: Actor, reason: str) -> ScoreSheet:
    """The first of two persons asks for a submitted sheet to go back to its expert."""
    moved = door.take(sheet, "ask_reopen", by=by, reason=reason, operator=by)
    messages.confirmation_asked(moved)
    return moved


@door.act
def reopen(sheet: ScoreSheet, *, by: Actor) -> ScoreSheet:
    """The second person confirms: what was submitted is kept sealed with its receipt, the sheet is a draft again."""
    sheet = door.locked(sheet)
    door.require_open(sheet, "reopen", by=by)
    if broken_seals(sheet.assignment.round, [sheet]):
        raise SealBroken(_("评分表与提交时的承诺不符，不能退回。"))
    version = _kept(sheet, by)
    version.save()
    moved = door.take(
        sheet, "reopen", by=by, reason=sheet.asked_reason,
        payload={"version": version.number, "commitment": version.commitment, "receipt": version.receipt_seq},
    )  # fmt: skip
    messages.reopened(moved, version)
    return moved


def _kept(sheet: ScoreSheet, by: Actor) -> ScoreSheetVersion:
    assert sheet.receipt_seq is not None and sheet.submitted_at is not None  # a submitted sheet has both
    return ScoreSheetVersion(
        sheet=sheet, number=sheet.versions.count() + 1, sealed=sheet.sealed, salt=sheet.salt,
        commitment=sheet.commitment, receipt_seq=sheet.receipt_seq, receipt_leaf=sheet.receipt_leaf,
        submitted_at=sheet.submitted_at, reopened_at=clock.now(), reopened_by_id=by.id, reason=sheet.asked_reason,
    )  # fmt: skip


# Annulled after it ---------------------------------------------------------------------------------------------------


@door.act
def ask_annul(sheet: ScoreSheet, *, by: Actor, reason: str) -> ScoreSheet:
    """The first of two persons asks for an opened sheet not to count."""
    moved = door.take(sheet, "ask_annul", by=by, reason=reason, operator=by)
    messages.confirmation_asked(moved)
    return moved


@door.act
def annul(sheet: ScoreSheet, *, by: Actor) -> ScoreSheet:
    """The second person confirms: the sheet no longer counts, never as a zero, and all results are calculated anew."""
    round_ = door.locked(sheet.assignment.round)
    door.hold(ScoreSheet.objects.filter(assignment__round=round_))
    sheet = door.locked(sheet)
    moved = door.take(sheet, "annul", by=by, reason=sheet.asked_reason)
    changed = recompute(round_, by=by, reason=moved.reason)
    messages.annulled(moved, changed)
    return moved

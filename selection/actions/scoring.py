"""Score sheets: saved, submitted under a commitment, opened by two persons; results by the frozen method."""

from __future__ import annotations

import os
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from selection import policies
from selection.actions.result import compute, recorded
from selection.errors import BadMark, SealBroken
from selection.messages import panel as messages
from selection.models import Round, ScoreSheet
from selection.queries.scoring import broken_seals, commitment_of, experts_behind, sheets_to_open
from selection.rules.marks import asks_comment, fault_of, plain_mark
from selection.rules.rulebook import Rulebook
from workflow import clock, door, kinds, ledger
from workflow.actor import SYSTEM, Actor
from workflow.errors import NotPermitted, OutsideWindow, Refused
from workflow.machine import subject_of
from workflow.rules.chain import SALT_BYTES, canonical
from workflow.wording import listed

REMINDED = kinds.named("round.remind", _("催办评分"))

MAX_COMMENT = 1000


class NewerElsewhere(Refused):
    """The sheet was saved elsewhere since this page was read."""

    code = "newer_elsewhere"

    def __init__(self, sheet: ScoreSheet) -> None:
        saved = sheet.saved_at or clock.now()
        words = {
            "code": sheet.assignment.nomination.code,
            "at": saved.astimezone(clock.ZONE).strftime("%H:%M"),
        }
        super().__init__(_("评分表%(code)s在%(at)s于另一页保存过。保留哪一份？") % words)
        self.sheet = sheet


@door.act
def save_draft(
    sheet: ScoreSheet,
    *,
    by: Actor,
    marks: Mapping[str, str],
    comments: Mapping[str, str],
    overall: str,
    revision: int,
) -> ScoreSheet:
    """Keep what is typed, right or wrong, encrypted. Not on the ledger: a draft is no act yet."""
    sheet = own_and_open(sheet, by=by)
    typed = {"marks": {c: m[:20] for c, m in marks.items()}, "comments": _shortened(comments),
             "overall": overall[:MAX_COMMENT]}  # fmt: skip
    if typed == sheet.content:
        return sheet  # nothing of it is new, however old the page
    if revision != sheet.revision:
        raise NewerElsewhere(sheet)
    sheet.sealed = _text(typed)
    sheet.saved_at, sheet.revision = clock.now(), sheet.revision + 1
    if sheet.gaps:
        sheet.ready_at = None
    sheet.save(update_fields=["sealed", "saved_at", "revision", "ready_at"])
    return sheet


def own_and_open(sheet: ScoreSheet, *, by: Actor) -> ScoreSheet:
    """The sheet, locked, if it is the actor's own and may still be changed."""
    sheet = door.locked(sheet)
    if not policies.may_score(sheet, by):
        raise NotPermitted(_("只能填写自己的评分表。"))
    _require_open(sheet)
    return sheet


def _require_open(sheet: ScoreSheet) -> None:
    if sheet.state != ScoreSheet.State.DRAFT:
        raise OutsideWindow(_("评分表已提交或作废，不能再改。"), code="sheet_closed")
    duty = sheet.assignment
    if duty.state != "accepted" or duty.round.state != Round.State.REVIEW or duty.stage != duty.round.stage:
        raise OutsideWindow(_("现在不在评分期间，这次修改不计。"))


def _shortened(comments: Mapping[str, str]) -> dict[str, str]:
    return {code: text[:MAX_COMMENT] for code, text in comments.items() if text}


def _text(content: Mapping[str, Any]) -> str:
    return canonical(content).decode()


@door.act
def submit(
    sheet: ScoreSheet,
    *,
    by: Actor,
    marks: Mapping[str, Decimal],
    comments: Mapping[str, str] | None = None,
    overall: str = "",
) -> ScoreSheet:
    """Seal a complete sheet. The ledger gets its commitment, never a mark; the sheet gets the receipt."""
    sheet = door.locked(sheet)
    rules = sheet.assignment.round.rulebook
    _require_marks(rules, marks)
    _require_comments(rules, marks, comments or {})
    sealed, salt = _text(_content(sheet, marks, comments or {}, overall)), os.urandom(SALT_BYTES).hex()
    commitment = commitment_of(sealed, salt)
    moved = door.take(
        sheet, "submit", by=by, sealed=sealed, salt=salt, commitment=commitment, at=clock.now(),
        payload={"commitment": commitment},
    )  # fmt: skip
    receipt = ledger.entries_of(moved).filter(kind="scoresheet.submit").order_by("-seq")[0]
    moved.receipt_seq, moved.receipt_leaf = receipt.seq, receipt.leaf
    moved.save(update_fields=["receipt_seq", "receipt_leaf"])
    return moved


def _content(
    sheet: ScoreSheet, marks: Mapping[str, Decimal], comments: Mapping[str, str], overall: str
) -> dict[str, Any]:
    return {
        "nominee": sheet.assignment.nomination.code,
        "expert": sheet.assignment.expert.code,
        "rules": sheet.rules_version,
        **({"stage": sheet.assignment.stage} if sheet.assignment.stage > 1 else {}),
        "marks": {code: plain_mark(mark) for code, mark in marks.items()},
        "comments": _shortened(comments),
        "overall": overall[:MAX_COMMENT],
    }


def _require_marks(rules: Rulebook, marks: Mapping[str, Decimal]) -> None:
    for criterion in rules.criteria:
        if criterion.code not in marks:
            raise BadMark(_("%(code)s %(name)s尚未评分。") % {"code": criterion.code, "name": criterion.name})
        if fault_of(marks[criterion.code]):
            raise BadMark(
                _("%(code)s %(name)s应为0至100之间的分数，以0.5分为一档。")
                % {"code": criterion.code, "name": criterion.name}
            )
    if unknown := marks.keys() - rules.weights.keys():
        raise BadMark(_("本轮规则没有评分项%(code)s。") % {"code": min(unknown)})


def _require_comments(rules: Rulebook, marks: Mapping[str, Decimal], comments: Mapping[str, str]) -> None:
    for criterion in rules.criteria:
        wanted = asks_comment(
            marks[criterion.code], at_least=rules.comment_at_least, below=rules.comment_below
        )
        if wanted and not comments.get(criterion.code, "").strip():
            words = {"code": criterion.code, "name": criterion.name}
            raise BadMark(_("%(code)s %(name)s的分数须写评语。") % words, code="no_comment")


@door.act
def void(sheet: ScoreSheet, *, by: Actor, reason: str) -> ScoreSheet:
    """Leave a recused expert's sheet out of the count. It is kept."""
    return door.take(sheet, "void", by=by, reason=reason)


@door.act
def remind(round_: Round, *, by: Actor) -> int:
    """Write to the experts whose sheets are missing, once a day; how many they are."""
    if not policies.may_manage_round(round_, by):
        raise NotPermitted(_("只有处室负责人可以催办。"))
    if round_.state != Round.State.REVIEW:
        raise OutsideWindow(_("本轮不在专家评审中。"))
    people = list(experts_behind(round_))
    messages.sheets_missing(round_, people, event=f"scoring.reminded:{round_.pk}:{clock.today()}", days=None)
    ledger.append(
        by, chain=round_.chain_key, kind=REMINDED, subject=subject_of(round_), role="manager",
        rules_version=round_.rules_version, payload={"people": len(people)},
    )  # fmt: skip
    return len(people)


# The opening ---------------------------------------------------------------------------------------------------------


@door.act
def ask_opening(round_: Round, *, by: Actor) -> Round:
    """The first of two persons: the manager asks for the opening."""
    moved = door.take(round_, "ask_opening", by=by, operator=by)
    messages.opening_asked(moved)
    return moved


@door.act
def open_scores(round_: Round, *, by: Actor) -> Round:
    """The second person: heads are published first, every sheet is held against its commitment, then all are opened."""
    round_ = door.locked(round_)
    door.require_open(round_, "open_scores", by=by)
    door.hold(ScoreSheet.objects.filter(assignment__round=round_))
    door.hold(round_.nominations.filter(state="in_review"))
    ledger.publish_heads(by, occasion=f"round.open_scores {round_.code}")
    sheets = sheets_to_open(round_)
    if broken := broken_seals(round_, sheets):
        codes = listed(f"{s.assignment.nomination.code}/{s.assignment.expert.code}" for s in broken)
        raise SealBroken(_("以下评分表与提交时的承诺不符，不能启封：%(sheets)s。") % {"sheets": codes})
    moved = door.take(round_, "open_scores", by=by, payload={"sheets": len(sheets)})
    for sheet in sheets:
        door.take(sheet, "lock", by=SYSTEM)
    compute(moved)
    ranked = moved.nominations.filter(
        state="in_review", result__stage=moved.stage, result__score__isnull=False
    ).select_related("result")
    for nomination in ranked.order_by("code"):
        door.take(nomination, "complete_scoring", by=SYSTEM, payload=recorded(nomination.result))
    messages.scores_opened(moved)
    return moved

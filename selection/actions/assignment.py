"""An expert's duty: declared, or given up and drawn anew."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from selection.actions.redraw import redraw
from selection.errors import ConflictOfInterest
from selection.messages import panel as messages
from selection.models import Assignment, Panel, QualificationReview, Recusal, ScoreSheet
from selection.queries.conflict import require_no_conflict
from selection.queries.objection import judges_of
from selection.rules.declarations import CURRENT, EN, ZH, digest_of, text_of
from workflow import clock, door
from workflow.actor import SYSTEM, Actor

SIGNED = "no_conflict"


@door.act
def accept(assignment: Assignment, *, by: Actor, declared: bool = False) -> Assignment:
    """Declare that no conflict exists; the dossier opens and a sheet lies ready. What was signed is kept."""
    if not declared:
        raise ConflictOfInterest(_("请先声明与该人选及其单位无利害关系。"), code="not_declared")
    signed = _signed()
    moved = door.take(
        assignment, "accept", by=by, at=clock.now(), declaration=signed, payload=_entered(signed)
    )
    _require_uninvolved(moved, by)
    require_no_conflict(moved.nomination, moved.expert)
    ScoreSheet.objects.get_or_create(assignment=moved)
    return moved


def _signed() -> dict[str, Any]:
    """The words that were signed, as they were read."""
    language = EN if (get_language() or ZH).startswith(EN) else ZH
    return {
        "version": CURRENT, "language": language, "digest": digest_of(SIGNED, language),
        "text": text_of(SIGNED, language), "at": clock.now().isoformat(),
    }  # fmt: skip


def _entered(declaration: dict[str, Any]) -> dict[str, Any]:
    """What the ledger keeps of it: the version and digest stand for the words."""
    return {"declaration": {name: value for name, value in declaration.items() if name != "text"}}


def _require_uninvolved(assignment: Assignment, by: Actor) -> None:
    """Roles change: whoever reviewed in this round, or put this nominee forward, does not score now."""
    reviewed = QualificationReview.objects.filter(nomination__round=assignment.round_id, reviewer=by.id)
    if reviewed.exists() or by.id in judges_of(assignment.nomination):
        raise ConflictOfInterest(_("您参与过本轮的推荐或者初审，不能评审该人选，请申请回避。"))


@door.act
def recuse(assignment: Assignment, *, by: Actor, reason: str, grounds: list[str] | None = None) -> Assignment:
    """Give a dossier up, early or late: the sheet is voided and kept, and the missing sheet drawn at once."""
    said = {"grounds": list(grounds or ())}
    moved = vacate(assignment, "recuse", by=by, reason=reason, declaration=said, payload=said)
    Recusal.objects.get_or_create(
        nomination=moved.nomination, expert=moved.expert,
        defaults={
            "kind": Recusal.Kind.DECLARED, "reason": reason[:300],
            "ground": said["grounds"][0] if said["grounds"] else Recusal.Ground.DECLARED,
        },
    )  # fmt: skip
    messages.recused(moved, replace(moved))
    return moved


@door.act
def vacate(assignment: Assignment, step: str, *, by: Actor, reason: str, **given: Any) -> Assignment:
    """Take a duty off an expert by this step; a sheet that was begun is voided and kept. `replace` must follow."""
    door.locked(assignment.round)  # an opening waits for the recusal, or the recusal comes too late
    duty = door.locked(assignment)
    door.hold(ScoreSheet.objects.filter(assignment=duty))
    door.hold(Panel.objects.filter(round=duty.round_id))
    moved = door.take(duty, step, by=by, reason=reason, at=clock.now(), **given)
    sheet = ScoreSheet.objects.filter(assignment=moved, state__in=("draft", "submitted")).first()
    if sheet is not None:
        door.take(sheet, "void", by=SYSTEM, reason=reason)
    return moved


@door.act
def replace(vacated: Assignment) -> list[Assignment]:
    """Draw the sheet that is missing now, and tell who has drawn it."""
    added = redraw(vacated.round.panels.get(), for_expert=vacated.expert, by=SYSTEM)
    messages.drawn_later(added)
    return added

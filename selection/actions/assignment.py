"""An expert's duty: declared, or given up and drawn anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from selection.errors import ConflictOfInterest
from selection.messages import panel as messages
from selection.models import (
    Assignment,
    Expert,
    Nomination,
    Panel,
    QualificationReview,
    Recusal,
    ScoreSheet,
)
from selection.queries.objection import judges_of
from selection.queries.panel import next_reserve, recused_pairs, seated, sheets_now
from selection.rules.draw import Draw, InfeasibleDraw, redraw_assignments, redraw_seed
from workflow import clock, door, kinds, ledger
from workflow.actor import SYSTEM, Actor
from workflow.machine import subject_of

REDRAWN = kinds.named("panel.redraw", _("补抽专家"))
NOT_REDRAWN = kinds.named("panel.redraw_failed", _("无专家可补抽"))
PROMOTED = kinds.named("panel.promote", _("候补专家递补"))


@door.act
def accept(assignment: Assignment, *, by: Actor, declared: bool = False) -> Assignment:
    """Declare that no conflict exists; the dossier opens and a sheet lies ready."""
    if not declared:
        raise ConflictOfInterest(_("请先声明与该人选及其单位无利害关系。"), code="not_declared")
    moved = door.take(assignment, "accept", by=by, at=clock.now())
    _require_uninvolved(moved, by)
    ScoreSheet.objects.get_or_create(assignment=moved)
    return moved


def _require_uninvolved(assignment: Assignment, by: Actor) -> None:
    """Roles change: whoever reviewed in this round, or put this nominee forward, does not score now."""
    reviewed = QualificationReview.objects.filter(nomination__round=assignment.round_id, reviewer=by.id)
    if reviewed.exists() or by.id in judges_of(assignment.nomination):
        raise ConflictOfInterest(_("您参与过本轮的推荐或者初审，不能评审该人选，请申请回避。"))


@door.act
def recuse(assignment: Assignment, *, by: Actor, reason: str) -> Assignment:
    """Give a dossier up, early or late: the sheet is voided and kept, and the missing sheet drawn at once."""
    door.locked(assignment.round)  # an opening waits for the recusal, or the recusal comes too late
    duty = door.locked(assignment)
    door.hold(ScoreSheet.objects.filter(assignment=duty))
    door.hold(Panel.objects.filter(round=duty.round_id))
    moved = door.take(duty, "recuse", by=by, reason=reason, at=clock.now())
    sheet = ScoreSheet.objects.filter(assignment=moved, state__in=("draft", "submitted")).first()
    if sheet is not None:
        door.take(sheet, "void", by=SYSTEM, reason=reason)
    Recusal.objects.get_or_create(
        nomination=moved.nomination, expert=moved.expert,
        defaults={"kind": Recusal.Kind.DECLARED, "reason": reason[:300]},
    )  # fmt: skip
    added = redraw(moved.round.panels.get(), for_expert=moved.expert, by=SYSTEM)
    messages.recused(moved, added)
    messages.drawn_later(added)
    return moved


@door.act
def redraw(panel: Panel, *, for_expert: Expert, by: Actor) -> list[Assignment]:
    """Draw what is missing, moving nobody else; a reserve of the same category is called up where the panel does not
    suffice. Nothing is drawn, and the ledger says so, when no reserve is left."""
    panel = door.locked(panel)
    current, recusals = sheets_now(panel.round), recused_pairs(panel.round)
    number = panel.redraws + 1
    drawn = _redrawn(panel, number, current, recusals, for_expert, by)
    if drawn is None:
        _record(panel, NOT_REDRAWN, by, {"number": number})
        return []
    added = [(nominee, e) for nominee, on in drawn.sheets.items() for e in on if e not in current[nominee]]
    panel.redraws = number
    panel.save(update_fields=["redraws"])
    seed = redraw_seed(bytes.fromhex(panel.seed), number).hex()
    _record(panel, REDRAWN, by, {"number": number, "seed": seed, "added": [list(pair) for pair in added]})
    return _assigned(panel, added, number)


def _redrawn(
    panel: Panel,
    number: int,
    current: Mapping[str, Sequence[str]],
    recusals: set[tuple[str, str]],
    for_expert: Expert,
    by: Actor,
) -> Draw | None:
    while True:
        experts = seated(panel)
        try:
            return redraw_assignments(
                bytes.fromhex(panel.seed), number, current, recusals, experts=experts,
                per_nominee=panel.inputs["per_nominee"], shortlist=panel.inputs["shortlist"],
            )  # fmt: skip
        except InfeasibleDraw:
            if not _promote(panel, for_expert, by):
                return None


def _promote(panel: Panel, for_expert: Expert, by: Actor) -> bool:
    """Call up the next reserve; whether there was one."""
    reserve = next_reserve(panel, for_expert.category)
    if reserve is None:
        return False
    reserve.number = panel.panelists.filter(number__isnull=False).count() + 1
    reserve.save(update_fields=["number"])
    _record(panel, PROMOTED, by, {"expert": reserve.expert.code, "number": reserve.number})
    return True


def _assigned(panel: Panel, added: Sequence[tuple[str, str]], number: int) -> list[Assignment]:
    nominations = {
        n.code: n for n in Nomination.objects.filter(round=panel.round, code__in=[n for n, _e in added])
    }
    experts = {
        e.code: e for e in Expert.objects.filter(code__in=[e for _n, e in added]).select_related("user")
    }  # fmt: skip
    return [
        Assignment.objects.create(
            round=panel.round, nomination=nominations[nominee], expert=experts[expert], draw_number=number
        )
        for nominee, expert in added
    ]


def _record(panel: Panel, kind: str, by: Actor, payload: Mapping[str, object]) -> None:
    ledger.append(
        by,
        chain=panel.chain_key,
        kind=kind,
        subject=subject_of(panel),
        rules_version=panel.rules_version,
        payload=payload,
    )

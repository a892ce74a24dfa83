"""A seat of the panel falls vacant: the expert declines, falls ill, is silent. What was submitted stands."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from selection import policies
from selection.actions.redraw import record, redraw, succeed
from selection.messages import panel as messages
from selection.models import Assignment, Panel, Panelist, Redraw, ScoreSheet
from selection.queries.integrity import bars_of_expert, seats_to_vacate
from selection.queries.panel import ACTIVE
from workflow import clock, door, kinds
from workflow.actor import SYSTEM, Actor
from workflow.errors import NotPermitted, StepRefused
from workflow.machine import subject_of

LEFT = kinds.named("panel.leave", _("专家退出评审组"))


@door.act
def replace(seat: Panelist, *, by: Actor, how: str, reason: str) -> Panelist | None:
    """The manager replaces an expert. Returns who takes the seat: the next reserve of the stratum, if one is left.

    Submitted sheets stay valid; duties without one are released, their drafts voided and kept, and drawn anew. The
    supervisors are told.
    """
    if not policies.may_operate_draw(seat.panel, by):
        raise NotPermitted(_("只有处室负责人可以更换专家。"))
    return _vacate(seat, by=by, how=how, reason=reason)


@door.act
def decline(seat: Panelist, *, by: Actor, reason: str) -> Panelist | None:
    """An expert declines the whole panel, or cannot go on."""
    if seat.expert.user_id != by.id:
        raise NotPermitted(_("只有专家本人可以退出评审组。"))
    return _vacate(seat, by=by, how=Panelist.Leaving.DECLINED, reason=reason)


def vacate_barred() -> int:
    """Whoever the integrity register bars leaves the draws that are not opened yet, each in its own act; how many."""
    return sum(leave_barred(seat, by=SYSTEM) for seat in list(seats_to_vacate()))


@door.act
def leave_barred(seat: Panelist, *, by: Actor) -> bool:
    """One barred expert's seat falls vacant; what is submitted or opened stands. False if it is vacant by now."""
    bars = bars_of_expert(seat.expert)
    if not bars or not seats_to_vacate().filter(pk=seat.pk).exists():
        return False
    reason = _("该专家列入诚信名册，退出尚未启封的评审。")
    _vacate(seat, by=by, how=Panelist.Leaving.OTHER, reason=str(reason))
    for bar in bars:
        door.note_use(subject_of(bar), by, step="leave", about=subject_of(seat.panel))
    return True


def _vacate(seat: Panelist, *, by: Actor, how: str, reason: str) -> Panelist | None:
    if not reason.strip():
        raise StepRefused(_("请写明退出的理由。"), code="reason_required")
    seat, panel = _held(seat)
    gone, kept = _released(panel, seat, reason)
    seat.left_at, seat.left_how, seat.left_reason = clock.now(), how, reason[:300]
    seat.save(update_fields=["left_at", "left_how", "left_reason"])
    payload = {
        "expert": seat.expert.code, "number": seat.number, "how": how, "reason": reason,
        "released": gone, "kept": kept,
    }  # fmt: skip
    record(panel, LEFT, by, payload)
    successor = succeed(panel, seat.stratum, by=SYSTEM)
    added = redraw(panel, for_expert=seat.expert, by=SYSTEM, cause=Redraw.Cause.LEFT, stratum=seat.stratum)
    messages.seat_left(seat, successor, added, missing=len(gone) - len(added))
    if panel.round.state == "review":
        messages.drawn_later(added)
    return successor


def _held(seat: Panelist) -> tuple[Panelist, Panel]:
    """The seat and its panel, locked in the order in which every act locks them; refuses who does not sit."""
    round_ = door.locked(seat.panel.round)  # an opening waits, or this comes too late
    duties = Assignment.objects.filter(round=round_, expert=seat.expert_id)
    door.hold(duties)
    door.hold(ScoreSheet.objects.filter(assignment__in=duties))
    panel = door.locked(seat.panel)
    seat = Panelist.objects.select_for_update(of=("self",)).select_related("expert__user").get(pk=seat.pk)
    if round_.state not in ("screening", "review"):
        raise StepRefused(_("评分已启封，不能更换专家。"), code="wrong_state")
    if seat.number is None or seat.left_at is not None:
        raise StepRefused(_("该专家不在评审组中。"), code="not_seated")
    return seat, panel


def _released(panel: Panel, seat: Panelist, reason: str) -> tuple[list[str], list[str]]:
    """Nominees whose duty is released, and those whose sheet is submitted and stays."""
    duties = Assignment.objects.filter(
        round=panel.round_id, expert=seat.expert_id, state__in=ACTIVE, stage=panel.round.stage
    )
    gone: list[str] = []
    kept: list[str] = []
    for duty in duties.select_related("nomination", "sheet").order_by("nomination__code"):
        sheet = getattr(duty, "sheet", None)
        if sheet is not None and sheet.state == ScoreSheet.State.SUBMITTED:
            kept.append(duty.nomination.code)
            continue
        door.take(duty, "release", by=SYSTEM, reason=reason, at=clock.now())
        if sheet is not None and sheet.state == ScoreSheet.State.DRAFT:
            door.take(sheet, "void", by=SYSTEM, reason=reason)
        gone.append(duty.nomination.code)
    return gone, kept

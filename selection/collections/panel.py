"""Experts, draws and duties, as pages and API share them, and what waits for those who draw, witness and score."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from selection.forms.panel import ASSIGNMENT_FORMS, PANEL_FORMS
from selection.models import Assignment, Panel
from selection.queries.expert_view import essence_of, face_of, full_face_of
from selection.queries.panel import (
    READERS,
    assignments_visible_to,
    panels_visible_to,
    progress_of,
    rounds_without_panel,
    scoring_due_of,
)
from workflow import clock, todo
from workflow.actor import Actor
from workflow.collections import Collection, register


def _time(moment: datetime | None) -> str | None:
    return moment.astimezone(clock.ZONE).isoformat() if moment else None


def represent_panel(panel: Panel, actor: Actor) -> dict[str, Any]:
    """A draw with everything that lets it be done again."""
    return {
        "id": panel.pk,
        "round": panel.round.code,
        "state": panel.state,
        "state_label": str(panel.get_state_display()),
        "inputs": panel.inputs,
        "inputs_digest": panel.inputs_digest,
        "frozen_at": _time(panel.frozen_at),
        "public_source": panel.public_source,
        "public_at": _time(panel.public_at),
        "public_value": panel.public_value,
        "seed": panel.seed,
        "drawn_at": _time(panel.drawn_at),
        "operator": panel.operator.name if panel.operator else None,
        "witness": panel.witness.name if panel.witness else None,
        "outcome": panel.outcome,
        "redraws": panel.redraws,
        "scoring_due": panel.scoring_due.isoformat() if panel.scoring_due else None,
    }


def represent_assignment(assignment: Assignment, actor: Actor) -> dict[str, Any]:
    """A duty. The dossier's essence is with it once the expert has declared; never a number or a phone."""
    nomination = assignment.nomination
    own = assignment.expert.user_id == actor.id
    face = face_of(nomination) if own else full_face_of(nomination)
    found: dict[str, Any] = {
        "id": assignment.pk,
        "round": assignment.round.code,
        "nomination": nomination.pk,
        "code": nomination.code,
        "name": face.name,
        "unit": face.unit,
        "expert": assignment.expert.code,
        "state": assignment.state,
        "state_label": str(assignment.get_state_display()),
        "draw_number": assignment.draw_number,
        "stage": assignment.stage,
        "answered_at": _time(assignment.answered_at),
        "sheet": assignment.sheet.pk if hasattr(assignment, "sheet") else None,
        "sheet_state": assignment.sheet.state if hasattr(assignment, "sheet") else None,
        "reason": assignment.reason if _may_read_reason(assignment, actor) else None,
    }
    if assignment.state == Assignment.State.ACCEPTED and own:
        found["dossier"] = essence_of(nomination)
    return found


def _may_read_reason(assignment: Assignment, actor: Actor) -> bool:
    return assignment.expert.user_id == actor.id or any(actor.holds(role) for role in READERS)


register(
    Collection(
        name="panels",
        model=Panel,
        visible_to=panels_visible_to,
        represent=represent_panel,
        url=lambda panel: reverse("panel_detail", args=[panel.pk]),
        forms=PANEL_FORMS,
        filters=("state", "round__code"),
    )
)
register(
    Collection(
        name="assignments",
        model=Assignment,
        visible_to=assignments_visible_to,
        represent=represent_assignment,
        url=lambda assignment: reverse("panel_conflict", args=[assignment.pk]),
        forms=ASSIGNMENT_FORMS,
        filters=("state", "round__code", "nomination", "expert__code"),
    )
)


@todo.register
def waiting_for_the_draw(actor: Any) -> Iterator[todo.Todo]:
    """Draws to prepare and to freeze (manager), to witness (supervisor)."""
    if actor.holds(Role.MANAGER):
        for round_ in rounds_without_panel():
            yield todo.Todo(
                _("准备评审抽取"), reverse("panel_list"), note=round_.shown_title, icon="arrows-shuffle"
            )
    state = {Role.MANAGER: "preparing", Role.SUPERVISOR: "frozen"}
    wanted = [state[role] for role in state if actor.holds(role)]
    if not wanted:
        return
    for panel in Panel.objects.filter(state__in=wanted, round__state="screening").select_related("round"):
        title = _("冻结抽取名单") if panel.state == "preparing" else _("见证评审抽取")
        url = reverse("panel_detail", args=[panel.pk])
        yield todo.Todo(title, url, due=panel.public_at, note=panel.round.shown_title, icon="arrows-shuffle")


@todo.register
def waiting_for_the_expert(actor: Any) -> Iterator[todo.Todo]:
    """Dossiers to declare on and to score."""
    if not actor.holds(Role.EXPERT):
        return
    found = progress_of(actor)
    left = found["all"] - found["submitted"]
    if left:
        note = gettext("%(n)s份待评，其中%(u)s份待声明") % {"n": left, "u": found["undeclared"]}
        yield todo.Todo(
            _("评审"),
            reverse("panel_inbox"),
            due=scoring_due_of(actor),
            note=note,
            icon="clipboard-list",
            count=left,
        )

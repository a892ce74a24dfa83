"""Score sheets, as pages and API share them, and what waits at the opening."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from selection.forms.scoring import SHEET_FORMS
from selection.forms.scoring_progress import OFFICE_SHEET_FORMS
from selection.models import Round, ScoreSheet
from selection.queries.scoring import may_read_marks, sheet_totals, sheets_visible_to
from workflow import clock, todo
from workflow.actor import Actor
from workflow.collections import Collection, register


def _time(moment: datetime | None) -> str | None:
    return moment.astimezone(clock.ZONE).isoformat() if moment else None


def represent(sheet: ScoreSheet, actor: Actor) -> dict[str, Any]:
    """A sheet: its state and its receipt for whoever oversees; what is on it for its owner, for others once opened."""
    content = sheet.content if may_read_marks(sheet, actor) else None
    return {
        "id": sheet.pk,
        "assignment": sheet.assignment_id,
        "round": sheet.assignment.round.code,
        "nominee": sheet.assignment.nomination.code,
        "expert": sheet.assignment.expert.code,
        "stage": sheet.assignment.stage,
        "state": sheet.state,
        "state_label": str(sheet.get_state_display()),
        "submitted_at": _time(sheet.submitted_at),
        "commitment": sheet.commitment,
        "asked": sheet.asked or None,
        "receipt": {"seq": sheet.receipt_seq, "leaf": sheet.receipt_leaf} if sheet.receipt_seq else None,
        "marks": content["marks"] if content else None,
        "comments": content["comments"] if content else None,
        "overall": content["overall"] if content else None,
    }


def _url(sheet: ScoreSheet) -> str:
    return reverse("sheet_office", args=[sheet.pk])  # which sends its own expert to the desk


register(
    Collection(
        name="score-sheets",
        model=ScoreSheet,
        visible_to=sheets_visible_to,
        represent=represent,
        url=_url,
        forms={**SHEET_FORMS, **OFFICE_SHEET_FORMS},
        filters=("state", "assignment__round__code", "assignment"),
    )
)


@todo.register
def waiting_for_confirmation(actor: Any) -> Iterator[todo.Todo]:
    """Sheets about which the manager has asked: the supervisor confirms, or leaves them as they are."""
    if not actor.holds(Role.SUPERVISOR):
        return
    rows = ScoreSheet.objects.exclude(asked="").filter(
        assignment__round__state__in=("review", "deliberation"),
        assignment__stage=F("assignment__round__stage"),
    )
    for sheet in rows.exclude(operator=actor.pk).select_related("assignment__nomination"):
        note = f"{sheet.assignment.nomination.code} {sheet.get_asked_display()}"
        yield todo.Todo(
            _("确认评分表事项"), reverse("sheet_office", args=[sheet.pk]), note=note, icon="lock-open"
        )


@todo.register
def waiting(actor: Any) -> Iterator[todo.Todo]:
    """Rounds whose opening the manager may ask for, or the supervisor may witness."""
    if not (actor.holds(Role.MANAGER) or actor.holds(Role.SUPERVISOR)):
        return
    for round_ in Round.objects.filter(state=Round.State.REVIEW):
        yield from _opening(round_, actor)


def _opening(round_: Round, actor: Any) -> Iterator[todo.Todo]:
    found, url = sheet_totals(round_), reverse("scoring_progress", args=[round_.code])
    complete = found["due"] == found["submitted"]
    note = gettext("%(title)s，已提交%(n)s / %(m)s份") % {
        "title": round_.shown_title, "n": found["submitted"], "m": found["due"],
    }  # fmt: skip
    if actor.holds(Role.MANAGER) and round_.operator_id is None:
        title = _("提出启封") if complete else _("跟踪评分进度")
        yield todo.Todo(title, url, note=note, icon="lock-open" if complete else "chart-bar")
    if actor.holds(Role.SUPERVISOR) and round_.operator_id is not None and complete:
        yield todo.Todo(_("见证启封"), url, note=note, icon="lock-open")

"""Re-checks, as pages and API share them, and what waits for units and managers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from accounts.roles import Role
from selection.forms.recheck import RECHECK_FORMS
from selection.models import RecheckRequest
from selection.queries.recheck import rechecks_to_answer, rechecks_to_ask, rechecks_visible_to
from workflow import clock, todo
from workflow.actor import Actor
from workflow.collections import Collection, register

SHOWN = 5


def represent(recheck: RecheckRequest, actor: Actor) -> dict[str, Any]:
    """A re-check as JSON has it."""
    return {
        "id": recheck.pk,
        "nomination": recheck.nomination_id,
        "code": recheck.nomination.code,
        "state": recheck.state,
        "state_label": str(recheck.get_state_display()),
        "grounds": recheck.grounds,
        "finding": recheck.finding,
        "request_due": _day(recheck.request_due),
        "statement": recheck.statement,
        "requested_at": _time(recheck.requested_at),
        "answer_due": _day(recheck.answer_due),
        "answer": recheck.answer,
        "answered_by": recheck.answered_by.name if recheck.answered_by else None,
        "answered_at": _time(recheck.answered_at),
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _time(moment: datetime | None) -> str | None:
    return moment.astimezone(clock.ZONE).isoformat() if moment else None


register(
    Collection(
        name="recheck-requests",
        model=RecheckRequest,
        visible_to=rechecks_visible_to,
        represent=represent,
        url=lambda recheck: reverse("recheck_detail", args=[recheck.pk]),
        forms=RECHECK_FORMS,
        filters=("nomination", "state"),
    )
)


@todo.register
def waiting(actor: Any) -> Iterator[todo.Todo]:
    """Disqualifications that the unit may have looked at again; requests that the manager must answer."""
    if actor.holds(Role.UNIT_CLERK):
        for row in rechecks_to_ask(actor)[:SHOWN]:
            title = gettext("%(name)s初审不合格，可申请复核") % {"name": row.nomination.nominee.name}
            url = reverse("recheck_detail", args=[row.pk])
            yield todo.Todo(title, url, due=todo.end_of(row.request_due), icon="scale")
    if actor.holds(Role.MANAGER):
        for row in rechecks_to_answer(actor)[:SHOWN]:
            title = gettext("答复%(name)s的复核申请") % {"name": row.nomination.nominee.name}
            url = reverse("recheck_detail", args=[row.pk])
            yield todo.Todo(
                title, url, due=todo.end_of(row.answer_due), note=row.nomination.unit.name, icon="scale"
            )

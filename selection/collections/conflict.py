"""Requests to leave somebody out, as pages and API share them, and what waits for manager and supervisor."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from selection.forms.conflict import FORMS
from selection.models import RecusalRequest
from selection.queries.conflict import conflicted_duties
from selection.queries.conflict_list import rounds_to_look_at
from selection.queries.conflict_requests import (
    requests_to_confirm,
    requests_to_propose_on,
    requests_visible_to,
    sees_pool,
)
from workflow import clock, todo
from workflow.actor import Actor
from workflow.collections import Collection, register


def _time(moment: datetime | None) -> str | None:
    return moment.astimezone(clock.ZONE).isoformat() if moment else None


def represent(request: RecusalRequest, actor: Actor) -> dict[str, Any]:
    """A request as JSON has it. Whom of the pool it means, and the opinion on it, only the office reads."""
    found: dict[str, Any] = {
        "id": request.pk,
        "nomination": request.nomination_id,
        "code": request.nomination.code,
        "name": request.name,
        "unit_name": request.unit_name,
        "reason": request.reason,
        "state": request.state,
        "state_label": str(request.get_state_display()),
        "asked_at": _time(request.asked_at),
        "decided_at": _time(request.decided_at),
    }
    if sees_pool(actor):
        found |= {
            "expert": request.expert.code if request.expert else None,
            "verdict": request.verdict,
            "opinion": request.opinion,
            "proposed_at": _time(request.proposed_at),
            "remark": request.remark,
        }
    return found


register(
    Collection(
        name="recusal-requests",
        model=RecusalRequest,
        visible_to=requests_visible_to,
        represent=represent,
        url=lambda request: reverse("recusal_request_detail", args=[request.pk]),
        forms=FORMS,
        filters=("nomination", "state", "nomination__round__code"),
    )
)


@todo.register
def requests_waiting(actor: Any) -> Iterator[todo.Todo]:
    """Requests to give an opinion on (manager) and to confirm (supervisor)."""
    wanted = []
    if actor.holds(Role.MANAGER):
        wanted.append((_("处理回避申请"), "requested", requests_to_propose_on()))
    if actor.holds(Role.SUPERVISOR):
        wanted.append((_("复核回避申请"), "proposed", requests_to_confirm(actor)))
    for title, state, rows in wanted:
        if count := rows.count():
            url = f"{reverse('recusal_request_list')}?state={state}"
            yield todo.Todo(
                title, url, note=gettext("%(n)s份") % {"n": count}, icon="user-question", count=count
            )


@todo.register
def conflicts_found_late(actor: Any) -> Iterator[todo.Todo]:
    """Rounds under review in which a duty stands although a conflict has become known."""
    if not actor.holds(Role.MANAGER):
        return
    for round_ in rounds_to_look_at():
        if count := len(conflicted_duties(round_)):
            url = f"{reverse('conflict_list', args=[round_.code])}?show=duties"
            note = gettext("%(round)s：%(n)s份评审任务") % {"round": round_.shown_title, "n": count}
            yield todo.Todo(_("评审中发现回避情形"), url, note=note, icon="user-off", count=count)

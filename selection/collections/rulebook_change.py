"""Changes of announced rules, as pages and API share them, and what waits for who approves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from selection.forms.rulebook_change import FORMS
from selection.models import RulebookChange
from selection.queries.rulebook_change import changes_visible_to, differences, waiting_for
from workflow import todo
from workflow.actor import Actor
from workflow.clock import ZONE
from workflow.collections import Collection, register


def represent(change: RulebookChange, _actor: Actor) -> dict[str, Any]:
    """A change as JSON has it, with every parameter before and after."""
    return {
        "id": change.pk,
        "round": change.round.code,
        "state": change.state,
        "state_label": str(change.get_state_display()),
        "base": change.base,
        "version": change.version,
        "reason": change.reason,
        "remark": change.remark,
        "proposed_at": _time(change.proposed_at),
        "seconded_at": _time(change.seconded_at),
        "decided_at": _time(change.decided_at),
        "changes": [
            {"parameter": row.name, "label": str(row.label), "old": row.old, "new": row.new}
            for row in differences(change.before, change.after)
        ],
    }


def _time(moment: Any) -> str | None:
    return moment.astimezone(ZONE).isoformat() if moment else None


register(
    Collection(
        name="rulebook-changes",
        model=RulebookChange,
        visible_to=changes_visible_to,
        represent=represent,
        url=lambda change: reverse("rulebook_change_detail", args=[change.pk]),
        forms=FORMS,
        filters=("round__code", "state"),
    )
)


@todo.register
def waiting(actor: Any) -> Iterator[todo.Todo]:
    """Changes to second or to approve."""
    if not actor.roles & {Role.MANAGER, Role.LEADER}:
        return
    for change in waiting_for(actor):
        label = _("复核规则修改") if change.state == RulebookChange.State.PROPOSED else _("批准规则修改")
        url = reverse("rulebook_change_detail", args=[change.pk])
        yield todo.Todo(label, url, note=change.round.shown_title, icon="adjustments")

"""Reported changes, as pages and API share them, and what of them waits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import ngettext

from accounts.roles import Role
from studios.collections.studio import iso
from studios.forms.change import FORMS
from studios.models import ReportedChange
from studios.queries import change as queries
from workflow import collections, todo
from workflow.actor import Actor
from workflow.todo import Todo


def represent(change: ReportedChange, _actor: Actor) -> dict[str, Any]:
    """A change, JSON-ready."""
    return {
        "id": change.pk,
        "studio": change.studio_id,
        "kind": change.kind,
        "happened_on": iso(change.happened_on),
        "due_on": iso(change.due_on),
        "late_days": change.late_days,
        "told": change.told,
        "new_host": change.new_host.name if change.new_host else None,
        "leave_until": iso(change.leave_until),
        "state": change.state,
        "filed_by": change.filed_by.name if change.filed_by else None,
        "filed_at": iso(change.filed_at),
        "suspended_at_once": change.suspended_at_once,
        "effect": change.effect,
        "remarks": change.remarks,
        "settled_at": iso(change.settled_at),
    }


def url(change: ReportedChange) -> str:
    """The page of the change."""
    return reverse("change_detail", args=[change.studio_id, change.pk])


collections.register(
    collections.Collection(
        name="changes",
        model=ReportedChange,
        visible_to=queries.changes_visible_to,
        represent=represent,
        url=url,
        forms=FORMS,
        filters=("state", "studio", "kind"),
    )
)


@todo.register
def waiting(actor: Any) -> Iterator[Todo]:
    """For the manager the changes that nobody has settled."""
    if actor.holds(Role.MANAGER) and (count := queries.to_settle().count()):
        title = ngettext("%(n)s件变更报告待处理", "%(n)s件变更报告待处理", count) % {"n": count}
        yield Todo(title, f"{reverse('change_list')}?state=filed", icon="refresh-alert", count=count)

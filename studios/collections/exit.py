"""Exits, as pages and API share them, and what of them waits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from studios.collections.studio import iso
from studios.forms.exit import FORMS
from studios.models import Exit
from studios.queries import exit as queries
from workflow import collections, todo
from workflow.actor import Actor
from workflow.todo import Todo


def represent(found: Exit, _actor: Actor) -> dict[str, Any]:
    """The procedure, and what was said in it."""
    return {
        "id": found.pk,
        "studio": found.studio_id,
        "kind": "termination" if found.blames else "withdrawal",
        "ground": found.ground,
        "facts": found.facts,
        "state": found.state,
        "started_at": iso(found.started_at),
        "statement_due": iso(found.statement_due),
        "statement": found.statement,
        "heard_on": iso(found.heard_on),
        "minute_number": found.minute_number,
        "document_number": found.document_number,
        "recovered": None if found.recovered is None else str(found.recovered),
        "reason": found.reason,
        "decided_at": iso(found.decided_at),
    }


def url(found: Exit) -> str:
    """The page of the exit."""
    return reverse("exit_detail", args=[found.studio_id, found.pk])


collections.register(
    collections.Collection(
        name="exits",
        model=Exit,
        visible_to=queries.exits_visible_to,
        represent=represent,
        url=url,
        forms=FORMS,
        filters=("state", "studio", "ground"),
    )
)


@todo.register
def waiting(actor: Any) -> Iterator[Todo]:
    """To record (manager), to decide (leader), to state (the studio's lead)."""
    for role, find, title in (
        (Role.MANAGER, queries.to_hear, _("记录工作室陈述申辩")),
        (Role.LEADER, queries.to_decide, _("决定工作室退出或者终止")),
    ):
        if actor.holds(role):
            for found in find(queries.exits_visible_to(actor)):
                yield Todo(title, url(found), note=str(found), icon="square-x")
    if actor.holds(Role.STUDIO_LEAD):
        own = queries.exits_visible_to(actor).filter(state=Exit.State.NOTICED, studio__lead=actor.id)
        for found in own.exclude(statement_due=None):
            note = gettext("拟终止%(studio)s") % {"studio": found.studio.name}
            due = todo.end_of(found.statement_due)
            yield Todo(_("可以陈述申辩"), url(found), due=due, note=note, icon="message")

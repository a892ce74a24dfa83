"""What waits for those who record the terms of boards."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from accounts.roles import Role
from selection.queries.board import RECORDS, ending_terms
from workflow import clock, todo
from workflow.rules.calendar import start_of


@todo.register
def ending_boards(actor: Any) -> Iterator[todo.Todo]:
    """Terms that end within sixty days or have ended: to renew, for the federation itself and for who records them."""
    recorder = any(actor.holds(role) for role in RECORDS)
    if not recorder and not actor.holds(Role.BUREAU_OFFICER):
        return
    for term in ending_terms():
        if recorder or term.organisation_id == actor.organisation_id:
            over = term.until < clock.today()
            words = gettext("%(name)s理事会任期已届满") if over else gettext("%(name)s理事会任期将届满")
            yield todo.Todo(
                words % {"name": term.organisation.name},
                reverse("board_list"),
                due=start_of(term.until),
                note=gettext("登记新一届任期后方可推荐"),
                icon="users-group",
            )

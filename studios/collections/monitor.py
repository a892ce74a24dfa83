"""The card of the home page that says which studios to look at first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from studios.queries import monitor as queries
from studios.queries.studio import LIGHTS, lights_today
from workflow import panels
from workflow.panels import Panel

SHOWN = 4
WATCHES = frozenset({Role.MANAGER, Role.LEADER, Role.SUPERVISOR, Role.BUREAU_OFFICER})


@panels.register
def studios_to_look_at(actor: Any) -> Iterator[Panel]:
    """The lights, and the longest overdue, for those who watch over studios; nothing while there are none."""
    if not actor.roles & WATCHES:
        return
    found = queries.attention(actor, lights_today(), SHOWN)
    if not found.studios:
        return
    yield Panel(
        _("需要关注的工作室"),
        "studios/home_lights.html",
        {
            "lights": [
                (code, LIGHTS[code], found.lights[code]) for code in ("on_time", "yellow", "orange", "red")
            ],
            "rows": [(studio, LIGHTS[light], light, overdue) for studio, light, overdue in found.first],
        },
        url=reverse("monitor"),
        link=_("全部工作室"),
        wide=False,
    )

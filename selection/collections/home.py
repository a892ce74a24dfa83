"""The card of the home page that says where the present rounds stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.roles import PROVINCIAL
from selection.models import Round
from selection.queries import round as queries
from workflow import panels
from workflow.panels import Panel

SHOWN = 2  # rounds under way at one time are rarely more


@panels.register
def present_rounds(actor: Any) -> Iterator[Panel]:
    """Each round under way with its steps; figures only for those who follow the whole round."""
    oversees = bool(actor.roles & PROVINCIAL)
    for round_ in queries.present_rounds(actor)[:SHOWN]:
        found = queries.figures(round_) if oversees else Counter[str]()
        yield Panel(
            round_.shown_title,
            "selection/home_round.html",
            {
                "stages": queries.stages(round_, found),
                "closes_at": round_.closes_at if round_.state == Round.State.OPEN else None,
                "days_left": queries.working_days_left(round_.closes_at),
            },
            url=reverse("round_detail", args=[round_.code]) if oversees else "",
            link=_("查看本轮"),
        )

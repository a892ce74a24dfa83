"""Rounds, as pages and API share them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from selection.forms import determination, notice, panel, scoring
from selection.forms.round import FORMS
from selection.models import Round
from selection.queries.round import rounds_visible_to
from workflow import todo
from workflow.actor import Actor
from workflow.clock import ZONE
from workflow.collections import Collection, register


def represent(round_: Round, actor: Actor) -> dict[str, Any]:
    """A round as JSON has it, with the rules in force."""
    version = round_.rulebook_version
    return {
        "id": round_.pk,
        "code": round_.code,
        "title": round_.title,
        "title_en": round_.title_en,
        "organiser": round_.organiser,
        "document_prefix": round_.document_prefix,
        "state": round_.state,
        "state_label": str(round_.get_state_display()),
        "historical": round_.historical,
        "stage": round_.stage,
        "call": round_.call,
        "announced_at": _time(round_.announced_at),
        "closes_at": _time(round_.closes_at),
        "published_on": round_.published_on.isoformat() if round_.published_on else None,
        "rulebook": {
            "version": version.version,
            "digest": version.digest,
            "frozen_at": _time(version.frozen_at),
            "content": version.content,
        }
        if version
        else None,
    }


def _time(moment: Any) -> str | None:
    return moment.astimezone(ZONE).isoformat() if moment else None


register(
    Collection(
        name="rounds",
        model=Round,
        visible_to=rounds_visible_to,
        represent=represent,
        url=lambda round_: reverse("round_detail", args=[round_.code]),
        forms={
            **FORMS,
            **getattr(panel, "ROUND_FORMS", {}),
            **getattr(scoring, "ROUND_FORMS", {}),
            **getattr(notice, "ROUND_FORMS", {}),
            **getattr(determination, "ROUND_FORMS", {}),
        },
        filters=("state", "code", "historical"),
    )
)


@todo.register
def waiting(actor: Any) -> Iterator[todo.Todo]:
    """The manager's rounds in draft."""
    if not actor.holds(Role.MANAGER):
        return
    for round_ in Round.objects.filter(state=Round.State.DRAFT):
        url = reverse("round_rulebook", args=[round_.code])
        yield todo.Todo(_("完善规则书并启动申报"), url, note=round_.shown_title, icon="adjustments")

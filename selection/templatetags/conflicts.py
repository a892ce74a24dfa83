"""What the nominee's side asked for, on the dossier's page."""

from __future__ import annotations

from typing import Any

from django import template

from selection.models import Nomination
from selection.queries.conflict_requests import requests_visible_to

register = template.Library()


@register.inclusion_tag("selection/conflict_requests.html", takes_context=True)
def recusal_requests_of(context: Any, nomination: Nomination) -> dict[str, Any]:
    """The requests to leave somebody out, for those who may read them."""
    user = context["user"]
    return {"requests": list(requests_visible_to(user).filter(nomination=nomination))}

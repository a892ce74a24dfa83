"""The files of a dossier beside it, as far as the reader may know of them: for any page that shows a dossier."""

from __future__ import annotations

from typing import Any

from django import template

from selection.models import Nomination
from selection.queries import attachment as queries

register = template.Library()


@register.inclusion_tag("selection/attachment_list.html", takes_context=True)
def attachments_of(context: Any, nomination: Nomination) -> dict[str, Any]:
    """A card with the list; nothing at all where there is nothing to show."""
    user = context["user"]
    files = [*queries.attachments_of(nomination, user), *queries.put_away(nomination, user)]
    return {
        "nomination": nomination,
        "files": queries.rows_of(files, user),
        "may_add": bool(queries.kinds_open_to(nomination, user)),
    }

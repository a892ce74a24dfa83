"""The integrity register, as pages and API share it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from selection.collections.notice import iso
from selection.forms.integrity import BAR_FORMS
from selection.models import Bar
from selection.queries import integrity as queries
from workflow.actor import Actor
from workflow.collections import Collection, register


def represent(bar: Bar, _actor: Actor) -> dict[str, Any]:
    """A bar; of the person no more than the name as printed."""
    return {
        "id": bar.pk,
        "subject": bar.subject_name,
        "organisation": bar.organisation_id,
        "capacity": bar.capacity,
        "ground": bar.ground,
        "source": bar.source,
        "document_number": bar.document_number,
        "facts": bar.facts,
        "from": bar.from_on.isoformat(),
        "until": bar.until_on.isoformat(),
        "state": bar.state,
        "standing": bar.standing,
        "recorded_at": iso(bar.recorded_at),
        "lifted_at": iso(bar.lifted_at),
        "reason": bar.reason,
    }


def page_of(bar: Bar) -> str:
    """The office's page of a bar."""
    return reverse("bar_detail", args=[bar.pk])


register(
    Collection(
        name="bars",
        model=Bar,
        visible_to=queries.bars_visible_to,
        represent=represent,
        url=page_of,
        forms=BAR_FORMS,
        filters=("state", "capacity", "ground", "organisation"),
    )
)

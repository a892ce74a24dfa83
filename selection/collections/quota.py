"""Places, for programs: the accounts that the page of the places shows."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from selection.models import Quota
from selection.queries.quota import board_of, quotas_visible_to
from workflow.actor import Actor
from workflow.collections import Collection, register


def represent(quota: Any, actor: Actor) -> dict[str, Any]:
    """One account, with the end of the board's term where the nominator has a board."""
    nominator, term = quota.nominator, board_of(quota.nominator)
    return {
        "id": quota.pk,
        "round": quota.round.code,
        "nominator": {
            "id": nominator.pk,
            "code": nominator.code,
            "name": nominator.name,
            "kind": nominator.kind,
        },
        "category": quota.category,
        "category_name": quota.category_name,
        "granted": quota.places,
        "used": quota.used,
        "returned": quota.returned,
        "left": quota.left,
        "board_until": term.until.isoformat() if term else None,
    }


register(
    Collection(
        name="quotas",
        model=Quota,
        visible_to=quotas_visible_to,
        represent=represent,
        url=lambda quota: f"{reverse('quota_list')}?round={quota.round.code}",
        filters=("round__code", "nominator", "category"),
    )
)

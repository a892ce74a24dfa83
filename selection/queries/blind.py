"""Rounds in which experts do not learn whom they judge."""

from __future__ import annotations

from typing import Any

from selection.models import Round


def blind_rounds_of(user: Any) -> list[int]:
    """Of the rounds in which this expert has duties: those that are blind."""
    rounds = Round.objects.filter(pk__in=Round.objects.filter(assignments__expert__user=user.pk).values("pk"))
    return [round_.pk for round_ in rounds.prefetch_related("rulebook_versions") if round_.rulebook.blind]

"""Rounds in which experts do not learn whom they judge."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Subquery

from selection.models import RulebookVersion


def in_blind_round(path: str) -> Exists:
    """Whether the newest rules of the round at `path` are blind."""
    versions = RulebookVersion.objects.filter(round=OuterRef("round")).order_by("-version")
    return Exists(
        RulebookVersion.objects.filter(
            round=OuterRef(path), content__blind=True, version=Subquery(versions.values("version")[:1])
        )
    )

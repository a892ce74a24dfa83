"""The rules for studios: their versions, what is proposed, and which hold for which studio."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from accounts.queries.people import people_with
from accounts.roles import PROVINCIAL, Role
from studios.models import Agreement, ProgrammeProposal, ProgrammeVersion
from studios.models.programme import in_force, rules_of
from studios.rules.programme import Programme


def rules_by_studio(studios: Iterable[int]) -> dict[int, Programme]:
    """The rules of each studio: those of its agreement, else those in force today; two statements for any number."""
    ids = list(studios)
    signed = Agreement.objects.filter(studio__in=ids, programme__isnull=False).select_related("programme")
    found = {row.studio_id: rules_of(row.programme) for row in signed}
    if len(found) == len(ids):
        return found
    present = rules_of(in_force())
    return {pk: found.get(pk, present) for pk in ids}


def versions_visible_to(user: Any) -> QuerySet[ProgrammeVersion]:
    """Every version, for whoever has to do with studios: the rules are no secret to those they bind."""
    rows = ProgrammeVersion.objects.select_related("adopted_by", "proposal__proposed_by")
    return rows if any(user.holds(role) for role in READERS) else rows.none()


READERS = frozenset({Role.STUDIO_LEAD, Role.STUDIO_MEMBER, Role.UNIT_CLERK, Role.BUREAU_OFFICER}) | PROVINCIAL


def proposals_visible_to(user: Any) -> QuerySet[ProgrammeProposal]:
    """What is proposed, for the province."""
    rows = ProgrammeProposal.objects.select_related("proposed_by", "decided_by", "version")
    return rows if any(user.holds(role) for role in PROVINCIAL) else rows.none()


def to_adopt(user: Any) -> QuerySet[ProgrammeProposal]:
    """What waits for this leader."""
    rows = proposals_visible_to(user).filter(state=ProgrammeProposal.State.PROPOSED)
    return rows.exclude(proposed_by=user.pk) if user.holds(Role.LEADER) else rows.none()


def leaders() -> Any:
    """The leaders of the province's office."""
    return people_with(Role.LEADER)

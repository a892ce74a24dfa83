"""Boards of federations: who reads and who records them, which terms end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from accounts.models import BoardTerm, Organisation, User
from accounts.models.board import WARNED_BEFORE
from accounts.queries.people import people_with
from accounts.roles import Role
from workflow import clock

RECORDS = frozenset({Role.MANAGER, Role.SYSTEM_ADMIN})
READS = RECORDS | {Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, Role.SUPERVISOR}


def may_record(user: Any) -> bool:
    """Whether this person records terms."""
    return any(user.holds(role) for role in RECORDS)


def federations_visible_to(user: Any) -> QuerySet[Organisation]:
    """The federations with their terms: for who records or oversees them, and for a federation's own officer."""
    terms = BoardTerm.objects.order_by("-until").prefetch_related("officers")
    rows = Organisation.objects.filter(kind=Organisation.Kind.FEDERATION).prefetch_related(
        Prefetch("board_terms", queryset=terms)
    )
    if any(user.holds(role) for role in READS):
        return rows
    if user.holds(Role.BUREAU_OFFICER) and user.organisation_id is not None:
        return rows.filter(pk=user.organisation_id)
    return rows.none()


def terms_visible_to(user: Any) -> QuerySet[BoardTerm]:
    """The terms of those federations."""
    return BoardTerm.objects.filter(
        organisation__in=federations_visible_to(user).values("pk")
    ).select_related("organisation")


def ending_terms() -> Iterator[BoardTerm]:
    """The last term of each federation where it ends within sixty days or has ended: nothing follows it."""
    today = clock.today()
    near = BoardTerm.objects.filter(until__lte=today + WARNED_BEFORE, since__lte=today)
    for term in near.select_related("organisation").order_by("pk"):
        later = BoardTerm.objects.filter(organisation=term.organisation_id, until__gt=term.until)
        if not later.exists():
            yield term


def people_of(organisation: Organisation) -> QuerySet[User]:
    """Who is told of a term's end: the federation's officers, and those who record terms."""
    ours = people_with(Role.BUREAU_OFFICER, organisation=organisation)
    theirs = [people_with(role).values("pk") for role in sorted(RECORDS)]
    wanted = Q(pk__in=ours.values("pk"))
    for found in theirs:
        wanted |= Q(pk__in=found)
    return User.objects.filter(wanted)

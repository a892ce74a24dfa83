"""Requests to leave somebody out: who sees which, whom they may mean, what waits for whom."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet, Value
from django.db.models.functions import Replace

from accounts.roles import Role
from selection.models import Expert, RecusalRequest
from selection.queries.nomination import nominations_visible_to

OFFICE = frozenset({Role.MANAGER, Role.LEADER, Role.SUPERVISOR, Role.AUDIT_ADMIN})
ASKERS = frozenset({Role.UNIT_CLERK, Role.BUREAU_OFFICER})


def requests_visible_to(user: Any) -> QuerySet[RecusalRequest]:
    """The office sees all, a unit and a nominator those about their own nominees; experts and reviewers none."""
    rows = RecusalRequest.objects.select_related(
        "nomination__round", "nomination__nominee", "nomination__unit", "nomination__nominator", "asked_by",
        "proposed_by", "confirmed_by", "expert__unit",
    ).prefetch_related("nomination__round__rulebook_versions")  # fmt: skip
    if user.roles & OFFICE:
        return rows
    if user.roles & ASKERS:
        return rows.filter(nomination__in=nominations_visible_to(user).order_by().values("pk"))
    return rows.none()


def sees_pool(user: Any) -> bool:
    """Who of the pool was meant is for the office: the nominee's side does not learn who is an expert."""
    return bool(user.roles & OFFICE)


def people_meant(request: RecusalRequest) -> QuerySet[Expert]:
    """The experts whom a request may mean: by identity number or any other key of the person, else by name."""
    rows = Expert.objects.select_related("unit").order_by("code")
    if request.person_hash:
        by_key = rows.filter(id_hash=request.person_hash) | rows.filter(aliases__id_hash=request.person_hash)
        if by_key.exists():
            return by_key.distinct()
    plain: Any = Replace(Replace("name", Value(" "), Value("")), Value("　"), Value(""))
    return rows.annotate(plain=plain).filter(plain=request.name_key)


def requests_to_propose_on() -> QuerySet[RecusalRequest]:
    """Those that wait for the manager."""
    return RecusalRequest.pending().filter(state=RecusalRequest.State.REQUESTED)


def requests_to_confirm(user: Any) -> QuerySet[RecusalRequest]:
    """Those that wait for a supervisor other than who proposed."""
    return RecusalRequest.pending().filter(state=RecusalRequest.State.PROPOSED).exclude(proposed_by=user.pk)

"""Accounts as their administrators see them."""

from __future__ import annotations

from django.db.models import Prefetch, Q, QuerySet

from accounts import policies
from accounts.models import RoleGrant, User
from workflow import clock
from workflow.actor import Actor


def accounts_visible_to(actor: Actor) -> QuerySet[User]:
    """All accounts for those who administer or audit them; none for others."""
    if not policies.holds_any(actor, policies.READS_ACCOUNTS):
        return User.objects.none()
    return User.objects.select_related("organisation")


def with_grants_in_force(accounts: QuerySet[User]) -> QuerySet[User]:
    """The same accounts, each with today's grants as `grants_now`."""
    today = clock.today()
    in_force = RoleGrant.objects.filter(Q(until=None) | Q(until__gt=today), since__lte=today).order_by("role")
    return accounts.prefetch_related(Prefetch("grants", in_force, to_attr="grants_now"))


def narrowed(accounts: QuerySet[User], *, q: str = "", role: str = "") -> QuerySet[User]:
    """Those whose name, account or organisation holds `q` and who hold the role today."""
    if q:
        accounts = accounts.filter(
            Q(name__icontains=q) | Q(username__icontains=q) | Q(organisation__name__icontains=q)
        )
    if role:
        today = clock.today()
        grants = RoleGrant.objects.filter(Q(until=None) | Q(until__gt=today), role=role, since__lte=today)
        accounts = accounts.filter(pk__in=grants.values("user_id"))
    return accounts

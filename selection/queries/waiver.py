"""Waivers: who sees which, and what waits for whom."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from accounts.roles import Role
from selection.models import Nomination, Round, Waiver
from selection.queries.nomination import nominations_visible_to
from selection.rules.eligibility_rules import Rule, earliest_birth

READERS = frozenset({Role.REVIEWER, Role.MANAGER, Role.LEADER, Role.SUPERVISOR, Role.AUDIT_ADMIN})


def waivers_visible_to(user: Any) -> QuerySet[Waiver]:
    """Those of the dossiers that this person may see."""
    rows = Waiver.objects.select_related(
        "nomination__round",
        "nomination__nominee",
        "nomination__unit",
        "nomination__nominator",
        "asked_by",
        "decided_by",
    ).prefetch_related("nomination__round__rulebook_versions")
    return rows.filter(nomination__in=nominations_visible_to(user).order_by().values("pk"))


def waivers_to_decide() -> QuerySet[Waiver]:
    """Requests nobody has decided, the oldest first."""
    return Waiver.objects.filter(state=Waiver.State.ASKED, nomination__state__in=Nomination.WAIVABLE)


def nominees_to_ask_for(user: Any) -> QuerySet[Nomination]:
    """An officer's nominees above the age that is generally the limit, for whom no waiver stands."""
    rows = Nomination.objects.filter(nominator=user.organisation_id, state__in=Nomination.WAIVABLE)
    standing = Waiver.objects.exclude(state=Waiver.State.REFUSED).values("nomination")
    return rows.filter(_too_old()).exclude(pk__in=standing).select_related("nominee", "round").order_by("pk")


def _too_old() -> Q:
    """Above the age of each round that still asks; the rules stand in its rulebook, not in the database."""
    found = Q(pk__in=())
    for round_ in Round.objects.filter(state__in=("open", "screening")):
        for rule in round_.rulebook.eligibility:
            if _is_age(rule):
                found |= Q(round=round_, born_on__lt=earliest_birth(rule, round_.rulebook.reference_date))
    return found


def _is_age(rule: Rule) -> bool:
    return rule.kind == "age_at_most" and rule.force == "soft" and rule.fact == "born_on"

"""The pool, the draw's inputs, and who scores whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from accounts.roles import Role
from selection.models import Assignment, Expert, Nomination, Panel, Panelist, Recusal, Round
from selection.queries.round import working_days_left
from selection.rules.draw import Pair
from workflow import clock
from workflow.rules.calendar import ONE_DAY, start_of

READERS = frozenset({Role.MANAGER, Role.LEADER, Role.SUPERVISOR, Role.AUDIT_ADMIN})
ACTIVE = ("drawn", "accepted")


def panels_visible_to(user: Any) -> QuerySet[Panel]:
    """Every draw, for the office."""
    rows = Panel.objects.select_related("round", "operator", "witness").prefetch_related(
        "round__rulebook_versions"
    )
    return rows if user.roles & READERS else rows.none()


def rounds_without_panel() -> QuerySet[Round]:
    """Rounds under screening whose draw nobody has prepared."""
    return Round.objects.filter(state="screening", panels=None)


def experts_visible_to(user: Any) -> QuerySet[Expert]:
    """The pool for the office; an expert sees the own row."""
    rows = Expert.objects.select_related("unit", "user")
    if user.roles & READERS:
        return rows
    return rows.filter(user=user.pk) if user.holds(Role.EXPERT) else rows.none()


def searched(rows: QuerySet[Expert], words: str, category: str) -> QuerySet[Expert]:
    """Experts by name, code, unit or region, and by category."""
    if words:
        rows = rows.filter(
            Q(name__icontains=words)
            | Q(code__icontains=words)
            | Q(unit__name__icontains=words)
            | Q(region__icontains=words)
        )
    return rows.filter(category=category) if category else rows


def assignments_visible_to(user: Any) -> QuerySet[Assignment]:
    """The office sees who scores whom; an expert the own duties, once the review has begun."""
    rows = Assignment.objects.select_related(
        "round", "expert__user", "nomination__nominee", "nomination__unit", "sheet"
    ).prefetch_related("round__rulebook_versions", "nomination__posts")
    if user.roles & READERS:
        return rows
    if user.holds(Role.EXPERT):
        return rows.filter(expert__user=user.pk).exclude(round__state="screening")
    return rows.none()


def duties_of(user: Any) -> QuerySet[Assignment]:
    """What an expert has to score in rounds under review, in the order of the dossiers' numbers."""
    rows = Assignment.objects.filter(expert__user=user.pk, round__state="review").exclude(
        nomination__state="withdrawn"
    )
    rows = rows.select_related("round", "nomination__nominee", "nomination__unit", "sheet")
    return rows.order_by("round", "nomination__code")


def progress_of(user: Any) -> dict[str, int]:
    """How many of the own duties stand, are submitted, and still wait for the declaration."""
    return duties_of(user).aggregate(
        all=Count("pk", filter=Q(state__in=ACTIVE)),
        submitted=Count("pk", filter=Q(state="accepted", sheet__state="submitted")),
        undeclared=Count("pk", filter=Q(state="drawn")),
    )


# The inputs of a draw ------------------------------------------------------------------------------------------------


def nominees_to_draw(round_: Round) -> list[Nomination]:
    """The qualified, by code."""
    return list(round_.nominations.filter(state="qualified").order_by("code"))


def pool_by_category() -> dict[str, list[Expert]]:
    """The available experts of each category, by code."""
    found: dict[str, list[Expert]] = defaultdict(list)
    for expert in Expert.objects.filter(available=True, user__is_active=True).order_by("code"):
        found[expert.category].append(expert)
    return found


def derived_recusals(
    nominations: Iterable[Nomination], experts: Iterable[Expert]
) -> list[tuple[Nomination, Expert, str]]:
    """Who may not score whom by what the records say: the nominee's own unit, or a bureau that put them forward."""
    experts = list(experts)
    found = []
    for nomination in nominations:
        bureaus = {nomination.county_id, nomination.nominator_id} - {None}
        for expert in experts:
            if expert.unit_id == nomination.unit_id:
                found.append((nomination, expert, "unit"))
            elif expert.unit_id in bureaus:
                found.append((nomination, expert, "nominator"))
    return found


def draw_inputs(
    panel: Panel,
    nominees: Iterable[Nomination],
    pool: Mapping[str, Iterable[Expert]],
    recusals: Iterable[Pair],
    *,
    source: str,
    value_at: datetime,
) -> dict[str, Any]:
    """Everything the draw follows from but the public value, in the spelling that is hashed and kept."""
    rules = panel.round.rulebook
    version = panel.round.rulebook_version
    return {
        "protocol": "talent-draw/v1",
        "rules": {"version": panel.rules_version, "digest": version.digest if version else ""},
        "nominees": [nomination.code for nomination in nominees],
        "pool": {category: [expert.code for expert in experts] for category, experts in sorted(pool.items())},
        "sizes": dict(sorted(rules.strata.items())),
        "per_nominee": rules.per_nominee,
        "shortlist": rules.shortlist,
        "recusals": sorted([nominee, expert] for nominee, expert in recusals),
        "public_value": {"source": source, "at": value_at.astimezone(clock.ZONE).isoformat()},
    }


# Redraws -------------------------------------------------------------------------------------------------------------


def sheets_now(round_: Round) -> dict[str, list[str]]:
    """Nominee to experts, as the assignments stand; a nominee with none left is among them."""
    found: dict[str, list[str]] = {code: [] for code in _in_review(round_).values_list("code", flat=True)}
    rows = round_.assignments.filter(state__in=ACTIVE, nomination__in=_in_review(round_))
    for nominee, expert in rows.values_list("nomination__code", "expert__code").order_by("pk"):
        found[nominee].append(expert)
    return found


def _in_review(round_: Round) -> QuerySet[Nomination]:
    return round_.nominations.filter(state="in_review").order_by("code")


def recused_pairs(round_: Round) -> set[Pair]:
    """Every recusal of the round, derived or declared, and every pair that was given up."""
    recusals = Recusal.objects.filter(nomination__round=round_)
    given_up = round_.assignments.filter(state="recused")
    return set(recusals.values_list("nomination__code", "expert__code")) | set(
        given_up.values_list("nomination__code", "expert__code")
    )


def seated(panel: Panel) -> list[str]:
    """The codes of the experts on the panel."""
    rows = panel.panelists.filter(number__isnull=False).order_by("expert__code")
    return list(rows.values_list("expert__code", flat=True))


def next_reserve(panel: Panel, stratum: str) -> Panelist | None:
    """The next expert in drawn order, of this category if one is left, else of any."""
    reserves = panel.panelists.filter(number=None, expert__available=True).order_by("position", "stratum")
    return reserves.filter(stratum=stratum).first() or reserves.first()


def loads(panel: Panel) -> QuerySet[Panelist]:
    """The panel by anonymous number, each with the duties that stand and those given up."""
    mine = Q(expert__assignments__round=panel.round_id)
    return (
        panel.panelists.filter(number__isnull=False)
        .select_related("expert__unit")
        .annotate(
            duties=Count("expert__assignments", filter=mine & Q(expert__assignments__state__in=ACTIVE)),
            recused=Count("expert__assignments", filter=mine & Q(expert__assignments__state="recused")),
        )
        .order_by("number")
    )


def scoring_due_of(user: Any) -> datetime | None:
    """The end of the last day for the own sheets that are missing: the nearest, if rounds overlap."""
    days = (
        duties_of(user)
        .filter(state__in=ACTIVE)
        .exclude(sheet__state="submitted")
        .values("round__panels__scoring_due")
    )
    first = min(
        (row["round__panels__scoring_due"] for row in days if row["round__panels__scoring_due"]), default=None
    )
    return start_of(first + ONE_DAY) if first else None


def days_until(due: datetime | None) -> int | None:
    """Working days left until a day's end, today not counted."""
    return working_days_left(due - ONE_DAY) if due else None

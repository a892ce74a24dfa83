"""Places: granted, used, returned, left, counted from the nominations themselves; and the nominees behind them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet, Sum

from accounts.models import Organisation
from accounts.roles import PROVINCIAL, Role
from selection.models import Nomination, Quota, Round
from selection.queries.nomination import nominees_of
from selection.queries.round import quotas_with_use
from selection.rules.quota import Account, nominees_per_place
from workflow.machine import subject_of
from workflow.models import Entry


def quotas_visible_to(user: Any) -> QuerySet[Quota]:
    """An office sees its own places, the province those of all; nobody else sees any."""
    rows = Quota.objects.all()
    if user.roles & PROVINCIAL:
        return _with_use(rows)
    if user.holds(Role.BUREAU_OFFICER) and user.organisation_id is not None:
        return _with_use(rows.filter(nominator=user.organisation_id))
    return _with_use(rows.none())


def _with_use(rows: QuerySet[Quota]) -> QuerySet[Quota]:
    return quotas_with_use(rows).prefetch_related("nominator__board_terms", "round__rulebook_versions")


def reads_quotas(user: Any) -> bool:
    """Whether the page of the places is this person's at all."""
    return bool(user.roles & PROVINCIAL) or user.holds(Role.BUREAU_OFFICER)


@dataclass(frozen=True)
class Filter:
    """What the list of quotas is narrowed to."""

    round: str = ""
    full: str = ""  # "left": places are left; "used": none is
    category: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Filter:
        """From a query string; what makes no sense is left out."""
        full = query.get("full", "")
        plain = {name: query.get(name, "").replace("\0", "")[:30] for name in ("round", "category")}
        return cls(full=full if full in ("left", "used") else "", **plain)


def listed(user: Any, wanted: Filter) -> QuerySet[Quota]:
    """The quotas asked for: the newest round first, within it by the nominators' codes."""
    rows = quotas_visible_to(user).order_by("-round_id", "nominator__kind", "nominator__code", "category")
    if wanted.round:
        rows = rows.filter(round__code=wanted.round)
    if wanted.category:
        rows = rows.filter(category=wanted.category)
    if wanted.full:
        some: Any = {"left__gt": 0} if wanted.full == "left" else {"left__lte": 0}  # an annotation
        rows = rows.filter(**some)
    return rows


def rounds_of(user: Any) -> QuerySet[Round]:
    """The rounds in which this person sees a quota."""
    seen = Quota.objects.all()
    if not user.roles & PROVINCIAL:
        seen = seen.filter(nominator=user.organisation_id or 0)
    return Round.objects.filter(pk__in=seen.order_by().values("round")).order_by("-pk")


def totals(rows: QuerySet[Quota]) -> Account:
    """The sum of several accounts, equal to the sum of their lines."""
    # not under the names of the annotations: Django would sum a name by itself
    found = rows.order_by().aggregate(
        all_granted=Sum("places"), all_used=Sum("used"), all_returned=Sum("returned")
    )
    return Account(**{name.removeprefix("all_"): number or 0 for name, number in found.items()})


def nominees_a_place(rows: QuerySet[Quota], round_: Round) -> str:
    """How many may be nominated for each place of the ceiling, with two decimals."""
    granted = {str(pk): places for pk, places in rows.order_by().values_list("pk", "places")}
    return f"{float(nominees_per_place(granted, round_.rulebook.ceiling)):.2f}"


def quotas_under_way(user: Any) -> QuerySet[Quota]:
    """The places of the officer's own office in rounds that have begun and are not published yet."""
    over = (Round.State.PUBLISHED, Round.State.ARCHIVED, Round.State.CANCELLED)
    return quotas_visible_to(user).exclude(round__state__in=over).order_by("-round_id", "category")


def nominees_in_order(quota: Quota) -> QuerySet[Nomination]:
    """Those on the quota's places, in the nominator's order."""
    rows = nominees_of(quota.round, quota.nominator_id).filter(category=quota.category)
    return rows.select_related("nominee", "unit")


def released_by(quota: Quota) -> QuerySet[Nomination]:
    """Those whose place came back before the closing."""
    rows = Nomination.objects.filter(
        round=quota.round_id, nominator=quota.nominator_id, category=quota.category, place_freed=True
    )
    return rows.select_related("nominee", "unit").order_by("code")


def successors_of(nomination: Nomination) -> QuerySet[Nomination]:
    """Who could take this nominee's place: of the same category, on the same nominator's desk, in the same round."""
    rows = Nomination.objects.filter(
        round=nomination.round_id, nominator=nomination.nominator_id, category=nomination.category
    )
    return (
        rows.filter(state=Nomination.State.NOMINATOR_REVIEW)
        .select_related("nominee", "unit")
        .order_by("code")
    )


def somebody_waits_for(quota: Quota) -> bool:
    """Whether there is a dossier on the nominator's desk that could take a place."""
    waiting = Nomination.objects.filter(
        round=quota.round_id, nominator=quota.nominator_id, category=quota.category
    )
    return waiting.filter(state=Nomination.State.NOMINATOR_REVIEW).exists()


def quota_of(nomination: Nomination) -> Quota | None:
    """The account on which a nominee stands or would stand."""
    rows = Quota.objects.filter(
        round=nomination.round_id, nominator=nomination.nominator_id, category=nomination.category
    )
    return quotas_with_use(rows).first()


CHANGES = (
    "nomination.withdraw",
    "nomination.substitute",
    "nomination.request_correction",
    "nomination.correct",
)


def changes_of(quotas: Iterable[Quota]) -> dict[tuple[int, str], list[dict[str, Any]]]:
    """What has happened to nominees since they were put forward, by round and category, the newest first: withdrawn by
    whom and why, asked for a correction, corrected. Two statements, however many."""
    rows = Nomination.objects.none()
    for quota in quotas:
        rows |= Nomination.objects.filter(
            round=quota.round_id,
            nominator=quota.nominator_id,
            category=quota.category,
            nominated_at__isnull=False,
        )
    found = {subject_of(row): row for row in rows.select_related("nominee", "unit")}
    told: dict[tuple[int, str], list[dict[str, Any]]] = {}
    entries = Entry.objects.filter(kind__in=CHANGES, subject__in=list(found)).order_by("-at", "-pk")
    for entry in entries:
        row = found[entry.subject]
        told.setdefault((row.round_id, row.category), []).append({"nomination": row, "entry": entry})
    return told


def board_of(nominator: Organisation) -> Any:
    """What is said of a nominator's board: the last term, or None where there is none to have."""
    return nominator.last_board if nominator.has_board else None

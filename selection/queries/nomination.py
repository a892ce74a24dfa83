"""Dossiers: who sees which, whose desk they lie on, how they are found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet

from accounts.models import Organisation
from accounts.roles import PROVINCIAL, Role
from selection import policies
from selection.models import Nomination, Objection, Round
from selection.models.nomination import ROW_PARTS, plain_name

LONG = ("achievements", "studio_plan", "unit_opinion", "nominee__id_number", "phone")
AT_DESK = ("county_review", "nominator_review")
WITH_UNIT = ("draft", "returned", "correction")


def nominations_visible_to(user: Any) -> QuerySet[Nomination]:
    """A unit sees its own, a county its county's, a nominator those put to it, the province all, nobody else any."""
    rows = Nomination.objects.select_related(
        "round", "nominee", "unit", "county", "nominator"
    ).prefetch_related("round__rulebook_versions")
    if user.roles & PROVINCIAL:
        return rows
    return rows.filter(_own(user)) if user.organisation_id is not None else rows.none()


def dossiers_visible_to(user: Any) -> QuerySet[Nomination]:
    """The same with every part that repeats."""
    return nominations_visible_to(user).prefetch_related(*ROW_PARTS)


def reads_opinions(nomination: Nomination, user: Any) -> bool:
    """The nominator's opinion is for itself and for the province."""
    return bool(user.roles & PROVINCIAL) or policies.may_nominate(nomination, user)


def _own(user: Any) -> Q:
    seen = Q(pk__in=())
    if user.holds(Role.UNIT_CLERK):
        seen |= Q(unit=user.organisation_id)
    if user.holds(Role.BUREAU_OFFICER):
        seen |= Q(county=user.organisation_id) | Q(nominator=user.organisation_id)
    return seen


def waiting_for(user: Any) -> QuerySet[Nomination]:
    """The dossiers that this person's office must act on: to fill in, to correct, to check, to nominate."""
    ours = user.organisation_id
    wanted = Q(pk__in=())
    if ours is not None and user.holds(Role.UNIT_CLERK):
        wanted |= Q(unit=ours, state="correction") | Q(
            unit=ours, state__in=("draft", "returned"), round__state=Round.State.OPEN
        )
    if ours is not None and user.holds(Role.BUREAU_OFFICER):
        wanted |= Q(county=ours, state="county_review", round__state=Round.State.OPEN)
        wanted |= Q(nominator=ours, state="nominator_review", round__state=Round.State.OPEN)
    return nominations_visible_to(user).filter(wanted)


def desk_counts(user: Any) -> dict[str, dict[str, Any]]:
    """What lies on the officer's desk: state -> how many, the first of them, the earliest closing."""
    rows = (
        waiting_for(user)
        .filter(state__in=AT_DESK)
        .order_by()
        .values("state")
        .annotate(n=Count("pk"), first=Min("pk"), due=Min("round__closes_at"))
    )
    return {row["state"]: dict(row) for row in rows}


@dataclass(frozen=True)
class Filter:
    """What the list is narrowed to."""

    text: str = ""
    state: str = ""
    nominator: int | None = None
    field: str = ""
    round: str = ""
    desk: bool = False

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Filter:
        """From a query string; what makes no sense is left out."""
        state, field = query.get("state", ""), query.get("field", "")
        nominator = query.get("nominator", "")
        return cls(
            text=query.get("q", "").replace("\0", "").strip()[:60],
            state=state if state in Nomination.State.values else "",
            nominator=int(nominator) if nominator.isdecimal() and len(nominator) < 10 else None,
            field=field if field in Nomination.Field.values else "",
            round=query.get("round", "").replace("\0", "")[:30],
            desk=query.get("desk") == "1",
        )

    @property
    def narrows(self) -> bool:
        """Whether anything but the round is asked for."""
        return bool(self.text or self.state or self.nominator or self.field or self.desk)


def matching(text: str) -> Q:
    """Name with or without its printed space, unit, or code."""
    plain = plain_name(text)
    if not plain:
        return Q()
    return (
        Q(nominee__name_key__icontains=plain)
        | Q(unit__name__icontains=text)
        | Q(unit__name__icontains=plain)
        | Q(code__icontains=plain)
    )


def narrowed(user: Any, wanted: Filter, *, by_state: bool = True) -> QuerySet[Nomination]:
    """The visible dossiers that the filter asks for."""
    rows = waiting_for(user) if wanted.desk else nominations_visible_to(user)
    rows = rows.filter(matching(wanted.text))
    if wanted.round:
        rows = rows.filter(round__code=wanted.round)
    if wanted.nominator:
        rows = rows.filter(nominator=wanted.nominator)
    if wanted.field:
        rows = rows.filter(field=wanted.field)
    return rows.filter(state=wanted.state) if by_state and wanted.state else rows


def listed(user: Any, wanted: Filter) -> QuerySet[Nomination]:
    """The same as rows of the list: without the long texts, with whether an admitted objection is open."""
    held = Objection.objects.filter(nomination=OuterRef("pk"), state="admitted")
    return narrowed(user, wanted).defer(*LONG).annotate(held=Exists(held)).order_by("round", "code")


def counts_by_state(user: Any, wanted: Filter) -> list[dict[str, Any]]:
    """How many visible dossiers stand in each state, in the order of the process."""
    rows = narrowed(user, wanted, by_state=False).order_by().values("state").annotate(n=Count("pk"))
    found = {row["state"]: row["n"] for row in rows}
    return [
        {"state": value, "label": label, "n": found[value]}
        for value, label in Nomination.State.choices
        if value in found
    ]


def nominators_of(user: Any) -> QuerySet[Organisation]:
    """The nominators among whose dossiers this person may choose."""
    return Organisation.objects.filter(
        pk__in=nominations_visible_to(user).order_by().values("nominator")
    ).order_by("kind", "code")


def nominees_of(round_: Round, nominator_id: int) -> QuerySet[Nomination]:
    """Those whom a nominator has put forward and who have not been withdrawn, in its order."""
    rows = Nomination.objects.filter(round=round_, nominator=nominator_id, nominated_at__isnull=False)
    return rows.exclude(state=Nomination.State.WITHDRAWN).order_by("rank_in_nominator")


def next_rank_of(nomination: Nomination) -> int:
    """The rank behind the last of the nominator's nominees."""
    last = nominees_of(nomination.round, nomination.nominator_id).aggregate(last=Max("rank_in_nominator"))
    return (last["last"] or 0) + 1


# Routes --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Way:
    """The offices of one route."""

    county: Organisation | None
    nominator: Organisation


def ways_of(unit: Organisation) -> dict[str, Way]:
    """The routes open to a unit by where it stands in the tree."""
    above = _line(unit)
    county = _first(above, Organisation.Kind.COUNTY)
    city = _first(above, Organisation.Kind.CITY)
    direct = _first(above, Organisation.Kind.DIRECT, Organisation.Kind.FEDERATION)
    found: dict[str, Way] = {}
    if county and city:
        found[Nomination.Route.COUNTY] = Way(county, city)
    if city:
        found[Nomination.Route.CITY] = Way(None, city)
    if direct:
        found[Nomination.Route.DIRECT] = Way(None, direct)
    return found


def _line(unit: Organisation) -> list[Organisation]:
    """The unit and everything above it."""
    line, here = [], unit
    while here is not None and here not in line:
        line.append(here)
        here = here.parent  # type: ignore[assignment]
    return line


def _first(line: list[Organisation], *kinds: str) -> Organisation | None:
    return next((row for row in line if row.kind in kinds), None)

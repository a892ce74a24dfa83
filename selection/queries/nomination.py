"""Dossiers: who sees which, whose desk they lie on, how they are found."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from typing import Any

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.roles import PROVINCIAL, Role
from selection import policies
from selection.models import Nomination, Objection, QualificationReview, RecheckRequest, Round, Waiver
from selection.models.nomination import ROW_PARTS, plain_name
from selection.models.nomination_guards import REQUIRED
from selection.queries.deadlines import Dues, dues, overdue
from workflow.errors import Sentence

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
        .annotate(n=Count("pk"), first=Min("pk"), due=Min("due_on"), closing=Min("round__closes_at"))
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
    city: int | None = None
    county: int | None = None
    flag: str = ""
    overdue: bool = False
    category: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Filter:
        """From a query string; what makes no sense is left out."""
        return cls(
            text=query.get("q", "").replace("\0", "").strip()[:60],
            state=_one_of(Nomination.State.values, query.get("state", "")),
            nominator=_number(query.get("nominator", "")),
            field=_one_of(Nomination.Field.values, query.get("field", "")),
            round=query.get("round", "").replace("\0", "")[:30],
            desk=query.get("desk") == "1",
            city=_number(query.get("city", "")),
            county=_number(query.get("county", "")),
            flag=_one_of(FLAGS, query.get("flag", "")),
            overdue=query.get("overdue") == "1",
            category=query.get("category", "").replace("\0", "")[:20],
        )

    @property
    def narrows(self) -> bool:
        """Whether anything but the round is asked for."""
        return any(getattr(self, field.name) for field in fields(self) if field.name != "round")

    def to_query(self) -> dict[str, str]:
        """The parameters of an address that ask for the same."""
        names = {"text": "q"}
        given = {names.get(f.name, f.name): getattr(self, f.name) for f in fields(self)}
        return {name: "1" if value is True else str(value) for name, value in given.items() if value}


def _one_of(known: Collection[str], value: str) -> str:
    return value if value in known else ""


def _number(value: str) -> int | None:
    return int(value) if value.isdecimal() and len(value) < 10 else None


def matching(text: str) -> Q:
    """Name with or without its printed space, unit, code or certificate number."""
    plain = plain_name(text)
    if not plain:
        return Q()
    return (
        Q(nominee__name_key__icontains=plain)
        | Q(unit__name__icontains=text)
        | Q(unit__name__icontains=plain)
        | Q(code__icontains=plain)
        | Q(certificate_number__icontains=plain)
    )


# flag -> what it is called, and who sees it; what it means stands in `_flagged`
FLAGS: dict[str, Sentence] = {
    "held": _("异议未结"),
    "returned": _("曾被退回"),
    "missing": _("材料不全"),
    "waiver": _("申请放宽待核准"),
    "differing": _("初审结论不一致"),
    "recheck": _("申请复核"),
}
OF_THE_PROVINCE = frozenset({"held", "differing"})


def flags_for(user: Any) -> list[tuple[str, Sentence]]:
    """The flags that this person may ask for."""
    sees_all = bool(user.roles & PROVINCIAL)
    return [(name, label) for name, label in FLAGS.items() if sees_all or name not in OF_THE_PROVINCE]


def _flagged(rows: QuerySet[Nomination], user: Any, flag: str) -> QuerySet[Nomination]:
    if flag not in dict(flags_for(user)):
        return rows
    if flag == "held":
        return rows.filter(pk__in=Objection.objects.filter(state="admitted").values("nomination"))
    if flag == "returned":
        return rows.filter(times_returned__gt=0)
    if flag == "waiver":
        return rows.filter(pk__in=Waiver.objects.filter(state="asked").values("nomination"))
    if flag == "recheck":
        return rows.filter(pk__in=RecheckRequest.objects.filter(state="requested").values("nomination"))
    return rows.filter(lacking() if flag == "missing" else Q(state="nominated", pk__in=_differing()))


def lacking() -> Q:
    """A required field is empty."""
    wanted: Any = Q(pk__in=())  # a Q, or what it becomes beside a subquery
    for name in REQUIRED:
        field: Any = Nomination._meta.get_field(name)
        if name in ROW_PARTS:
            wanted |= Q(~Exists(field.related_model.objects.filter(nomination=OuterRef("pk"))))
        else:
            wanted |= Q(**{f"{name}__isnull": True}) if field.null else Q(**{name: ""})
    found: Q = wanted
    return found


def _differing() -> QuerySet[Any, Any]:
    """Dossiers on which both have concluded, and not the same."""
    standing = QualificationReview.objects.filter(state="concluded", set_aside_at=None)
    return (
        standing.order_by()
        .values("nomination")
        .annotate(verdicts=Count("verdict", distinct=True))
        .filter(verdicts__gt=1)
        .values("nomination")
    )


def _of_city(city: int) -> Q:
    """Everything from a city: put to its bureau, or from a unit that stands under it."""
    under = Q(parent=city) | Q(parent__parent=city)
    return Q(nominator=city) | Q(unit__in=Organisation.objects.filter(under).values("pk"))


def _of_county(county: int) -> Q:
    return Q(county=county) | Q(unit__in=Organisation.objects.filter(parent=county).values("pk"))


def narrowed(
    user: Any, wanted: Filter, *, by_state: bool = True, found: Dues | None = None
) -> QuerySet[Nomination]:
    """The visible dossiers that the filter asks for. `found` are the deadlines, where they are known already."""
    rows = waiting_for(user) if wanted.desk else nominations_visible_to(user)
    rows = _at_places(rows.filter(matching(wanted.text)), wanted)
    if wanted.round:
        rows = rows.filter(round__code=wanted.round)
    if wanted.field:
        rows = rows.filter(field=wanted.field)
    if wanted.category:
        rows = rows.filter(category=wanted.category)
    if wanted.flag:
        rows = _flagged(rows, user, wanted.flag)
    if wanted.overdue:
        rows = rows.filter(overdue(found or dues(), scoring=bool(user.roles & PROVINCIAL)))
    return rows.filter(state=wanted.state) if by_state and wanted.state else rows


def _at_places(rows: QuerySet[Nomination], wanted: Filter) -> QuerySet[Nomination]:
    if wanted.nominator:
        rows = rows.filter(nominator=wanted.nominator)
    if wanted.city:
        rows = rows.filter(_of_city(wanted.city))
    return rows.filter(_of_county(wanted.county)) if wanted.county else rows


def listed(user: Any, wanted: Filter) -> QuerySet[Nomination]:
    """The same as rows: without the long texts, with whether an admitted objection is open."""
    held = Objection.objects.filter(nomination=OuterRef("pk"), state="admitted")
    return narrowed(user, wanted).defer(*LONG).annotate(held=Exists(held)).order_by("-round_id", "code")


def counts_by_state(user: Any, wanted: Filter, *, found: Dues | None = None) -> list[dict[str, Any]]:
    """How many visible dossiers stand in each state, in the order of the process."""
    rows = narrowed(user, wanted, by_state=False, found=found)
    counted = {row["state"]: row["n"] for row in rows.order_by().values("state").annotate(n=Count("pk"))}
    return [
        {"state": value, "label": label, "n": counted[value]}
        for value, label in Nomination.State.choices
        if value in counted
    ]


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

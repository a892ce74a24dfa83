"""Indicators with where they stand, for the province, a city or a county; a fixed number of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Count, F, Prefetch, Q, QuerySet

from accounts.models import Organisation
from accounts.roles import PROVINCIAL, Role
from studios.models import (
    Indicator,
    IndicatorPart,
    IndicatorPlan,
    Level,
    Mentorship,
    Observation,
    ServicePoint,
    StationOpened,
    Studio,
    Target,
)
from studios.models.network import PLACES
from studios.queries.network import CERTIFIED, STANDING, below, of_reader
from studios.rules.indicators import Attainment, Together, attainment, together
from workflow import clock

OrgKind = Organisation.Kind
LEVELS = {OrgKind.PROVINCE: "province", OrgKind.CITY: "city", OrgKind.COUNTY: "county"}
SOURCE = IndicatorPart.Source
SHARES = (Indicator.Kind.COVERAGE, Indicator.Kind.FLOOR, Indicator.Kind.RATIO)


@dataclass(frozen=True)
class Standing:
    """One part in one area: its target's year, and how far it has come. None where no target is set."""

    part: IndicatorPart
    year: int | None
    value: Fraction | None
    found: Attainment | None


@dataclass(frozen=True)
class Line:
    """One indicator in one area."""

    indicator: Indicator
    parts: Sequence[Standing]

    @property
    def together(self) -> Together:
        return together(part.found for part in self.parts if part.found is not None)


def areas_of(user: Any) -> list[Organisation]:
    """The areas this reader may look at, from the top."""
    rows = Organisation.objects.filter(kind__in=LEVELS).select_related("parent").order_by("code")
    if any(user.holds(role) for role in PROVINCIAL):
        return list(rows)
    office = user.organisation_id
    if office is None or not user.holds(Role.BUREAU_OFFICER):
        return []
    return list(rows.filter(Q(pk=office) | Q(parent_id=office)).exclude(kind=OrgKind.PROVINCE))


def plans() -> QuerySet[IndicatorPlan]:
    """The plans, the last loaded first."""
    return IndicatorPlan.objects.all()


def indicators_visible_to(user: Any) -> QuerySet[Indicator]:
    """Whoever has an area to look at sees the indicators."""
    seen = any(user.holds(role) for role in (*PROVINCIAL, Role.BUREAU_OFFICER))
    rows = Indicator.objects.all() if seen else Indicator.objects.none()
    return in_full(rows)


def in_full(rows: QuerySet[Indicator]) -> QuerySet[Indicator]:
    """With parts and targets."""
    parts = IndicatorPart.objects.prefetch_related(
        Prefetch("targets", queryset=Target.objects.order_by("year"))
    )
    return rows.select_related("subset_of").prefetch_related("plan", Prefetch("parts", queryset=parts))


def lines_of(
    indicators: Iterable[Indicator], areas: Sequence[Organisation], day: date
) -> dict[int, list[Line]]:
    """Every indicator in each of these areas of one level, on one day: by the area's id. Two statements and one a floor."""
    found = list(indicators)
    facts = _Facts(found, areas, day)
    return {area.pk: [_line(indicator, area, facts, day) for indicator in found] for area in areas}


def _line(indicator: Indicator, area: Organisation, facts: _Facts, day: date) -> Line:
    return Line(indicator, [_standing(indicator, part, area, facts, day) for part in indicator.parts.all()])


def _standing(
    indicator: Indicator, part: IndicatorPart, area: Organisation, facts: _Facts, day: date
) -> Standing:
    value, denominator = facts.of(part, area)
    target = target_of(indicator, part, area, day)
    given: dict[str, Any] = {
        "value": value,
        "denominator": denominator,
        "per": part.per,
        "direction": indicator.direction,
    }
    if target is None:
        bare = attainment(indicator.kind, target=0, **given).value  # type: ignore[arg-type]
        return Standing(part, None, bare, None)
    if part.baseline is not None and LEVELS.get(OrgKind(area.kind)) == target.level:
        given |= {"baseline": part.baseline, "baseline_on": part.baseline_on}
        given |= {"target_on": date(target.year, 12, 31), "on": day}
    found = attainment(indicator.kind, target=target.value, **given)  # type: ignore[arg-type]
    return Standing(part, target.year, found.value, found)


def target_of(indicator: Indicator, part: IndicatorPart, area: Organisation, day: date) -> Target | None:
    """The next target of this area, else its last: its own, its level's, or for shares the province's."""
    level, rows = LEVELS[OrgKind(area.kind)], list(part.targets.all())
    own = [row for row in rows if row.unit_id == area.pk]
    own = own or [row for row in rows if row.unit_id is None and row.level == level]
    if not own and indicator.kind in SHARES:
        own = [row for row in rows if row.unit_id is None and row.level == "province"]
    coming = [row for row in own if row.year >= day.year]
    return (
        min(coming, key=lambda row: row.year) if coming else max(own, key=lambda row: row.year, default=None)
    )


class _Facts:
    """What the registry and the observations say of areas of one level."""

    def __init__(self, indicators: Sequence[Indicator], areas: Sequence[Organisation], day: date) -> None:
        parts = [part for indicator in indicators for part in indicator.parts.all()]
        self.column = (
            {OrgKind.CITY: "city_id", OrgKind.COUNTY: "county_id"}.get(OrgKind(areas[0].kind))
            if areas
            else None
        )
        self.observed = _Observed([part for part in parts if part.source == SOURCE.OBSERVED], day)
        self.floors = {(part.source, part.floor) for part in parts if part.source != SOURCE.OBSERVED}
        self.registry = self._count() if self.floors else {}

    def _count(self) -> dict[tuple[int | None, str], dict[str, int]]:
        """One statement: for each area and kind of place how many there are, stand, and meet each floor."""
        keys = ("place", *((self.column,) if self.column else ()))
        counted = {"total": Count("pk")}
        for source, floor in self.floors:
            counted[f"{source}_{floor}"] = Count("pk", filter=_meets(source, floor))
        rows = (
            ServicePoint.objects.alias(certified_staff=CERTIFIED).order_by().values(*keys).annotate(**counted)
        )
        return {(row.get(self.column or ""), row["place"]): row for row in rows}

    def of(
        self, part: IndicatorPart, area: Organisation
    ) -> tuple[Decimal | int | None, Decimal | int | None]:
        """Value and denominator."""
        if part.source == SOURCE.OBSERVED:
            return self.observed.of(part, area)
        key = area.pk if self.column else None
        rows = [self.registry[key, place] for place in part.places if (key, place) in self.registry]
        return sum(row[f"{part.source}_{part.floor}"] for row in rows), sum(row["total"] for row in rows)


def _meets(source: str, floor: int) -> Q:
    if source == SOURCE.STANDING:
        return Q(status__in=STANDING)
    if source == SOURCE.VOLUNTEERS:
        return Q(volunteers=True)
    if source == SOURCE.CERTIFIED:
        return Q(certified_staff__gte=floor)
    return Q(**{f"{source}__gte": floor})


class _Observed:
    """The latest verified value of each part and office up to a day; an area without one has the sum of those below."""

    def __init__(self, parts: Sequence[IndicatorPart], day: date) -> None:
        self.latest: dict[tuple[int, int], Observation] = {}
        self.below: dict[tuple[int, int], list[int]] = defaultdict(list)
        rows = Observation.objects.filter(part__in=parts, on__lte=day, verified_at__isnull=False)
        for row in rows.select_related("unit__parent__parent").order_by("on", "pk") if parts else ():
            self.latest[row.part_id, row.unit_id] = row
            self._hang(row.part_id, row.unit)

    def _hang(self, part: int, unit: Organisation) -> None:
        while unit.parent_id is not None:
            above = self.below[part, unit.parent_id]
            if unit.pk not in above:
                above.append(unit.pk)
            assert unit.parent is not None
            unit = unit.parent

    def of(self, part: IndicatorPart, area: Organisation) -> tuple[Decimal | None, Decimal | None]:
        return self._sum(part.pk, area.pk)

    def _sum(self, part: int, unit: int) -> tuple[Decimal | None, Decimal | None]:
        own = self.latest.get((part, unit))
        if own is not None:
            return own.value, own.denominator
        found = [self._sum(part, child) for child in self.below[part, unit]]
        values, bases = [v for v, _d in found if v is not None], [d for _v, d in found if d is not None]
        return (sum(values, Decimal(0)) if values else None), (sum(bases, Decimal(0)) if bases else None)


def latest_value(indicator: Indicator, unit: Organisation, day: date) -> Decimal | None:
    """What one office last reported of an indicator, verified or not."""
    row = (
        Observation.objects.filter(part__indicator=indicator, unit=unit, on__lte=day).order_by("-on").first()
    )
    return None if row is None else row.value


def failing(part: IndicatorPart, user: Any, area: Organisation | None = None) -> QuerySet[ServicePoint]:
    """The units of an area that this reader may see and that do not meet the part, worst first."""
    rows = ServicePoint.objects.filter(of_reader(user), place__in=part.places)
    if area is not None and area.kind != OrgKind.PROVINCE:
        rows = rows.filter(city=area) if area.kind == OrgKind.CITY else rows.filter(county=area)
    rows = rows.select_related("city", "county")
    if part.source == SOURCE.STANDING:
        return rows.exclude(status__in=STANDING).order_by("code")
    if part.source == SOURCE.VOLUNTEERS:
        return rows.filter(volunteers=False).order_by("code")
    return below(rows, part.source, part.floor).order_by("code")


def children_of(area: Organisation, allowed: Iterable[Organisation]) -> list[Organisation]:
    """The areas one level down that the reader may see."""
    return [org for org in allowed if org.parent_id == area.pk]


# Observations and contributions --------------------------------------------------------------------------------------


def observations_visible_to(user: Any) -> QuerySet[Observation]:
    """The province's all, an office's own and its counties'."""
    rows = Observation.objects.select_related("part__indicator", "unit__parent")
    if any(user.holds(role) for role in PROVINCIAL):
        return rows
    office = user.organisation_id
    if office is None or not user.holds(Role.BUREAU_OFFICER):
        return rows.none()
    return rows.filter(Q(unit_id=office) | Q(unit__parent_id=office))


def unverified_first(rows: QuerySet[Observation]) -> QuerySet[Observation]:
    """What waits for somebody, then what was verified last."""
    return rows.order_by(F("verified_at").desc(nulls_first=True), "-on", "-pk")


def to_verify_by(user: Any) -> QuerySet[Observation]:
    """What waits for this person: reported by somebody else, of an office below."""
    rows = observations_visible_to(user).filter(verified_at=None).exclude(entered_by_id=str(user.pk))
    if user.holds(Role.MANAGER):
        return rows
    return (
        rows.filter(unit__parent_id=user.organisation_id) if user.holds(Role.BUREAU_OFFICER) else rows.none()
    )


@dataclass(frozen=True)
class Contribution:
    """What one studio added in a year: persons who obtained a certificate, stations and points opened."""

    studio: Studio
    mentees: int
    certified: int
    stations: int
    points: int
    towards: tuple[int, ...] = ()  # in the order of `counted_indicators`


def counted_indicators() -> list[Indicator]:
    """The indicators towards which the work of studios counts, as the plans say."""
    rows = Indicator.objects.exclude(counts="").prefetch_related("parts")
    return list(rows.order_by("-plan__loaded_at", "plan", "position"))


def _towards(indicator: Indicator, certified: int, opened: Mapping[str, int]) -> int:
    """Certificates, or the stations at places of the kinds that the indicator is about."""
    if indicator.counts == Indicator.Counts.MENTEE_CERTIFIED:
        return certified
    places = {place for part in indicator.parts.all() for place in part.places}
    return sum(n for place, n in opened.items() if place in places)


def contributions(studios: QuerySet[Studio], year: int) -> list[Contribution]:
    """Of each studio, in its year; nobody and no station counts twice. Five statements."""
    people = Mentorship.objects.filter(year=year, studio__in=studios).order_by().values("studio")
    counted = people.annotate(n=Count("pk"), certified=Count("pk", filter=Q(certified_on__isnull=False)))
    guided = {row["studio"]: (row["n"], row["certified"]) for row in counted}
    opened: dict[int, dict[str, int]] = defaultdict(dict)
    rows = StationOpened.objects.filter(opened_on__year=year, studio__in=studios).order_by()
    for studio_pk, place, n in rows.values_list("studio", "point__place").annotate(n=Count("pk")):
        opened[studio_pk][place] = n
    indicators = counted_indicators()
    return [
        _contribution(studio, guided.get(studio.pk, (0, 0)), opened.get(studio.pk, {}), indicators)
        for studio in studios.order_by("pk")
    ]


def _contribution(
    studio: Studio, guided: tuple[int, int], opened: Mapping[str, int], indicators: list[Indicator]
) -> Contribution:
    stations = sum(opened.get(place, 0) for place in PLACES[Level.STATION])
    points = sum(opened.get(place, 0) for place in PLACES[Level.POINT])
    towards = tuple(_towards(indicator, guided[1], opened) for indicator in indicators)
    return Contribution(studio, *guided, stations, points, towards)


def today() -> date:
    """The day the pages speak of."""
    return clock.today()

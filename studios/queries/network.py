"""The service network as a reader may see it, and its sums."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Prefetch, Q, QuerySet, Sum

from accounts.models import BoardTerm, Organisation
from accounts.roles import PROVINCIAL, Role
from studios.models import ServicePoint
from studios.policies import may_keep_network

Kind = Organisation.Kind
STANDING = ServicePoint.STANDING
CERTIFIED = F("assistant") + F("intermediate") + F("senior")
HUNDRED = 100


def of_reader(user: Any) -> Q:
    """The province sees all, an office its own area."""
    if any(user.holds(role) for role in PROVINCIAL):
        return Q()
    office = user.organisation_id
    if office is None or not user.holds(Role.BUREAU_OFFICER):
        return Q(pk__in=())
    return Q(county_id=office) | Q(city_id=office)


def points_visible_to(user: Any) -> QuerySet[ServicePoint]:
    """The rows this reader may see, with what a list shows."""
    return ServicePoint.objects.filter(of_reader(user)).select_related("city", "county", "parent")


def may_edit(point: ServicePoint, user: Any) -> bool:
    """Whether this reader keeps the row."""
    return may_keep_network(point, user)


def counties_of(user: Any) -> QuerySet[Organisation]:
    """The counties whose network this person may keep."""
    rows = Organisation.objects.filter(kind=Kind.COUNTY).select_related("parent").order_by("code")
    if user.holds(Role.MANAGER):
        return rows
    office = user.organisation_id
    if office is None or not user.holds(Role.BUREAU_OFFICER):
        return rows.none()
    return rows.filter(Q(pk=office) | Q(parent_id=office))


def cities_seen_by(user: Any) -> QuerySet[Organisation]:
    """The cities this reader has rows of."""
    rows = Organisation.objects.filter(kind=Kind.CITY).order_by("code")
    if any(user.holds(role) for role in PROVINCIAL):
        return rows
    return rows.filter(Q(pk=user.organisation_id) | Q(children=user.organisation_id)).distinct()


def below(points: QuerySet[ServicePoint], kind: str, floor: int) -> QuerySet[ServicePoint]:
    """The rows below a floor: of `certified`, `professionals` or `agencies`."""
    if kind == "certified":
        return points.alias(certified_staff=CERTIFIED).filter(certified_staff__lt=floor)
    return points.filter(**{f"{kind}__lt": floor})


@dataclass(frozen=True)
class Row:
    """The network of one county or city."""

    area: str
    pk: int
    code: str
    centre: int
    centres: int
    station: int
    stations: int
    point: int
    points: int
    assistant: int
    intermediate: int
    senior: int
    professionals: int
    weak: int

    @property
    def certified(self) -> int:
        return self.assistant + self.intermediate + self.senior


def _standing(level: str) -> dict[str, Any]:
    return {
        level: Count("pk", filter=Q(level=level, status__in=STANDING)),
        f"{level}s": Count("pk", filter=Q(level=level)),
    }


def summary(user: Any, city: Organisation | None = None) -> list[Row]:
    """By city, or by county of one city: what stands of what there could be, and the staff. One statement."""
    by = "county" if city or not any(user.holds(role) for role in PROVINCIAL) else "city"
    rows = ServicePoint.objects.filter(of_reader(user))
    if city:
        rows = rows.filter(city=city)
    sums = {name: Sum(name) for name in ("assistant", "intermediate", "senior", "professionals")}
    found = rows.order_by(f"{by}__code").values(f"{by}_id", f"{by}__area", f"{by}__code")
    return [
        Row(pk=row.pop(f"{by}_id"), area=row.pop(f"{by}__area"), code=row.pop(f"{by}__code"), **row)
        for row in found.annotate(
            **_standing("centre"), **_standing("station"), **_standing("point"), **sums,
            weak=Count("pk", filter=Q(weak_area=True)),
        )
    ]  # fmt: skip


def headings() -> list[str]:
    """Of the exported list: the same as those of the template."""
    from studios.queries.network_sheets import columns

    return [column.heading for column in columns()]


def lines(points: QuerySet[ServicePoint]) -> Iterator[list[Any]]:
    """Each row as the template has it, so that an export can be imported again."""
    for point in points.iterator(chunk_size=2000):
        yield [
            point.county.code, point.get_level_display(), point.get_place_display(), point.code, point.division,
            point.parent.code if point.parent else "", point.name, point.get_status_display(), point.status_on,
            point.operator, point.operator_code, *("是" if flag else "否" for flag in (point.weak_area, point.volunteers)),
            point.agencies, point.assistant, point.intermediate, point.senior, point.professionals,
        ]  # fmt: skip


def federations() -> QuerySet[Organisation]:
    """Federations and associations, with their boards and officers, the latest term first."""
    terms = BoardTerm.objects.order_by("-until").prefetch_related("officers")
    rows = Organisation.objects.filter(kind__in=(Kind.FEDERATION, Kind.ASSOCIATION))
    return rows.prefetch_related(Prefetch("board_terms", queryset=terms)).order_by("code")

"""Measures of care as a reader may see them, and which bureau has done what for its talents this year."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import Organisation
from accounts.roles import PROVINCIAL, Role
from selection.models import Recognition
from studios.models import CareMeasure
from workflow import clock

KINDS = CareMeasure.Kind.choices


def city_of(office: Organisation) -> Organisation | None:
    """The city to which a bureau belongs: itself, or a county's parent."""
    if office.kind == Organisation.Kind.CITY:
        return office
    return office.parent if office.kind == Organisation.Kind.COUNTY else None


def _area(prefix: str = "") -> tuple[str, ...]:
    return tuple(
        f"{prefix}{name}"
        for name in (
            "nomination__nominator", "nomination__county", "nomination__county__parent", "studio__city",
            "studio__county", "studio__county__parent",
        )
    )  # fmt: skip


def talents_of(office: Organisation) -> QuerySet[Recognition]:
    """The talents of a bureau's area whose recognition stands, by name."""
    own = Q(pk__in=())
    for path in _area():
        own |= Q(**{path: office})
    today = clock.today()
    standing = Q(revoked_on=None) | Q(revoked_on__gt=today)
    rows = Recognition.objects.filter(own, standing, round__state__in=("published", "archived"))
    return rows.distinct().order_by("name_key", "pk")


def care_visible_to(user: Any) -> QuerySet[CareMeasure]:
    """The province reads all, a bureau its area's, a talent what was done for them."""
    rows = CareMeasure.objects.select_related("recognition", "office", "city", "recorded_by")
    if any(user.holds(role) for role in PROVINCIAL):
        return rows
    wanted = Q(pk__in=())
    if user.holds(Role.BUREAU_OFFICER) and user.organisation_id is not None:
        wanted |= Q(city=user.organisation_id) | Q(office=user.organisation_id)
    if user.holds(Role.STUDIO_LEAD):
        wanted |= Q(recognition__studio__lead=user.pk)
    return rows.filter(wanted)


def in_year(rows: QuerySet[CareMeasure], year: int) -> QuerySet[CareMeasure]:
    """What was done in a year and stands."""
    return rows.filter(given_on__gte=date(year, 1, 1), given_on__lt=date(year + 1, 1, 1), taken_back_at=None)


@dataclass
class Row:
    """One city: its talents, what was done by kind, and for how many of them nothing was."""

    city: Organisation
    talents: int = 0
    reached: int = 0
    by_kind: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.by_kind.values())

    @property
    def nothing(self) -> bool:
        """The city has talents and did nothing for any of them."""
        return self.talents > 0 and not self.total

    @property
    def cells(self) -> list[tuple[Any, int]]:
        """Each kind's name and number, in order."""
        return [(label, self.by_kind.get(kind, 0)) for kind, label in KINDS]

    @property
    def missed(self) -> int:
        return max(0, self.talents - self.reached)


def by_city(year: int) -> list[Row]:
    """Every city in this year, those that did nothing first: three statements."""
    rows = {city.pk: Row(city) for city in Organisation.objects.filter(kind="city").order_by("code")}
    for city, count in _talents().items():
        if city in rows:
            rows[city].talents = count
    reached: dict[int, set[int]] = defaultdict(set)
    counted: dict[int, Counter[str]] = defaultdict(Counter)
    measures = in_year(CareMeasure.objects.all(), year)
    for city, kind, talent in measures.order_by().values_list("city", "kind", "recognition"):
        counted[city][kind] += 1
        reached[city].add(talent)
    for pk, row in rows.items():
        row.by_kind, row.reached = dict(counted[pk]), len(reached[pk])
    return sorted(rows.values(), key=lambda row: (not row.nothing, row.city.code))


def _talents() -> Counter[int]:
    """How many talents each city has: of its own nomination, else where their studio is."""
    today = clock.today()
    rows = Recognition.objects.filter(round__state__in=("published", "archived"))
    rows = rows.filter(Q(revoked_on=None) | Q(revoked_on__gt=today)).order_by()
    found: Counter[int] = Counter()
    for _pk, nominator, studio, county in rows.values_list(
        "pk", "nomination__nominator", "studio__city", "nomination__county__parent"
    ).distinct():
        city = studio or county or nominator
        if city:
            found[city] += 1
    return found


def years() -> list[int]:
    """The years that can be looked at, this one first."""
    first = CareMeasure.objects.order_by("given_on").values_list("given_on", flat=True).first()
    now = clock.today().year
    return list(range(now, (first.year if first else now) - 1, -1))

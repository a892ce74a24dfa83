"""The province's page of all studios: figures over those in sight, and what a page of 25 shows.

Everything over all studios comes from grouped sums; what activities and expenses come to from the months that are
kept as counted. Tasks, grades and strips are asked for the studios of the page alone. So the number of statements is
fixed, and the time hardly grows with the number of studios.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.models import Organisation
from selection.models import Round
from studios.models import Instalment, ProgressReport, Studio, StudioMonth
from studios.queries.activity import tasks_of
from studios.queries.assessment import grades_of
from studios.queries.studio import Lights, studios_visible_to
from studios.rules import activity as rules
from workflow import clock

NOUGHT = Decimal(0)
MONTHS = 12
SORTS = ("worst", "name", "city", "activities", "paid", "spent", "ends")


def in_sight(user: Any) -> QuerySet[Studio]:
    """The studios of the page: all for the province, its own for a city or a county."""
    return studios_visible_to(user)


def ordered(
    studios: QuerySet[Studio], sort: str, year: int, overdue: Mapping[int, Overdue]
) -> list[tuple[int, str]]:
    """Each studio's id and state in the order asked for, the longest overdue first where none is; one statement."""
    rows = list(_by(studios.order_by(), sort, year).values_list("pk", "state"))
    if sort in SORTS[1:]:
        return rows
    return sorted(rows, key=lambda row: (overdue[row[0]].oldest if row[0] in overdue else date.max, row[0]))


def _by(studios: QuerySet[Studio], sort: str, year: int) -> QuerySet[Studio]:
    if sort in ("name", "city", "ends"):
        key = {"name": F("name"), "city": F("city__code"), "ends": F("ends_on")}[sort]
        return studios.order_by(key.asc(nulls_last=True), "pk")
    if sort == "paid":
        paid = Instalment.objects.filter(studio=OuterRef("pk"), state="paid").order_by().values("studio")
        return studios.order_by(_sum(paid, "amount", NOUGHT).desc(), "pk")
    if sort in ("activities", "spent"):
        months = StudioMonth.objects.filter(studio=OuterRef("pk")).order_by().values("studio")
        months = months.filter(month__year=year) if sort == "activities" else months
        return studios.order_by(_sum(months, sort, NOUGHT if sort == "spent" else 0).desc(), "pk")
    return studios


def _sum(rows: QuerySet[Any], column: str, nothing: Any) -> Coalesce:
    return Coalesce(Subquery(rows.annotate(n=Sum(column)).values("n")), nothing)


def in_full(ids: Sequence[int]) -> list[Studio]:
    """These studios in this order, with everything that a row shows; one statement."""
    related = Studio.objects.select_related("host", "city", "county", "recognition__nomination", "agreement")
    found = related.in_bulk(list(ids))
    return [found[pk] for pk in ids]


def cities_of(studios: QuerySet[Studio]) -> QuerySet[Organisation]:
    """The cities of these studios, to choose from."""
    return Organisation.objects.filter(pk__in=studios.order_by().values("city")).order_by("code")


def batches_of(studios: QuerySet[Studio]) -> QuerySet[Round]:
    """The batches of these studios, the newest first."""
    return Round.objects.filter(pk__in=studios.order_by().values("recognition__round")).order_by("-pk")


# Figures over all ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Overdue:
    """A running studio's reports that are owed and late: the oldest one's day, and how many."""

    oldest: date
    count: int


def overdue_of(studios: QuerySet[Studio]) -> dict[int, Overdue]:
    """Of those that have any; one statement."""
    rows = ProgressReport.objects.filter(
        studio__in=studios.order_by().filter(state__in=Studio.RUNNING).values("pk"),
        state__in=ProgressReport.OWED,
        due_on__lt=clock.today(),
    )
    found = rows.order_by().values("studio").annotate(oldest=Min("due_on"), n=Count("pk"))
    return {row["studio"]: Overdue(row["oldest"], row["n"]) for row in found}


@dataclass
class Figures:
    """What all studios in sight come to. 人次 and 人数 are never added together."""

    states: Counter[str] = field(default_factory=Counter)
    lights: Counter[str] = field(default_factory=Counter)
    planned: Decimal = NOUGHT
    paid: Decimal = NOUGHT
    cancelled: Decimal = NOUGHT
    spent: Decimal = NOUGHT
    activities: int = 0
    attendances: int = 0
    people: int = 0
    hours: Decimal = NOUGHT

    @property
    def studios(self) -> int:
        """All of them."""
        return self.states.total()

    @property
    def running(self) -> int:
        """Those that owe reports."""
        return sum(self.states[state] for state in Studio.RUNNING)


def figures(
    studios: QuerySet[Studio],
    states: Iterable[str],
    year: int,
    lights: Lights,
    overdue: Mapping[int, Overdue],
) -> Figures:
    """The figures of these studios, which are in these states; two statements."""
    ids = studios.order_by().values("pk")
    found = Figures(states=Counter(states))
    found.lights.update(lights.of(one.oldest) for one in overdue.values())
    found.lights["on_time"] += found.running - len(overdue)
    for state, amount in Instalment.objects.filter(studio__in=ids).order_by().values_list("state").annotate(n=Sum("amount")):  # fmt: skip
        found.planned += amount
        found.paid += amount if state == Instalment.State.PAID else NOUGHT
        found.cancelled += amount if state == Instalment.State.CANCELLED else NOUGHT
    this = Q(month__year=year)
    for name, value in (
        StudioMonth.objects.filter(studio__in=ids)
        .aggregate(
            spent=Sum("spent", default=NOUGHT),
            activities=Sum("activities", filter=this, default=0),
            attendances=Sum("attendances", filter=this, default=0),
            people=Sum("people", filter=this, default=0),
            hours=Sum("volunteer_hours", filter=this, default=NOUGHT),
        )
        .items()
    ):
        setattr(found, name, value)
    return found


# The studios of a page -----------------------------------------------------------------------------------------------


@dataclass
class Row:
    """One studio of the page."""

    studio: Studio
    overdue: Overdue | None = None
    planned: Decimal = NOUGHT
    paid: Decimal = NOUGHT
    spent: Decimal = NOUGHT
    months: list[int] = field(default_factory=lambda: [0] * MONTHS)
    attendances: int = 0
    people: int = 0
    tasks: list[rules.Task] = field(default_factory=list)
    grade: str = ""

    @property
    def activities(self) -> int:
        """Of the year."""
        return sum(self.months)

    @property
    def track(self) -> Decimal:
        """The mean of the capped rates of its annual tasks, per cent."""
        return rules.track_rate(self.tasks)

    @property
    def met(self) -> int:
        """How many of the annual tasks are reached."""
        return sum(task.met for task in self.tasks)


def rows_of(studios: Iterable[Studio], year: int, overdue: Mapping[int, Overdue]) -> list[Row]:
    """What the page says of each of these studios; a fixed number of statements for any number."""
    found = {studio.pk: Row(studio, overdue.get(studio.pk)) for studio in studios}
    for studio, state, amount in _instalments(found):
        found[studio].planned += amount
        found[studio].paid += amount if state == Instalment.State.PAID else NOUGHT
    for month in StudioMonth.objects.filter(studio__in=list(found)).order_by():
        row = found[month.studio_id]
        row.spent += month.spent
        if month.month.year == year:
            row.months[month.month.month - 1] += month.activities
            row.attendances += month.attendances
            row.people += month.people
    grades, tasks = grades_of(list(found)), tasks_of(list(found), year)
    for pk, row in found.items():
        row.grade, row.tasks = grades.get(pk, ""), tasks[pk]
    return list(found.values())


def _instalments(studios: Iterable[int]) -> Iterable[tuple[int, str, Decimal]]:
    rows = Instalment.objects.filter(studio__in=list(studios)).order_by()
    return rows.values_list("studio", "state").annotate(n=Sum("amount"))


# What the home page shows --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Attention:
    """The lights of the running studios in sight, and those to look at first with what is late there."""

    studios: int
    lights: Counter[str]
    first: list[tuple[Studio, str, Overdue | None]]


def attention(user: Any, lights: Lights, most: int) -> Attention:
    """The longest overdue first, then those that are stopped or put right; three statements."""
    seen = in_sight(user)
    overdue = overdue_of(seen)
    order = ordered(seen, SORTS[0], clock.today().year, overdue)
    shown = {pk: lights.of(one.oldest) for pk, one in overdue.items()}
    running = [pk for pk, state in order if state in Studio.RUNNING]
    late = [pk for pk, _state in order if shown.get(pk, "on_time") != "on_time"]
    troubled = [pk for pk, state in order if state in ("rectifying", "suspended") and pk not in late]
    first = in_full([*late, *troubled][:most])
    return Attention(
        len(order),
        Counter(shown.get(pk, "on_time") for pk in running),
        [(studio, shown.get(studio.pk, "on_time"), overdue.get(studio.pk)) for studio in first],
    )

"""One year of the whole programme, from the rows themselves: a fixed number of statements for any number of studios."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from accounts.models import Organisation
from selection.models import Round
from studios.models import (
    Activity,
    Assessment,
    Expense,
    Instalment,
    ProgressReport,
    RecoveryOrder,
    Repayment,
    Studio,
    StudioMonth,
)
from studios.queries import indicator as indicators
from studios.queries.activity import tasks_of
from studios.queries.monitor import Overdue, overdue_of
from studios.rules import activity as rules
from workflow import clock
from workflow.models import Entry

NOUGHT = Decimal(0)
MONTHS = 12
STOPPING = (
    "studio.require_rectification", "studio.suspend", "studio.resume", "studio.accept_rectification", "studio.conclude",
    "studio.terminate",
)  # fmt: skip


@dataclass
class Served:
    """Confirmed activities of one kind, field, city or of all. 人次 and 人数 are never added together."""

    activities: int = 0
    attendances: int = 0
    people: int = 0
    hours: Decimal = NOUGHT


@dataclass
class Purse:
    """The money: awards as planned, what was paid and spent by the year's end and in the year, what was given up or asked back."""

    planned: Decimal = NOUGHT
    paid: Decimal = NOUGHT
    cancelled: Decimal = NOUGHT
    spent: Decimal = NOUGHT
    ordered: Decimal = NOUGHT
    repaid: Decimal = NOUGHT
    paid_by_month: list[Decimal] = field(default_factory=lambda: [NOUGHT] * MONTHS)
    spent_by_month: list[Decimal] = field(default_factory=lambda: [NOUGHT] * MONTHS)


@dataclass
class TaskSum:
    """One annual task over all studios that have it."""

    name: str
    name_en: str
    studios: int = 0
    met: int = 0
    rates: Decimal = NOUGHT

    @property
    def mean(self) -> Decimal:
        """The mean of the capped rates, per cent."""
        return (self.rates / self.studios).quantize(Decimal("0.1")) if self.studios else NOUGHT


@dataclass
class City:
    """One city, or those studios that no city stands over."""

    name: str
    studios: int = 0
    running: int = 0
    planned: Decimal = NOUGHT
    paid: Decimal = NOUGHT
    spent: Decimal = NOUGHT
    served: Served = field(default_factory=Served)
    overdue: int = 0
    rates: list[Decimal] = field(default_factory=list)

    @property
    def track(self) -> Decimal:
        """The mean over its studios of what of the tasks was reached, per cent."""
        return (sum(self.rates, NOUGHT) / len(self.rates)).quantize(Decimal("0.1")) if self.rates else NOUGHT


@dataclass(frozen=True)
class Stopped:
    """A studio that was stopped, put right or ended in the year."""

    at: datetime
    studio: Studio
    kind: str
    reason: str


@dataclass(frozen=True)
class Year:
    """Everything that the report says."""

    year: int
    day: date  # up to which it speaks
    organiser: str
    states: Counter[str]
    founded: int
    purse: Purse
    heads: dict[str, Decimal]
    kinds: dict[str, Served]
    fields: dict[str, Served]
    served: Served
    tasks: list[TaskSum]
    reports: dict[str, Counter[str]]
    grades: Counter[str]
    lines: list[indicators.Line]
    cities: list[City]
    stopped: list[Stopped]


def year_of(year: int) -> Year:
    """The report of a year, up to today where the year still runs."""
    day = min(clock.today(), date(year, 12, 31))
    studios = list(
        Studio.objects.filter(established_at__year__lte=year).select_related("city").order_by("pk")
    )
    tasks = tasks_of([studio.pk for studio in studios], year)
    kinds, fields = _served(year, "kind"), _served(year, "field")
    return Year(
        year=year,
        day=day,
        organiser=_organiser(),
        states=Counter(studio.state for studio in studios),
        founded=sum(studio.established_at.astimezone(clock.ZONE).year == year for studio in studios),
        purse=_purse(year),
        heads=_by_head(year),
        kinds=kinds,
        fields=fields,
        served=_total(kinds.values()),
        tasks=_tasks(found for found in tasks.values()),
        reports=_reports(year, day),
        grades=_grades(year),
        lines=_indicators(day),
        cities=_cities(studios, tasks, year),
        stopped=_stopped(year),
    )


def _organiser() -> str:
    newest = Round.objects.order_by("-pk").values_list("organiser", flat=True).first()
    return newest or ""


# Activities ----------------------------------------------------------------------------------------------------------


def _served(year: int, column: str) -> dict[str, Served]:
    rows = (
        Activity.objects.filter(state__in=Activity.COUNTED, held_on__year=year).order_by().values_list(column)
    )
    sums = rows.annotate(
        n=Count("pk"),
        t=Sum("attendances"),
        p=Sum("people", default=0),
        h=Sum("volunteer_hours"),
    )
    return {value: Served(*found) for value, *found in sums.order_by("-n")}


def _total(parts: Iterable[Served]) -> Served:
    found = Served()
    for part in parts:
        found.activities += part.activities
        found.attendances += part.attendances
        found.people += part.people
        found.hours += part.hours
    return found


def _tasks(of_studios: Iterable[list[rules.Task]]) -> list[TaskSum]:
    found: dict[str, TaskSum] = {}
    for tasks in of_studios:
        for task in tasks:
            row = found.setdefault(task.code, TaskSum(task.name or task.code, task.name_en))
            row.studios += 1
            row.met += task.met
            row.rates += task.rate
    return list(found.values())


# Money ---------------------------------------------------------------------------------------------------------------


def _purse(year: int) -> Purse:
    found = Purse()
    paid = Instalment.objects.filter(state="paid", paid_at__year__lte=year)
    found.planned = _sum(Instalment.objects.filter(studio__established_at__year__lte=year))
    found.paid, found.cancelled = _sum(paid), _sum(Instalment.objects.filter(state="cancelled"))
    approved = Expense.objects.filter(state=Expense.State.APPROVED, spent_on__year__lte=year)
    found.spent = _sum(approved)
    found.ordered = _sum(RecoveryOrder.objects.filter(ordered_on__year__lte=year))
    found.repaid = _sum(Repayment.objects.filter(on__year__lte=year))
    found.paid_by_month = _by_month(paid.filter(paid_at__year=year), "paid_at")
    found.spent_by_month = _by_month(approved.filter(spent_on__year=year), "spent_on")
    return found


def _sum(rows: QuerySet[Any]) -> Decimal:
    return rows.aggregate(sum=Sum("amount", default=NOUGHT))["sum"] or NOUGHT


def _by_month(rows: QuerySet[Any], column: str) -> list[Decimal]:
    found = [NOUGHT] * MONTHS
    for month, amount in rows.order_by().values_list(TruncMonth(column)).annotate(n=Sum("amount")):
        found[month.month - 1] += amount
    return found


def _by_head(year: int) -> dict[str, Decimal]:
    rows = Expense.objects.filter(state=Expense.State.APPROVED, spent_on__year=year).order_by()
    return dict(rows.values_list("head").annotate(n=Sum("amount")).order_by("-n"))


# Reports and grades --------------------------------------------------------------------------------------------------


def _reports(year: int, day: date) -> dict[str, Counter[str]]:
    """Those that fell due in the year up to the day: in time, late, still owed; by kind."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    rows = ProgressReport.objects.filter(due_on__year=year, due_on__lte=day).order_by()
    for kind, state, due, sent in rows.values_list("kind", "state", "due_on", "submitted_at"):
        if state in ProgressReport.OWED or sent is None:
            found[kind]["owed"] += 1
        else:
            found[kind]["late" if sent.astimezone(clock.ZONE).date() > due else "on_time"] += 1
    return {kind: found[kind] for kind in ProgressReport.Kind.values if kind in found}


def _grades(year: int) -> Counter[str]:
    rows = Assessment.objects.filter(year=year, state=Assessment.State.CONFIRMED).order_by()
    return Counter(dict(rows.values_list("grade").annotate(n=Count("pk"))))


def _indicators(day: date) -> list[indicators.Line]:
    plan = indicators.plans().first()
    province = Organisation.objects.filter(kind=Organisation.Kind.PROVINCE).first()
    if plan is None or province is None:
        return []
    return indicators.lines_of(indicators.in_full(plan.indicators.all()), [province], day)[province.pk]


# Cities --------------------------------------------------------------------------------------------------------------


def _cities(studios: list[Studio], tasks: dict[int, list[rules.Task]], year: int) -> list[City]:
    found: dict[int | None, City] = {}
    homes: dict[int, City] = {}
    overdue: dict[int, Overdue] = overdue_of(Studio.objects.all())
    for studio in studios:
        city = found.setdefault(studio.city_id, City(studio.city.name if studio.city else ""))
        homes[studio.pk] = city
        city.studios += 1
        if studio.state in Studio.RUNNING:
            city.running += 1
            city.rates.append(rules.track_rate(tasks[studio.pk]))
        city.overdue += overdue[studio.pk].count if studio.pk in overdue else 0
    _add_money(homes, year)
    return sorted(found.values(), key=lambda city: (-city.studios, city.name))


def _add_money(homes: dict[int, City], year: int) -> None:
    by_now = Q(state=Instalment.State.PAID, paid_at__year__lte=year)
    parts = Instalment.objects.order_by().values_list("studio")
    for studio, planned, paid in parts.annotate(
        n=Sum("amount"), p=Sum("amount", filter=by_now, default=NOUGHT)
    ):
        if studio in homes:
            homes[studio].planned += planned
            homes[studio].paid += paid
    months = StudioMonth.objects.filter(month__year__lte=year).order_by().values_list("studio")
    this = Q(month__year=year)
    sums = months.annotate(
        spent=Sum("spent"),
        n=Sum("activities", filter=this, default=0),
        t=Sum("attendances", filter=this, default=0),
        p=Sum("people", filter=this, default=0),
        h=Sum("volunteer_hours", filter=this, default=NOUGHT),
    )
    for studio, spent, *served in sums:
        if studio in homes:
            homes[studio].spent += spent
            homes[studio].served = _total([homes[studio].served, Served(*served)])


# What was stopped ----------------------------------------------------------------------------------------------------


def _stopped(year: int) -> list[Stopped]:
    """From the ledger, as it happened."""
    entries = list(Entry.objects.filter(kind__in=STOPPING, at__year=year).order_by("at", "pk"))
    subjects = {entry.subject: int(entry.subject.rpartition(":")[2]) for entry in entries}
    studios = Studio.objects.select_related("city", "host").in_bulk(set(subjects.values()))
    return [
        Stopped(entry.at, studios[subjects[entry.subject]], entry.kind, _reason(entry.payload))
        for entry in entries
        if subjects[entry.subject] in studios
    ]


def _reason(payload: str) -> str:
    return str(json.loads(payload).get("reason", "")) if payload else ""

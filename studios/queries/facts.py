"""What the records of a studio say of a time: for its reports, and for whoever assesses it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Count, Q, Sum

from studios.models import Activity, ActivityPerson, Expense, Instalment, ProgressReport, Studio
from studios.queries.activity import tasks_of
from studios.rules.activity import Task, percent
from studios.rules.reports import LADDER, light
from workflow import calendar, clock
from workflow.rules.calendar import CalendarMissing

RED = LADDER[0][0]
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Figures:
    """What happened between two days, from confirmed activities and approved expenses."""

    activities_held: int
    people_served: int
    mentees: int
    spent: Decimal

    def as_json(self) -> dict[str, Any]:
        """As they are kept with a report."""
        return {**vars(self), "spent": str(self.spent)}


def figures_of(studio: Studio, first: date, last: date) -> Figures:
    """The figures of one studio, in three statements."""
    held = Activity.objects.filter(
        studio=studio, state__in=Activity.COUNTED, held_on__gte=first, held_on__lte=last
    ).order_by()
    sums = held.aggregate(n=Count("pk"), times=Sum("attendances", default=0))
    mentees = ActivityPerson.objects.filter(part="mentee", activity__in=held.values("pk")).order_by()
    names = mentees.aggregate(n=Count("name", distinct=True))["n"]
    return Figures(
        sums["n"], sums["times"], names, _spent(studio, Q(spent_on__gte=first, spent_on__lte=last))
    )


def _spent(studio: Studio, when: Q) -> Decimal:
    rows = Expense.objects.filter(when, studio=studio, state=Expense.State.APPROVED)
    return (rows.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)).quantize(CENT)


def tasks_in(studio: Studio, year: int) -> list[Task]:
    """The annual tasks of a studio with what was reached."""
    return tasks_of([studio.pk], year).get(studio.pk, [])


@dataclass(frozen=True)
class Punctuality:
    """The reports due in a time: how many, handed in by their day, late, so late that they went red."""

    owed: int
    on_time: int
    late: int
    red: int


def punctuality_of(studio: Studio, first: date, last: date) -> Punctuality:
    """Of the reports that fell due between two days, until today."""
    today = clock.today()
    rows = list(
        ProgressReport.objects.filter(
            studio=studio, due_on__gte=first, due_on__lte=min(last, today)
        ).order_by()
    )
    late = [row for row in rows if _handed_in(row, today) > row.due_on]
    return Punctuality(
        len(rows), len(rows) - len(late), len(late), sum(_went_red(row, today) for row in late)
    )


def _handed_in(row: ProgressReport, today: date) -> date:
    owed = row.state in ProgressReport.OWED
    at = None if owed else row.submitted_at
    return at.astimezone(clock.ZONE).date() if at else today


def _went_red(row: ProgressReport, today: date) -> bool:
    """By the ladder, which told of it; or by the days, where it has not run."""
    if row.reminded is not None and row.reminded >= RED:
        return True
    try:
        return light(row.due_on, _handed_in(row, today), calendar.current()) == "red"
    except CalendarMissing:
        return False


# For an assessment ---------------------------------------------------------------------------------------------------


def facts_of(studio: Studio, first: date, last: date, year: int) -> dict[str, Any]:
    """Everything that stands beside the marks, as plain JSON, so that it stays as it was."""
    figures, reports = figures_of(studio, first, last), punctuality_of(studio, first, last)
    tasks = tasks_in(studio, year)
    paid = sum((i.amount for i in studio.instalments.filter(state=Instalment.State.PAID)), Decimal(0))
    spent = _spent(studio, Q())
    return {
        **figures.as_json(),
        "tasks": [task_as_json(task) for task in tasks],
        "reports": vars(reports),
        "paid": str(paid.quantize(CENT)),
        "spent_in_all": str(spent),
        "spent_share": _shown(percent(spent, paid)),
    }


def task_as_json(task: Task) -> dict[str, str]:
    """A task as it is kept with a report or an assessment."""
    return {
        "code": task.code,
        "name": task.name,
        "name_en": task.name_en,
        "unit": task.unit,
        "target": _plain(task.target),
        "reached": _plain(task.reached),
        "rate": _shown(task.rate) or "0.0",
    }


def _plain(value: Decimal) -> str:
    return format(value.normalize(), "f")


def _shown(value: Decimal | None) -> str | None:
    return None if value is None else str(value.quantize(Decimal("0.1"), ROUND_HALF_UP))

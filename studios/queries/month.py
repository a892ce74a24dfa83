"""The months of studios: as counted from activities and expenses, and as kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncMonth

from studios.models import Activity, Expense, StudioMonth

NOUGHT = Decimal(0)
SUMS = ("activities", "attendances", "people", "volunteer_hours", "spent")
Key = tuple[int, date]  # studio, first day of the month


@dataclass(frozen=True)
class Month:
    """What a month came to."""

    activities: int = 0
    attendances: int = 0
    people: int = 0
    volunteer_hours: Decimal = NOUGHT
    spent: Decimal = NOUGHT


def counted(studios: Iterable[int] | None = None, *, month: date | None = None) -> dict[Key, Month]:
    """Every month that has a confirmed activity or an approved expense, from the rows themselves; two statements."""
    found: dict[Key, dict[str, Any]] = {}
    done = Activity.objects.filter(state__in=Activity.COUNTED)
    paid = Expense.objects.filter(state=Expense.State.APPROVED)
    for key, values in (*_activities(_within(done, studios, "held_on", month)), *_spent(_within(paid, studios, "spent_on", month))):  # fmt: skip
        found.setdefault(key, {}).update(values)
    return {key: Month(**values) for key, values in found.items()}


def _within(
    rows: QuerySet[Any], studios: Iterable[int] | None, day: str, month: date | None
) -> QuerySet[Any]:
    rows = rows.order_by() if studios is None else rows.order_by().filter(studio__in=list(studios))
    if month is None:
        return rows
    following = (month + timedelta(days=31)).replace(day=1)
    return rows.filter(**{f"{day}__gte": month, f"{day}__lt": following})


def _activities(rows: QuerySet[Activity]) -> list[tuple[Key, dict[str, Any]]]:
    sums = (
        rows.values("studio", month=TruncMonth("held_on"))
        .annotate(
            n=Count("pk"),
            attended=Sum("attendances", default=0),
            served=Sum("people", default=0),
            hours=Sum("volunteer_hours", default=NOUGHT),
        )
        .values_list("studio", "month", "n", "attended", "served", "hours")
    )
    names = ("activities", "attendances", "people", "volunteer_hours")
    return [((studio, month), dict(zip(names, values, strict=True))) for studio, month, *values in sums]


def _spent(rows: QuerySet[Expense]) -> list[tuple[Key, dict[str, Any]]]:
    sums = rows.values("studio", month=TruncMonth("spent_on")).annotate(sum=Sum("amount"))
    return [((row["studio"], row["month"]), {"spent": row["sum"]}) for row in sums]


def kept(studios: Iterable[int] | None = None) -> dict[Key, Month]:
    """The kept months that are not empty; one statement."""
    rows = (
        StudioMonth.objects.all() if studios is None else StudioMonth.objects.filter(studio__in=list(studios))
    )
    found = {
        (studio, month): Month(*values)
        for studio, month, *values in rows.order_by().values_list("studio", "month", *SUMS)
    }
    return {key: month for key, month in found.items() if month != Month()}


def differing() -> dict[Key, Month]:
    """The months of which what is kept is not what counting finds, as counted; three statements."""
    now, before = counted(), kept()
    wrong = sorted(key for key in now.keys() | before.keys() if now.get(key) != before.get(key))
    return {key: now.get(key, Month()) for key in wrong}

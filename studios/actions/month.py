"""Keeping the months of studios: with every act that makes an activity or an expense count, and once more by the daily job."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date

from django.db import transaction

from studios.models import Activity, Expense, StudioMonth
from studios.queries import month as queries
from studios.queries.month import Key, Month

BATCH = 2000


def keep(row: Activity | Expense) -> None:
    """Count the month of this activity or expense anew, in the transaction of the act that moved it."""
    day = row.held_on if isinstance(row, Activity) else row.spent_on
    _count(row.studio_id, day.replace(day=1))


def _count(studio: int, month: date) -> None:
    """The month's row is locked before anything is counted: of two acts at once, the second counts what the first did."""
    with transaction.atomic():
        StudioMonth.objects.get_or_create(studio_id=studio, month=month)
        row = StudioMonth.objects.select_for_update().get(studio_id=studio, month=month)
        found = queries.counted([studio], month=month).get((studio, month), Month())
        for name, value in asdict(found).items():
            setattr(row, name, value)
        row.save()


def rebuild() -> int:
    """Make every kept month what counting finds; how many were not. Nothing is written where nothing differs."""
    wrong = queries.differing()
    have = set(StudioMonth.objects.order_by().values_list("studio", "month")) if wrong else set()
    with transaction.atomic():
        _add((key, month) for key, month in wrong.items() if key not in have)
        for studio, month in (key for key in wrong if key in have):
            _count(studio, month)
    return len(wrong)


def _add(months: Iterable[tuple[Key, Month]]) -> None:
    """In bulk. A month that an act has begun meanwhile stays as that act counted it."""
    rows = [StudioMonth(studio_id=key[0], month=key[1], **asdict(month)) for key, month in months]
    StudioMonth.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)

"""Deadlines in working days that are kept on rows: which of them another version of the calendar would move.

Each stage registers the columns it keeps. The end of a public notice is not among them: it was announced, and no later
calendar changes it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.db import models
from django.db.models import Q

from workflow import clock
from workflow.errors import Sentence
from workflow.rules.calendar import CalendarMissing, WorkCalendar, add_working_days, working_days_between

Anchor = Callable[[date], date]


@dataclass(frozen=True)
class Kept:
    """A column that holds deadlines, and which rows are open."""

    model: type[models.Model]
    field: str
    label: Sentence
    open: Q
    never_earlier: bool = False  # the time somebody was given to speak is not cut short
    anchor: Anchor | None = None  # the day from which it was counted, where that follows from the deadline


@dataclass(frozen=True)
class Move:
    """Deadlines of one kind on one day, and the day to which they would move."""

    label: Sentence
    old: date
    new: date
    count: int


_kept: list[Kept] = []


def register(kept: Kept) -> None:
    """Make a column known. The same column twice is one."""
    if not any(found.model is kept.model and found.field == kept.field for found in _kept):
        _kept.append(kept)


def moves(before: WorkCalendar, after: WorkCalendar) -> list[Move]:
    """What would move, by day: what is still to come, counted anew from today (or from its anchor)."""
    return [
        Move(kept.label, old, new, count)
        for kept in _kept
        for old, count in sorted(_days(kept).items())
        if (new := _moved(kept, old, before, after)) != old
    ]


def move(before: WorkCalendar, after: WorkCalendar) -> list[Move]:
    """Move them; what was moved."""
    found = moves(before, after)
    for kept in _kept:
        plan = {old: _moved(kept, old, before, after) for old in _days(kept)}
        rows = [(pk, plan[old]) for pk, old in _rows(kept) if plan[old] != old]
        for pk, new in rows:
            kept.model._default_manager.filter(pk=pk).update(**{kept.field: new})
    return found


def _rows(kept: Kept) -> list[tuple[int, date]]:
    rows = kept.model._default_manager.filter(kept.open, **{f"{kept.field}__gte": clock.today()})
    return list(rows.values_list("pk", kept.field))


def _days(kept: Kept) -> Counter[date]:
    return Counter(day for _pk, day in _rows(kept))


def _moved(kept: Kept, old: date, before: WorkCalendar, after: WorkCalendar) -> date:
    """As many working days after its start as it had; where that cannot be counted it stays."""
    start = kept.anchor(old) if kept.anchor else clock.today()
    try:
        days = working_days_between(start, old, before)
        if days <= 0 or not before.is_workday(old):
            return old
        new = add_working_days(start, days, after)
    except CalendarMissing:
        return old
    return old if kept.never_earlier and new < old else new

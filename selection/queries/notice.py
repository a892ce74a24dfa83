"""Notices as the public and the office read them, and the lines of a list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db.models import Count, Prefetch, QuerySet

from accounts.roles import Role
from selection.models import Nomination, NoticeEntry, PublicNotice, Round
from selection.rules.name_order import SoundKey, StrokesKey, by_sound, by_strokes
from workflow import calendar, clock, ledger
from workflow.actor import Actor
from workflow.models import Entry
from workflow.rules.calendar import ONE_DAY, CalendarMissing

OFFICE = frozenset({Role.MANAGER, Role.LEADER, Role.PUBLISHER, Role.SUPERVISOR, Role.AUDIT_ADMIN})
PUBLIC_STATES = ("posted", "ended", "superseded")
ORDERS = PublicNotice.Order.choices
STROKES = Path(__file__).resolve().parent.parent / "data" / "strokes.txt"


def public_notices() -> QuerySet[PublicNotice]:
    """Every notice that was ever posted: its address stays."""
    notices = PublicNotice.objects.filter(state__in=PUBLIC_STATES).select_related("round")
    return notices.annotate(lines=Count("entries")).order_by("-posted_at", "-pk")


def with_lines(notices: QuerySet[PublicNotice]) -> QuerySet[PublicNotice]:
    """With the printed list, in order."""
    lines = Prefetch("entries", NoticeEntry.objects.order_by("ordinal"))
    return notices.select_related("corrects").prefetch_related(lines, "files", "errata")


def notices_visible_to(actor: Actor) -> QuerySet[PublicNotice]:
    """Drafts stay in the office; what was posted is everybody's."""
    if any(actor.holds(role) for role in OFFICE):
        notices = PublicNotice.objects.select_related("round", "composed_by", "posted_by")
        return with_lines(notices.annotate(lines=Count("entries")))
    return with_lines(public_notices())


def running_notices() -> QuerySet[PublicNotice]:
    """What is on notice now."""
    return public_notices().filter(state="posted")


def in_order(nominations: list[Nomination], order: str) -> list[Nomination]:
    """The list in the printed order."""
    return sorted(nominations, key=_KEYS[order])


@lru_cache(maxsize=1)
def strokes() -> dict[str, int]:
    """How many strokes each character has."""
    lines = (line.split() for line in STROKES.read_text(encoding="utf-8").splitlines())
    return {char: int(count) for count, chars in lines for char in chars}


def _strokes(nomination: Nomination) -> tuple[StrokesKey, str]:
    return (by_strokes(nomination.nominee.name, strokes()), nomination.code)


def _pinyin(nomination: Nomination) -> tuple[SoundKey, str]:
    return (by_sound(nomination.nominee.name), nomination.code)


def _rank(nomination: Nomination) -> tuple[int, str]:
    result = getattr(nomination, "result", None)
    return (result.order or 0 if result else 0, nomination.code)


_KEYS: dict[str, Callable[[Nomination], Any]] = {
    "strokes": _strokes,
    "pinyin": _pinyin,
    "region": lambda n: (n.nominator.code, *_pinyin(n)),
    "rank": _rank,
}


def proposed(round_: Round) -> list[Nomination]:
    """Who is to be put on notice."""
    rows = round_.nominations.filter(state="proposed")
    return list(rows.select_related("nominee", "unit", "nominator", "result"))


def posting_entry(notice: PublicNotice) -> Entry | None:
    """The ledger's entry of the posting, printed at the foot."""
    return ledger.entries_of(notice).filter(kind__in=("publicnotice.post", "publicnotice.go_up")).first()


# The period as the public counts it ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class PeriodDay:
    """One day of the strip: the day itself, which counted day it is (0: not counted), and its part."""

    day: date
    number: int
    part: str  # "zero", "w", "now", "end", ""


@dataclass(frozen=True)
class Period:
    """Where a notice stands in its period."""

    days: tuple[PeriodDay, ...]
    today: int  # today is the n-th counted day; 0 on a day that does not count
    left: int  # counted days left, today included
    last_day: date
    first_day: date


def period_of(notice: PublicNotice) -> Period | None:
    """The strip of days of a posted notice; None before it is posted."""
    if notice.posted_at is None or notice.ends_at is None:
        return None
    zero = notice.posted_at.astimezone(clock.ZONE).date()
    last = notice.ends_at.astimezone(clock.ZONE).date() - ONE_DAY
    days = _counted(zero, last, notice.mode)
    today = clock.today()
    numbers = {day.day: day.number for day in days}
    left = sum(1 for day in days if day.number and day.day >= today)
    first = next((day.day for day in days if day.number), last)
    return Period(
        tuple(_part(day, zero, last, today) for day in days), numbers.get(today, 0), left, last, first
    )


def _counted(zero: date, last: date, mode: str) -> list[PeriodDay]:
    work = calendar.current()
    days, number = [PeriodDay(zero, 0, "")], 0
    for offset in range(1, (last - zero).days + 1):
        day = zero + timedelta(days=offset)
        try:
            counts = mode == "calendar_days" or work.is_workday(day)
        except CalendarMissing:
            counts = False  # the end was computed when the year was loaded; the strip alone is poorer
        number += counts
        days.append(PeriodDay(day, number if counts else 0, ""))
    return days


def _part(day: PeriodDay, zero: date, last: date, today: date) -> PeriodDay:
    if day.day == today:
        part = "now"
    elif day.day == zero:
        part = "zero"
    else:
        part = "w" if day.number else ""
    if day.day == last:
        part = f"{part} end".strip()
    return PeriodDay(day.day, day.number, part)

"""What of activities is decided by arithmetic: when a record is due, rates of a group, the sample, what looks odd, annual tasks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

RECORD_DAYS = 10  # calendar days after the activity
SAMPLE_PERCENT = 10
TRACK_CAP = Decimal(120)  # per cent: one item must not hide another
ROUND_LEAST = 5  # so many figures say something about how they were come by
BULK_LEAST = 5  # records handed in by one studio on one day
BULK_DAYS = 3  # before a deadline
MENTEE_HOURS = Decimal(24)
GROUP_SESSIONS = 4


def due_on(held_on: date, days: int = RECORD_DAYS) -> date:
    """The last day on which the record is in time; the day of the activity does not count."""
    return held_on + timedelta(days=days)


def percent(part: int | Decimal, whole: int | Decimal) -> Decimal | None:
    """Per cent with one decimal, half up; None where there is nothing to divide by."""
    if not whole:
        return None
    return (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.1"), ROUND_HALF_UP)


def completion_rate(held: int, planned: int) -> Decimal | None:
    """Sessions held of those planned."""
    return percent(held, planned)


def attendance_rate(present: Sequence[int], members: int) -> Decimal | None:
    """Those present, over all sessions held, of members × sessions."""
    return percent(sum(present), members * len(present))


# Counts ------------------------------------------------------------------------------------------------------------


def count_faults(
    times: int, people: int | None, first: int | None, returning: int | None, ages: Sequence[int | None]
) -> list[str]:
    """Which counts contradict each other: "people_over_times", "first_and_returning", "ages"."""
    found = []
    if people is not None and people > times:
        found.append("people_over_times")
    if people is None:
        return found
    if (first is not None or returning is not None) and (first or 0) + (returning or 0) != people:
        found.append("first_and_returning")
    if any(n is not None for n in ages) and sum(n or 0 for n in ages) != people:
        found.append("ages")
    return found


# The sample ----------------------------------------------------------------------------------------------------------


def quarter_of(day: date) -> str:
    """2026Q3."""
    return f"{day.year}Q{(day.month + 2) // 3}"


def days_of(quarter: str) -> tuple[date, date]:
    """The first and the last day of a quarter; ValueError if it is none."""
    year, _q, number = quarter.partition("Q")
    first = date(int(year), int(number) * 3 - 2, 1)
    following = date(first.year + first.month // 10, (first.month + 2) % 12 + 1, 1)
    return first, following - timedelta(days=1)


def sample(seed: str, ids: Iterable[int], share: int = SAMPLE_PERCENT) -> list[int]:
    """Ids in the order of SHA-256("activity-sample/v1" 00 seed 00 id): so many per cent of them, rounded up."""

    def key(number: int) -> tuple[str, int]:
        text = f"activity-sample/v1\0{seed}\0{number}"
        return hashlib.sha256(text.encode()).hexdigest(), number

    ordered = sorted(set(ids), key=key)
    return ordered[: -(-len(ordered) * share // 100)]


# What looks odd ------------------------------------------------------------------------------------------------------


def always_round(total: int, rounded: int) -> bool:
    """Every one of enough figures ends in a nought."""
    return total >= ROUND_LEAST and rounded == total


def just_before(day: date, deadlines: Iterable[date]) -> date | None:
    """The nearest deadline, if it falls on this day or within three days after it."""
    near = [due for due in deadlines if day <= due <= day + timedelta(days=BULK_DAYS)]
    return min(near, default=None)


# Annual tasks --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Task:
    """One item of the year: what is asked, what was reached."""

    code: str
    target: Decimal
    reached: Decimal
    name: str = ""
    name_en: str = ""
    unit: str = ""

    @property
    def rate(self) -> Decimal:
        """Per cent of the target, at most 120."""
        return min(percent(self.reached, self.target) or Decimal(0), TRACK_CAP)

    @property
    def met(self) -> bool:
        """Whether the target is reached."""
        return self.reached >= self.target


TARGETS: dict[str, Decimal] = {
    "training": Decimal(4),
    "mentees": Decimal(5),
    "cases": Decimal(6),
    "groups": Decimal(2),
    "community": Decimal(6),
    "stations": Decimal(2),
    "satisfaction": Decimal(85),
}


def tasks(reached: Mapping[str, Decimal | int], targets: Mapping[str, Decimal] = TARGETS) -> list[Task]:
    """The items in their order; what was not reached at all is nought."""
    return [Task(code, target, Decimal(reached.get(code, 0))) for code, target in targets.items()]


def track_rate(items: Sequence[Task]) -> Decimal:
    """The mean of the capped rates, one decimal, half up."""
    if not items:
        return Decimal(0)
    whole = sum((task.rate for task in items), Decimal(0)) / len(items)
    return whole.quantize(Decimal("0.1"), ROUND_HALF_UP)

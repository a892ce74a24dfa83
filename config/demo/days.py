"""When things happen in the demo."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time

from workflow import clock


def at(day: date, hour: int = 10, minute: int = 0) -> datetime:
    """An instant in the zone of the law."""
    return datetime.combine(day, time(hour, minute), tzinfo=clock.ZONE)


@contextmanager
def on(day: date, hour: int = 10, minute: int = 0) -> Iterator[None]:
    """What happens inside happens then."""
    with clock.frozen(at(day, hour, minute)):
        yield


@dataclass(frozen=True)
class Days:
    """When a round does what."""

    drafted: date
    opens: date
    dossiers: date
    nominated: date
    closes: date
    screened: date
    frozen: date
    drawn: date
    scored: date
    opened: date
    proposed: date
    composed: date
    posted: date
    ended: date  # the day after the last day of the notice
    determined: date
    published: date

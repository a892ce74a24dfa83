"""The one clock. Everything that depends on the time asks here, so that a test can freeze it and a demo can move it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

ZONE = ZoneInfo("Asia/Shanghai")  # the zone of the law, whatever the server's

_frozen: ContextVar[datetime | None] = ContextVar("frozen", default=None)
_OFFSET_LIFETIME = 0.5  # seconds a process trusts the demo's offset before it asks the database again
_offset: tuple[float, timedelta] = (float("-inf"), timedelta(0))


def now() -> datetime:
    """The present instant, aware, in Asia/Shanghai."""
    frozen = _frozen.get()
    if frozen is not None:
        return frozen
    present = datetime.now(ZONE)
    return present + demo_offset() if settings.DEMO else present


def today() -> date:
    """The present day in Asia/Shanghai."""
    return now().date()


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Hold the clock of this thread at `at`; for tests and for seeding a past."""
    token = _frozen.set(at.astimezone(ZONE))
    try:
        yield
    finally:
        _frozen.reset(token)


def demo_offset() -> timedelta:
    """How far the demo's clock stands from the real one; zero outside the demo."""
    global _offset  # one small cache a process: a page asks for the time dozens of times
    read_at, offset = _offset
    if time.monotonic() - read_at > _OFFSET_LIFETIME:
        from workflow.models import DemoClock  # the models need the clock for their defaults

        offset = DemoClock.offset()
        _offset = (time.monotonic(), offset)
    return offset


def forget_offset() -> None:
    """Ask the database at the next call: somebody moved the demo's clock."""
    global _offset
    _offset = (float("-inf"), timedelta(0))

"""What a benchmark yields, and how it measures."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db import connection
from django.test.utils import CaptureQueriesContext


@dataclass(frozen=True)
class Figure:
    """One measured value."""

    name: str
    value: float
    unit: str


def timings(name: str, calls: Iterable[Callable[[], object]]) -> Iterator[Figure]:
    """Median and 95th percentile of calls that each do the same once, in milliseconds."""
    spent = sorted(milliseconds(call) for call in calls)
    yield Figure(f"{name}_median", round(statistics.median(spent), 2), "ms")
    yield Figure(f"{name}_p95", round(spent[int(len(spent) * 0.95)], 2), "ms")


def milliseconds(call: Callable[[], object]) -> float:
    """How long one call takes."""
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1000


def statements(name: str, call: Callable[[], object]) -> Figure:
    """How many statements one call sends to the database, savepoints and the like included."""
    with CaptureQueriesContext(connection) as captured:
        call()
    return Figure(f"{name}_statements", len(captured), "statements")

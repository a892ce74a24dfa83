"""The plots of the reliability report: where each mark stands, in percent of the width, so that text stays text."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor
from typing import Any

from selection.queries.reliability import ExpertRow, NomineeRow, Point, Report

STEPS = (1, 2, 5, 10, 20, 25, 50)  # between the lines of a scale
MOST_LINES = 6


@dataclass(frozen=True)
class Scale:
    """A scale from `low` to `high` with its lines."""

    low: float
    high: float
    lines: tuple[int, ...]

    def at(self, value: float) -> str:
        """Where a value stands."""
        return f"{(value - self.low) / (self.high - self.low) * 100:.2f}%"

    @property
    def ticks(self) -> list[tuple[str, int]]:
        """The lines with their places."""
        return [(self.at(line), line) for line in self.lines]


def scale(low: float, high: float, *, margin: float = 0.0) -> Scale:
    """A scale around these values, its lines at round numbers."""
    low, high = low - margin, high + margin
    if high <= low:
        low, high = low - 1, high + 1
    step = next((s for s in STEPS if (high - low) / s <= MOST_LINES), STEPS[-1])
    lines = tuple(range(ceil(low / step) * step, floor(high / step) * step + 1, step))
    return Scale(low, high, lines)


@dataclass(frozen=True)
class Strip:
    """A nominee's sheets and official score on the scale of scores."""

    row: NomineeRow
    dots: list[tuple[str, Point]]
    score: str


def strips(report: Report) -> tuple[Scale, list[Strip]]:
    """The score strip of every nominee, on one scale."""
    totals = [float(point.total) for row in report.nominees for point in row.points]
    found = scale(min(totals, default=0), max(totals, default=100), margin=1)
    return found, [
        Strip(
            row,
            [(found.at(float(point.total)), point) for point in row.points],
            found.at(float(row.result.score)) if row.result.score is not None else "",
        )
        for row in report.nominees
    ]


@dataclass(frozen=True)
class Interval:
    """A nominee's ranks: the interval, the adjusted rank, the official one."""

    row: NomineeRow
    low: str
    high: str
    adjusted: str
    official: str


def intervals(report: Report) -> tuple[Scale, str, list[Interval]]:
    """The rank intervals, with the place of the list's edge."""
    count = max(len(report.nominees), 2)
    found = Scale(0.5, count + 0.5, tuple(sorted({1, *range(10, count, 10), count})))
    return (
        found,
        found.at(report.places + 0.5),
        [_interval(row, found) for row in report.nominees if row.standing],
    )


def _interval(row: NomineeRow, found: Scale) -> Interval:
    assert row.standing is not None
    official = found.at(row.result.rank) if row.result.rank else ""
    standing = row.standing
    return Interval(row, found.at(standing.low), found.at(standing.high), found.at(standing.rank), official)


@dataclass(frozen=True)
class Leniency:
    """An expert's leniency as a bar from the middle."""

    row: ExpertRow
    start: str
    width: str


def leniencies(report: Report) -> tuple[Scale | None, list[Leniency]]:
    """The bars of every expert, on one scale around nought; none without a model."""
    values = [row.leniency for row in report.experts if row.leniency is not None]
    if not values:
        return None, []
    most = max(2.0, *map(abs, values))
    found = scale(-most, most, margin=most / 10)
    return found, [_leniency(row, found) for row in report.experts]


def _leniency(row: ExpertRow, found: Scale) -> Leniency:
    value = row.leniency or 0.0
    width = abs(value) / (found.high - found.low) * 100
    return Leniency(row, found.at(min(value, 0.0)), f"{width:.2f}%")


def context(report: Report) -> dict[str, Any]:
    """Everything that the page draws."""
    score_scale, found_strips = strips(report)
    rank_scale, edge, found_intervals = intervals(report)
    leniency_scale, bars = leniencies(report)
    return {
        "score_scale": score_scale, "strips": found_strips, "rank_scale": rank_scale, "edge": edge,
        "intervals": found_intervals, "leniency_scale": leniency_scale, "bars": bars,
    }  # fmt: skip

"""Signs that sheets are worth another look by the supervisor. A sign is no finding: nothing is ever changed by it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations
from statistics import mean, median, pstdev

import numpy as np

# Defaults of ours, as the measures of selections elsewhere have them.
FAR_FROM_MEDIAN = 15.0  # points
FAR_FROM_PANEL = 8.0  # an expert's mean from the panel's, points
FLAT_RANGE = 2.0  # an expert's highest less the lowest
FEWEST_SHEETS = 4  # of one expert, before anything is said about the expert
SHORTEST_READING = timedelta(minutes=3)
HOME_LEAD = 1.5  # standard deviations
ALIKE = 0.98  # correlation of two experts' sheets, with the same comments


@dataclass(frozen=True)
class Sheet:
    """One sheet that counts, with what was observed about it."""

    nominee: str
    expert: str
    total: float
    read_for: timedelta | None = None  # from opening the dossier to submitting
    home: bool = False  # the nominee comes from the expert's own city
    late: bool = False  # submitted after the deadline
    comments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Signal:
    """A sign: its code, whom it is about, and the figure behind it."""

    code: str
    experts: tuple[str, ...]
    nominees: tuple[str, ...] = ()
    value: float = 0.0


def signals(sheets: Iterable[Sheet]) -> list[Signal]:
    """All signs, by code: "far", "lenient", "flat", "quick", "home", "alike", "late"."""
    rows = sorted(sheets, key=lambda sheet: (sheet.expert, sheet.nominee))
    by_expert: dict[str, list[Sheet]] = defaultdict(list)
    for row in rows:
        by_expert[row.expert].append(row)
    middle = _middles(rows)
    return [
        *_far(rows, middle), *_of_experts(by_expert, middle), *_quick(rows), *_alike(by_expert), *_late(by_expert),
    ]  # fmt: skip


def _middles(rows: Sequence[Sheet]) -> dict[str, float]:
    totals: dict[str, list[float]] = defaultdict(list)
    for row in rows:
        totals[row.nominee].append(row.total)
    return {nominee: median(found) for nominee, found in totals.items()}


def _far(rows: Sequence[Sheet], middle: Mapping[str, float]) -> list[Signal]:
    off = [(row, row.total - middle[row.nominee]) for row in rows]
    return [
        Signal("far", (row.expert,), (row.nominee,), value)
        for row, value in off
        if abs(value) > FAR_FROM_MEDIAN
    ]


def _of_experts(by_expert: Mapping[str, Sequence[Sheet]], middle: Mapping[str, float]) -> list[Signal]:
    panel = mean([row.total for rows in by_expert.values() for row in rows]) if by_expert else 0.0
    found = []
    for expert, rows in by_expert.items():
        totals = [row.total for row in rows]
        if len(rows) < FEWEST_SHEETS:
            continue
        if abs(mean(totals) - panel) > FAR_FROM_PANEL:
            found.append(Signal("lenient", (expert,), (), mean(totals) - panel))
        if max(totals) - min(totals) < FLAT_RANGE:
            found.append(Signal("flat", (expert,), (), max(totals) - min(totals)))
        found += _home(expert, rows, middle)
    return found


def _home(expert: str, rows: Sequence[Sheet], middle: Mapping[str, float]) -> list[Signal]:
    """Against the median of the others' sheets, so that good nominees of one's own city are no sign."""
    off = {row.nominee: row.total - middle[row.nominee] for row in rows}
    ours = [row.nominee for row in rows if row.home]
    rest = [off[row.nominee] for row in rows if not row.home]
    spread = pstdev(rest) if len(rest) > 1 else 0.0
    if not ours or spread == 0:
        return []
    lead = (mean(off[nominee] for nominee in ours) - mean(rest)) / spread
    return [Signal("home", (expert,), tuple(ours), lead)] if lead > HOME_LEAD else []


def _quick(rows: Sequence[Sheet]) -> list[Signal]:
    return [
        Signal("quick", (row.expert,), (row.nominee,), row.read_for.total_seconds() / 60)
        for row in rows
        if row.read_for is not None and row.read_for < SHORTEST_READING
    ]


def _alike(by_expert: Mapping[str, Sequence[Sheet]]) -> list[Signal]:
    found = []
    for one, other in combinations(sorted(by_expert), 2):
        own, others = ({row.nominee: row for row in by_expert[name]} for name in (one, other))
        shared = sorted(own.keys() & others.keys())
        same = [n for n in shared if own[n].comments and own[n].comments == others[n].comments]
        if len(shared) < FEWEST_SHEETS or not same:
            continue
        pair = np.array([[own[n].total for n in shared], [others[n].total for n in shared]])
        if pair.std(axis=1).min() > 0 and (value := float(np.corrcoef(pair)[0, 1])) > ALIKE:
            found.append(Signal("alike", (one, other), tuple(same), value))
    return found


def _late(by_expert: Mapping[str, Sequence[Sheet]]) -> list[Signal]:
    late = {expert: tuple(row.nominee for row in rows if row.late) for expert, rows in by_expert.items()}
    return [
        Signal("late", (expert,), nominees, len(nominees)) for expert, nominees in late.items() if nominees
    ]

"""Places left in a nominator's quota, from facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction


@dataclass(frozen=True)
class PlaceTaken:
    """A nomination that took a place; `released_at` is when it was withdrawn or disqualified, if it was."""

    released_at: datetime | None = None


def places_left(allotted: int, taken: Iterable[PlaceTaken], *, closes_at: datetime) -> int:
    """How many more persons may be nominated, never below nothing.

    A place is taken when the nominator nominates, and is free again only when released before the round
    closes.
    """
    return max(0, allotted - sum(_holds(place, closes_at) for place in taken))


def _holds(place: PlaceTaken, closes_at: datetime) -> bool:
    return place.released_at is None or place.released_at >= closes_at


def nominees_per_place(quotas: Mapping[str, int], ceiling: int) -> Fraction:
    """How many may come for each place of the round (差额); raises ValueError for a ceiling below one."""
    if ceiling < 1:
        raise ValueError("a round recognises at least one person")
    return Fraction(sum(quotas.values()), ceiling)

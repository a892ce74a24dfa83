"""A nominator's places in a round, from facts: what was granted, what is used, what came back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction


@dataclass(frozen=True)
class PlaceTaken:
    """A nomination that took a place; `released_at` is when it was withdrawn or replaced, if it was."""

    released_at: datetime | None = None


@dataclass(frozen=True)
class Account:
    """The ledger of one quota: every nomination ever made stands either under `used` or under `returned`."""

    granted: int
    used: int
    returned: int

    @property
    def left(self) -> int:
        """How many more may be nominated; below nothing only where the rows themselves break the rule."""
        return self.granted - self.used

    @property
    def nominated(self) -> int:
        """How many times a place was taken."""
        return self.used + self.returned


def account(granted: int, taken: Iterable[PlaceTaken], *, closes_at: datetime) -> Account:
    """The account of a quota.

    A place is taken when the nominator nominates, and is free again only when released before the round
    closes. Raises ValueError for fewer than no places.
    """
    if granted < 0:
        raise ValueError("a nominator has no fewer than no places")
    held = [_holds(place, closes_at) for place in taken]
    return Account(granted, used=sum(held), returned=len(held) - sum(held))


def places_left(allotted: int, taken: Iterable[PlaceTaken], *, closes_at: datetime) -> int:
    """How many more persons may be nominated, never below nothing."""
    return max(0, account(allotted, taken, closes_at=closes_at).left)


def _holds(place: PlaceTaken, closes_at: datetime) -> bool:
    return place.released_at is None or place.released_at >= closes_at


def nominees_per_place(quotas: Mapping[str, int], ceiling: int) -> Fraction:
    """How many may come for each place of the round (差额); raises ValueError for a ceiling below one."""
    if ceiling < 1:
        raise ValueError("a round recognises at least one person")
    return Fraction(sum(quotas.values()), ceiling)

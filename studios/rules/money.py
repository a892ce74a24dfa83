"""Splitting an award into instalments, to the cent."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

CENTS_A_YUAN = 100


def split_award(award: Decimal, shares: Sequence[int]) -> list[Decimal]:
    """The instalments of `award` in proportion to `shares`, in yuan with two decimals, summing to it exactly.

    Each is rounded down to the cent; what is left over goes to the last. Raises ValueError for a negative
    award, a fraction of a cent, no shares, a negative share, or shares that sum to nothing.
    """
    _require_shares(shares)
    cents, whole = _cents(award), sum(shares)
    parts = [cents * share // whole for share in shares]
    parts[-1] += cents - sum(parts)
    return [Decimal(part).scaleb(-2) for part in parts]


def _cents(award: Decimal) -> int:
    if not award.is_finite() or award < 0:
        raise ValueError(f"not an amount of money: {award}")
    cents = award * CENTS_A_YUAN
    if cents != int(cents):
        raise ValueError(f"not an amount in whole cents: {award}")
    return int(cents)


def _require_shares(shares: Sequence[int]) -> None:
    if any(share < 0 for share in shares) or sum(shares) == 0:
        raise ValueError("shares are whole numbers, none negative, not all nothing")

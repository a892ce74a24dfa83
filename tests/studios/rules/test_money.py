"""Instalments always sum to the award."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studios.rules.money import split_award


@pytest.mark.parametrize(
    ("award", "shares", "parts"),
    [
        ("50000", [50, 30, 20], ["25000.00", "15000.00", "10000.00"]),
        ("33333.33", [50, 30, 20], ["16666.66", "9999.99", "6666.68"]),
        ("100", [1, 1, 1], ["33.33", "33.33", "33.34"]),
        ("0.01", [50, 50], ["0.00", "0.01"]),
        ("0", [100], ["0.00"]),
    ],
)
def test_the_remainder_goes_to_the_last(award: str, shares: list[int], parts: list[str]) -> None:
    assert [str(part) for part in split_award(Decimal(award), shares)] == parts


@settings(derandomize=True, deadline=None, max_examples=200)
@given(
    st.decimals(min_value=0, max_value=10**10, places=2),
    st.lists(st.integers(0, 100), min_size=1, max_size=8).filter(any),
)
def test_instalments_sum_to_the_award_and_miss_their_share_by_less_than_a_cent(
    award: Decimal, shares: list[int]
) -> None:
    parts = split_award(award, shares)
    assert sum(parts) == award
    exact = [Fraction(award) * share / sum(shares) for share in shares]
    assert all(0 <= e - Fraction(p) < Fraction(1, 100) for e, p in zip(exact[:-1], parts[:-1], strict=True))


@pytest.mark.parametrize(
    ("award", "shares"),
    [
        ("-1", [100]),
        ("0.005", [100]),
        ("NaN", [100]),
        ("Infinity", [100]),
        ("1", []),
        ("1", [0]),
        ("1", [2, -1]),
    ],
)
def test_what_cannot_be_split_is_refused(award: str, shares: list[int]) -> None:
    with pytest.raises(ValueError, match=r"amount|shares"):
        split_award(Decimal(award), shares)

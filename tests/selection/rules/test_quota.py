"""Places left in a nominator's quota."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selection.rules.quota import Account, PlaceTaken, account, nominees_per_place, places_left

CLOSES_AT = datetime(2026, 4, 30, 9, 30, tzinfo=UTC)
HELD = PlaceTaken()
FREED = PlaceTaken(released_at=CLOSES_AT - timedelta(seconds=1))
LATE = PlaceTaken(released_at=CLOSES_AT)


@pytest.mark.parametrize(
    ("taken", "left"),
    [([], 2), ([HELD], 1), ([HELD, HELD], 0), ([HELD, FREED], 1), ([HELD, LATE], 0), ([HELD, HELD, HELD], 0)],
)
def test_a_place_is_free_again_only_when_released_before_closing(taken: list[PlaceTaken], left: int) -> None:
    assert places_left(2, taken, closes_at=CLOSES_AT) == left


def test_nominees_per_place() -> None:
    assert nominees_per_place({"3301": 3, "3302": 2}, 2) == Fraction(5, 2)


def test_a_round_without_places_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        nominees_per_place({"3301": 3}, 0)


# Worked by hand: granted, releases in seconds after the closing (None: never), then used, returned, left.
CASES = [
    (2, [], (0, 0, 2)),
    (2, [None], (1, 0, 1)),
    (2, [None, None], (2, 0, 0)),
    (2, [-1], (0, 1, 2)),
    (2, [0], (1, 0, 1)),
    (2, [1], (1, 0, 1)),
    (2, [-1, None, None], (2, 1, 0)),
    (3, [-86400, -1, 0, None], (2, 2, 1)),
    (0, [], (0, 0, 0)),
    (1, [None, None], (2, 0, -1)),  # broken rows are shown as they are, not hidden
]


@pytest.mark.parametrize(("granted", "releases", "wanted"), CASES)
def test_the_account_by_hand(granted: int, releases: list[int | None], wanted: tuple[int, int, int]) -> None:
    found = account(granted, [_place(at) for at in releases], closes_at=CLOSES_AT)
    assert (found.used, found.returned, found.left) == wanted
    assert found.nominated == len(releases)


def _place(at: int | None) -> PlaceTaken:
    return PlaceTaken(None if at is None else CLOSES_AT + timedelta(seconds=at))


@given(
    st.integers(0, 6), st.lists(st.tuples(st.integers(-30, 30), st.none() | st.integers(0, 40)), max_size=12)
)
@settings(max_examples=200, derandomize=True, deadline=None)
def test_the_account_is_that_of_a_clerk_who_counts_slips(
    granted: int, stays: list[tuple[int, int | None]]
) -> None:
    """Independently: one slip is laid down for each nomination and taken away by a release, until the round is over."""
    events = sorted(
        [(come, 1) for come, _stay in stays] + [(come + stay, -1) for come, stay in stays if stay is not None]
    )
    slips = returned = 0
    for second, change in events:
        if change > 0:
            slips += 1
        elif second < 0:
            slips -= 1
            returned += 1
    taken = [_place(None if stay is None else come + stay) for come, stay in stays]
    assert account(granted, taken, closes_at=CLOSES_AT) == Account(granted, slips, returned)
    assert places_left(granted, taken, closes_at=CLOSES_AT) == max(0, granted - slips)


def test_nobody_has_fewer_than_no_places() -> None:
    with pytest.raises(ValueError, match="no fewer"):
        account(-1, [], closes_at=CLOSES_AT)

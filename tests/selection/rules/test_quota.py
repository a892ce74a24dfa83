"""Places left in a nominator's quota."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from selection.rules.quota import PlaceTaken, nominees_per_place, places_left

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

"""Rates, samples, tasks and what looks odd, by hand-computed values."""

from datetime import date
from decimal import Decimal

import pytest

from studios.rules import activity as rules


def test_a_record_is_due_ten_days_after_the_activity():
    assert rules.due_on(date(2026, 2, 20)) == date(2026, 3, 2)


def test_rates_of_a_group():
    assert rules.completion_rate(5, 6) == Decimal("83.3")
    assert rules.attendance_rate([8, 7, 6], 8) == Decimal("87.5")
    assert rules.attendance_rate([], 8) is None


@pytest.mark.parametrize(
    ("counts", "faults"),
    [
        ((30, 20, 5, 15, [20, None, None, None]), []),
        ((30, 31, None, None, []), ["people_over_times"]),
        ((30, 20, 5, 14, []), ["first_and_returning"]),
        ((30, 20, None, None, [5, 5, 5, 4]), ["ages"]),
        ((30, None, 5, None, [1]), []),
    ],
)
def test_counts_that_contradict_each_other(counts, faults):
    assert rules.count_faults(*counts) == faults


def test_quarters():
    assert rules.quarter_of(date(2026, 9, 30)) == "2026Q3"
    assert rules.days_of("2026Q4") == (date(2026, 10, 1), date(2026, 12, 31))
    assert rules.days_of("2026Q1") == (date(2026, 1, 1), date(2026, 3, 31))
    with pytest.raises(ValueError, match=r".+"):
        rules.days_of("2026Q9")


def test_the_sample_is_ten_per_cent_rounded_up_and_the_same_for_the_same_seed():
    drawn = rules.sample("公开数值123", range(1, 102))
    assert len(drawn) == 11
    assert drawn == rules.sample("公开数值123", reversed(range(1, 102)))
    assert drawn != rules.sample("公开数值124", range(1, 102))


def test_the_order_of_the_sample_is_that_of_the_digests():
    import hashlib

    by_hand = sorted(
        range(1, 21), key=lambda n: hashlib.sha256(f"activity-sample/v1\0s\0{n}".encode()).hexdigest()
    )
    assert rules.sample("s", range(1, 21)) == by_hand[:2]


def test_always_round_needs_five():
    assert not rules.always_round(4, 4)
    assert rules.always_round(5, 5)
    assert not rules.always_round(9, 8)


def test_just_before_a_deadline():
    due = [date(2026, 10, 20), date(2026, 12, 10)]
    assert rules.just_before(date(2026, 10, 17), due) == due[0]
    assert rules.just_before(date(2026, 10, 16), due) is None
    assert rules.just_before(date(2026, 10, 21), due) is None


def test_a_task_is_capped_so_that_it_hides_no_other():
    items = rules.tasks({"training": 40, "community": 3}, {"training": Decimal(4), "community": Decimal(6)})
    assert [task.rate for task in items] == [Decimal(120), Decimal("50.0")]
    assert rules.track_rate(items) == Decimal("85.0")
    assert [task.met for task in items] == [True, False]

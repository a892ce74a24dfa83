"""The arithmetic of an assessment: marks, averages, grades, the limit of the excellent, what the facts suggest."""

from decimal import Decimal

import pytest

from studios.rules import assessment as rules
from studios.rules.programme import default

PROGRAMME = default()
D = PROGRAMME.dimensions
FULL = {d.code: Decimal(d.points) for d in D}


def less(**changes: str) -> dict[str, Decimal]:
    return {**FULL, **{code: Decimal(mark) for code, mark in changes.items()}}


def test_the_average_is_exact_and_rounded_once_half_up():
    assert rules.average([less(system="14.1"), less(system="14.0")]) == Decimal("99.05")
    assert rules.average([less(service="19.3"), less(service="19.2")]) == Decimal("84.25")
    thirds = [{"a": Decimal("0.1")}, {"a": Decimal("0.1")}, {"a": Decimal("0.2")}]
    assert rules.average(thirds) == Decimal("0.13")
    half = [{"a": Decimal("84.12")}, {"a": Decimal("84.13")}]
    assert str(rules.average(half)) == "84.13"  # 84.125


@pytest.mark.parametrize(
    ("given", "code", "what"),
    [
        ({**FULL, "money": Decimal("20.1")}, "money", "bounds"), ({**FULL, "money": Decimal("-1")}, "money", "bounds"),
        ({**FULL, "money": Decimal("1.25")}, "money", "step"), ({**FULL, "other": Decimal(1)}, "other", "unknown"),
        ({k: v for k, v in FULL.items() if k != "society"}, "society", "missing"),
        ({**FULL, "money": Decimal("NaN")}, "money", "bounds"),
    ],
)  # fmt: skip
def test_a_mark_that_cannot_be_is_named(given, code, what):
    with pytest.raises(rules.BadMarks) as bad:
        rules.read_marks(D, given)
    assert (bad.value.code, bad.value.what) == (code, what)


@pytest.mark.parametrize(
    ("score", "grade"),
    [
        ("90.00", "excellent"), ("89.99", "qualified"), ("75.00", "qualified"), ("74.99", "basic"), ("60.00", "basic"),
        ("59.99", "unqualified"), ("0.00", "unqualified"), ("100.00", "excellent"),
    ],
)  # fmt: skip
def test_a_grade_begins_at_its_line(score, grade):
    assert rules.grade_for(PROGRAMME, Decimal(score), vetoed=False, reds=0) == rules.Reached(grade)


@pytest.mark.parametrize(
    ("score", "vetoed", "reds", "grade", "cap"),
    [
        ("95.00", False, 1, "excellent", ""), ("95.00", False, 2, "basic", "two_reds"), ("80.00", False, 3, "basic", "two_reds"),
        ("65.00", False, 2, "basic", ""), ("40.00", False, 2, "unqualified", ""), ("95.00", True, 0, "unqualified", "veto"),
        (None, True, 2, "unqualified", "veto"),
    ],
)  # fmt: skip
def test_two_reds_leave_no_better_than_basic_and_a_veto_leaves_nothing(score, vetoed, reds, grade, cap):
    points = None if score is None else Decimal(score)
    assert rules.grade_for(PROGRAMME, points, vetoed=vetoed, reds=reds) == rules.Reached(grade, cap)


@pytest.mark.parametrize(
    ("assessed", "places"), [(0, 0), (4, 0), (5, 1), (9, 1), (10, 2), (14, 2), (15, 3), (1000, 200)]
)
def test_the_share_of_the_excellent_is_never_rounded_up(assessed, places):
    assert rules.excellent_places(assessed, 20) == places


def keys(**scores: str) -> dict[int, list[Decimal]]:
    return {ord(name): [Decimal(part) for part in marks.split()] for name, marks in scores.items()}


@pytest.mark.parametrize(
    ("ranked", "places", "may"),
    [
        (keys(a="95 33", b="93 34", c="92 34"), 2, "ab"),
        (keys(a="95 33", b="93 34", c="93 33"), 2, "ab"),  # equal scores are parted by the heaviest dimension
        (keys(a="95 33", b="93 34", c="93 34"), 2, "abc"),  # equal in everything: in the order of confirmation
        (keys(a="95 33", b="95 33", c="93 34"), 2, "ab"),
        (keys(a="95 33"), 2, "a"), (keys(a="95 33"), 0, ""), ({}, 2, ""),
    ],
)  # fmt: skip
def test_who_may_be_excellent(ranked, places, may):
    assert rules.limit_excellent(ranked, places) == frozenset(map(ord, may))


def test_ties_are_parted_by_the_heaviest_dimension_first():
    marks = rules.tie_marks(D, FULL)
    assert marks == [Decimal(n) for n in (35, 20, 15, 15, 10, 5)]


FACTS = {
    "reports": {"owed": 5, "on_time": 4, "late": 1, "red": 0}, "spent_share": "82.5",
    "tasks": [
        {"code": "training", "rate": "120.0"}, {"code": "cases", "rate": "50.0"}, {"code": "mentees", "rate": "80.0"},
        {"code": "satisfaction", "rate": "102.4"},
    ],
}  # fmt: skip


def test_the_facts_suggest_a_mark_where_they_say_something():
    found = rules.suggested(D, FACTS)
    assert found == {
        "system": Decimal("12.0"), "money": Decimal("16.5"), "service": Decimal("26.8"), "mentoring": Decimal("12.0"),
        "society": Decimal("10.0"),
    }  # fmt: skip
    assert rules.suggested(D, {}) == {}

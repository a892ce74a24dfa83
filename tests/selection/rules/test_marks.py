"""A mark as it is typed."""

from decimal import Decimal
from fractions import Fraction

import pytest

from selection.rules.marks import fault_of, plain_mark, read_mark, subtotal


@pytest.mark.parametrize(
    ("typed", "mark"),
    [
        ("88", "88"),
        ("88.5", "88.5"),
        ("８８。５", "88.5"),
        (" 100 ", "100"),
        ("0", "0"),
        (".5", "0.5"),
        ("88.50", "88.50"),
    ],
)
def test_numbers_are_read_in_any_width(typed, mark):
    assert read_mark(typed) == Decimal(mark)
    assert fault_of(read_mark(typed)) == ""


@pytest.mark.parametrize("typed", ["", "八八", "1e1", "NaN", "88,5", "8 8", "--1", "1234567"])
def test_what_is_no_number_is_none(typed):
    assert read_mark(typed) is None


@pytest.mark.parametrize(
    ("mark", "fault"),
    [
        ("100.5", "out_of_range"), ("-0.5", "out_of_range"), ("88.3", "not_half_points"), ("88.25", "not_half_points"),
        ("NaN", "not_a_number"), ("Infinity", "not_a_number"),
    ],
)  # fmt: skip
def test_faults_are_named(mark, fault):
    assert fault_of(Decimal(mark)) == fault


def test_one_mark_has_one_spelling():
    assert plain_mark(Decimal("88")) == plain_mark(Decimal("88.00")) == "88.0"


def test_a_subtotal_is_out_of_the_weights_marked_so_far():
    weights = {"A": Decimal(15), "B": Decimal(30), "C": Decimal(15), "D": Decimal(15), "E": Decimal(15)}
    marks = {"A": Decimal(84), "B": Decimal("88.5"), "C": Decimal(86), "D": Decimal(92)}
    assert subtotal(marks, weights) == (Fraction("65.85"), Fraction(75))

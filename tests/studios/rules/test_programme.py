from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from studios.rules.programme import BadProgramme, Programme, at_least, default


def test_the_defaults_read_back_as_they_are_stored() -> None:
    assert Programme.from_dict(default().to_dict()) == default()
    assert Programme.from_dict(default().to_dict()).digest == default().digest


def test_what_a_content_leaves_out_is_the_default() -> None:
    assert Programme.from_dict({"cash_limit": "500.00"}).item_limit == Decimal("5000.00")


@pytest.mark.parametrize(
    ("content", "where", "what"),
    [
        ({"colour": 1}, "colour", "unknown"),
        ({"cash_limit": 1000}, "cash_limit", "malformed"),
        ({"cash_limit": "NaN"}, "cash_limit", "malformed"),
        ({"sample_share": 101}, "sample_share", "malformed"),
        ({"sample_share": True}, "sample_share", "malformed"),
        ({"gates": []}, "gates", "malformed"),
        (
            {"gates": [{"report": 1, "spent_share": 0, "grade": "", "most_overdue": 0}]},
            "gates[1].report",
            "malformed",
        ),
        ({"dimensions": [{"code": "a", "name": "甲", "name_en": "A", "points": 99}]}, "dimensions", "sum"),
        ({"grades": [{"code": "excellent", "least": "90"}]}, "grades", "malformed"),
        ({"heads": [{"code": "a", "name": "甲", "name_en": "A", "cap": 50}] * 2}, "heads", "double"),
    ],
)
def test_a_fault_is_named_with_its_place(content: dict[str, Any], where: str, what: str) -> None:
    with pytest.raises(BadProgramme) as fault:
        Programme.from_dict(content)
    assert (fault.value.where, fault.value.what) == (where, what)


@pytest.mark.parametrize(
    ("score", "grade"),
    [
        ("100", "excellent"),
        ("90.00", "excellent"),
        ("89.99", "qualified"),
        ("75.00", "qualified"),
        ("74.99", "basic"),
        ("60.00", "basic"),
        ("59.99", "unqualified"),
        ("0", "unqualified"),
    ],
)
def test_a_score_reaches_its_grade(score: str, grade: str) -> None:
    assert default().grade_at(Decimal(score)) == grade


def test_a_grade_is_compared_with_the_one_asked() -> None:
    assert [at_least(g, "qualified") for g in ("excellent", "qualified", "basic", "")] == [
        True,
        True,
        False,
        False,
    ]
    assert at_least("", "")


def test_instalments_past_the_last_gate_have_the_last_one() -> None:
    assert default().gate(7) is default().gates[-1]
    assert not default().gate(1).report

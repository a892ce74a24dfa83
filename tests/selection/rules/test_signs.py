"""Signs for the supervisor: each shown by sheets that carry it and none by sheets that do not."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest

from selection.rules.signs import Sheet, Signal, signals


def quiet(**changes: object) -> list[Sheet]:
    """Six experts on eight nominees without a sign; `changes` are of expert X0's sheet of nominee N0."""
    randomly = Random(5)
    rows = [
        Sheet(
            f"N{n}",
            f"X{x}",
            78 + n + randomly.uniform(-2, 2),
            timedelta(minutes=20 + n),
            comments=(f"{n}{x}",),
        )
        for n in range(8)
        for x in range(6)
    ]
    return [
        Sheet(**{**vars_of(row), **changes}) if (row.nominee, row.expert) == ("N0", "X0") else row
        for row in rows
    ]  # type: ignore[arg-type]


def vars_of(row: Sheet) -> dict[str, object]:
    return {name: getattr(row, name) for name in row.__dataclass_fields__}


def changed(expert: str, **changes: object) -> list[Sheet]:
    """Every sheet of one expert changed; a callable is given the sheet."""
    return [
        Sheet(**{**vars_of(row), **{n: c(row) if callable(c) else c for n, c in changes.items()}})  # type: ignore[arg-type]
        if row.expert == expert
        else row
        for row in quiet()
    ]


def codes(rows: list[Sheet]) -> list[tuple[str, tuple[str, ...]]]:
    return [(found.code, found.experts) for found in signals(rows)]


def test_ordinary_sheets_show_no_sign() -> None:
    assert signals(quiet()) == []


def test_no_sheets_show_no_sign() -> None:
    assert signals([]) == []


def test_a_sheet_far_from_the_median() -> None:
    (found,) = signals(quiet(total=98.0))
    assert (found.code, found.experts, found.nominees, round(found.value)) == ("far", ("X0",), ("N0",), 19)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (changed("X2", total=lambda row: row.total + 11), ("lenient", ("X2",))),
        (changed("X2", total=80.0), ("flat", ("X2",))),
        (changed("X2", total=lambda row: row.total + 6 * (row.nominee == "N3"), home=lambda row: row.nominee == "N3"), ("home", ("X2",))),
        (changed("X2", late=lambda row: row.nominee == "N1"), ("late", ("X2",))),
        (quiet(read_for=timedelta(seconds=179)), ("quick", ("X0",))),
    ],
    ids=["lenient", "flat", "home", "late", "quick"],
)  # fmt: skip
def test_what_one_expert_did(rows: list[Sheet], expected: tuple[str, tuple[str, ...]]) -> None:
    assert codes(rows) == [expected]


def test_a_home_nominee_marked_like_others_is_no_sign() -> None:
    assert codes(changed("X2", home=lambda row: row.nominee == "N3")) == []


def test_three_minutes_are_enough() -> None:
    assert signals(quiet(read_for=timedelta(minutes=3))) == []


def test_two_experts_alike_are_a_sign_only_with_the_same_comments() -> None:
    first = {row.nominee: row for row in quiet() if row.expert == "X0"}
    same = changed("X1", total=lambda row: first[row.nominee].total + 0.5)
    assert codes(same) == []
    copied = [
        Sheet(**{**vars_of(row), "comments": first[row.nominee].comments}) if row.expert == "X1" else row  # type: ignore[arg-type]
        for row in same
    ]
    assert codes(copied) == [("alike", ("X0", "X1"))]
    assert isinstance(signals(copied)[0], Signal)

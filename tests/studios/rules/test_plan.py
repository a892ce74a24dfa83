"""What a plan lacks is said, section by section, against the numbers of the rules."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from studios.rules import plan as rules
from studios.rules.programme import Programme, default


def whole(**fields: Any) -> dict[str, Any]:
    return {
        **rules.empty(default(), 2026),
        "goals": [{"text": "带教", "measure": "", "by_year": 2028}],
        "team": [{"name": n, "post": "督导", "certificate": ""} for n in "甲乙丙"],
        "stations": [
            {"point": "", "name": "东街", "weaker_area": False},
            {"point": "", "name": "山前", "weaker_area": True},
        ],
        **fields,
    }


def codes(content: dict[str, Any], *, mentees: int = 5, rules_: Programme | None = None) -> list[str]:
    return [fault.code for fault in rules.faults(content, rules_ or default(), mentees=mentees)]


def test_a_whole_plan_lacks_nothing() -> None:
    assert codes(whole()) == []


def test_an_empty_plan_begins_with_the_tasks_of_the_rules_for_every_year() -> None:
    found = rules.empty(default(), 2027)
    assert {row["year"] for row in found["tasks"]} == {2027, 2028, 2029}
    assert len(found["tasks"]) == 3 * len(default().tasks)
    assert codes(found, mentees=0) == ["no_goal", "team_small", "mentees_few", "stations_few", "weak_few"]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"goals": [{"text": "带教", "measure": "", "by_year": 2029}]}, ["goal_year"]),
        ({"goals": []}, ["no_goal"]),
        ({"team": [{"name": n, "post": "", "certificate": ""} for n in "甲乙"]}, ["team_small"]),
        ({"team": [{"name": n, "post": "", "certificate": ""} for n in "甲乙丙丙"]}, ["team_twice"]),
        ({"stations": [{"name": "山前", "weaker_area": True}]}, ["stations_few"]),
        ({"stations": [{"name": n, "weaker_area": False} for n in ("东", "西")]}, ["weak_few"]),
    ],
)
def test_what_is_lacking_is_named(fields: dict[str, Any], expected: list[str]) -> None:
    assert codes(whole(**fields)) == expected


def test_a_group_of_mentees_is_five_persons() -> None:
    assert codes(whole(), mentees=4) == ["mentees_few"]


def test_a_target_may_be_more_than_the_rules_ask_never_less() -> None:
    tasks = rules.empty(default(), 2026)["tasks"]
    more = [{**row, "target": "99"} for row in tasks]
    less = [{**tasks[0], "target": "3.99"}, *tasks[1:]]
    assert codes(whole(tasks=more)) == []
    assert codes(whole(tasks=less)) == ["task_below"]
    assert codes(whole(tasks=tasks[1:])) == ["task_missing"]
    assert codes(whole(tasks=[{**tasks[0], "target": "NaN"}, *tasks[1:]])) == ["task_missing"]


def test_the_numbers_come_from_the_rules() -> None:
    eased = Programme.from_dict(
        {"team_least": 1, "stations_least": 0, "weak_stations_least": 0, "mentee_group": 0}
    )
    plan = whole(team=[{"name": "甲", "post": "", "certificate": ""}], stations=[])
    assert codes(plan, mentees=0, rules_=eased) == []


@pytest.mark.parametrize(("month", "first"), [(6, 2026), (7, 2027), (12, 2027)])
def test_whoever_is_recognised_late_in_a_year_begins_with_the_next(month: int, first: int) -> None:
    assert rules.first_year_of(month, 2026) == first


@pytest.mark.parametrize("text", ["1e3", "-1", "", "Infinity", None])
def test_only_plain_numbers_are_targets(text: Any) -> None:
    found = rules.number(text)
    assert found is None or found == Decimal(1000)

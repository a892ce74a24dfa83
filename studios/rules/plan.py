"""What a studio's plan must say before anybody endorses it. The least numbers come from the rules in force."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from studios.rules.programme import Programme

SECTIONS = ("goals", "tasks", "team", "stations")


@dataclass(frozen=True)
class Fault:
    """Where the plan falls short: the section, what is wrong, and the numbers or names that a sentence says."""

    where: str
    code: str
    given: Mapping[str, Any]


def empty(programme: Programme, first_year: int) -> dict[str, Any]:
    """A plan to begin with: the rules' own tasks for every year, the rest to be written."""
    return {
        "first_year": first_year,
        "goals": [],
        "tasks": [
            {"year": year, "code": task.code, "name": task.name, "unit": task.unit, "target": str(task.target)}
            for year in years_from(first_year, programme)
            for task in programme.tasks
        ],
        "team": [],
        "stations": [],
    }  # fmt: skip


def years_from(first_year: int, programme: Programme) -> range:
    """The years that a plan is for."""
    return range(first_year, first_year + programme.plan_years)


def first_year_of(month: int, year: int) -> int:
    """Whoever is recognised in the second half of a year begins with the next."""
    return year if month <= 6 else year + 1


def faults(content: Mapping[str, Any], programme: Programme, *, mentees: int) -> list[Fault]:
    """Everything that a plan lacks, in the order of its sections."""
    years = years_from(int(content.get("first_year") or 0), programme)
    rows = {name: list(content.get(name) or []) for name in SECTIONS}
    return [
        *_goals(rows["goals"], years),
        *_tasks(rows["tasks"], years, programme),
        *_team(rows["team"], programme, mentees),
        *_stations(rows["stations"], programme),
    ]


def _goals(rows: Sequence[Mapping[str, Any]], years: range) -> Iterator[Fault]:
    if not rows:
        yield Fault("goals", "no_goal", {})
    for row in rows:
        if row["by_year"] not in years:
            yield Fault("goals", "goal_year", {"goal": row["text"], "first": years[0], "last": years[-1]})


def _tasks(rows: Sequence[Mapping[str, Any]], years: range, programme: Programme) -> Iterator[Fault]:
    found = {(row["year"], row["code"]): number(row["target"]) for row in rows}
    for year in years:
        for task in programme.tasks:
            target = found.get((year, task.code))
            given = {"year": year, "task": task.name, "least": f"{task.target.normalize():f}{task.unit}"}
            if target is None:
                yield Fault("tasks", "task_missing", given)
            elif target < task.target:
                yield Fault("tasks", "task_below", given)


def number(text: Any) -> Decimal | None:
    """A target as it is stored, or None if it is none."""
    try:
        found = Decimal(str(text))
    except InvalidOperation:
        return None
    return found if found.is_finite() and found >= 0 else None


def _team(rows: Sequence[Mapping[str, Any]], programme: Programme, mentees: int) -> Iterator[Fault]:
    names = [row["name"] for row in rows]
    if len(set(names)) < programme.team_least:
        yield Fault("team", "team_small", {"least": programme.team_least, "now": len(set(names))})
    if len(set(names)) < len(names):
        yield Fault("team", "team_twice", {})
    if mentees < programme.mentee_group:
        yield Fault("team", "mentees_few", {"least": programme.mentee_group, "now": mentees})


def _stations(rows: Sequence[Mapping[str, Any]], programme: Programme) -> Iterator[Fault]:
    names = [row["name"] for row in rows]
    if len(set(names)) < programme.stations_least:
        yield Fault("stations", "stations_few", {"least": programme.stations_least, "now": len(set(names))})
    if len(set(names)) < len(names):
        yield Fault("stations", "station_twice", {})
    weaker = len({row["name"] for row in rows if row.get("weaker_area")})
    if weaker < programme.weak_stations_least:
        yield Fault("stations", "weak_few", {"least": programme.weak_stations_least, "now": weaker})

"""From the rows of the statements to ties: who is tied to whom, on which ground, from when until when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from selection.models import Recusal
from selection.queries import conflict_sql as sql
from selection.rules.conflict import INVERSE

Ground = Recusal.Ground
PERSONS = ("experts", "keys", "same", "nominees", "persons", "selves")


class Tie(NamedTuple):
    """One tie between a nomination and a row of the pool."""

    nomination: int
    expert: int
    ground: str
    since: date | None = None
    until: date | None = None
    about: str = ""


def twins(scope: sql.Scope) -> dict[int, set[int]]:
    """Each row of the pool that is not alone to the rows that are the same person, itself among them."""
    groups: dict[int, set[int]] = {}
    for one, other in scope.run(("keys",), sql.TWINS):
        joined = groups.get(one, {one}) | groups.get(other, {other})
        groups |= dict.fromkeys(joined, joined)
    return groups


def of_units(scope: sql.Scope, on: date) -> list[Tie]:
    """Where they meet, or met within the years."""
    return [_at_one_unit(row, on) for row in scope.run((*PERSONS, "places", "posts"), sql.UNITS)]


def _at_one_unit(row: tuple[Any, ...], on: date) -> Tie:
    nominee, expert, via, capacity, since, until, began, ended, name = row
    since, until, began, ended = _day(since), _day(until), _day(began), _day(ended)
    if via == "bureau":
        ground = Ground.NOMINATOR.value
    elif capacity != "employed":
        ground = Ground.BOARD.value
    elif (until is None or until >= on) and (ended is None or ended >= on):
        ground = Ground.SAME_UNIT.value
    else:
        ground = Ground.FORMER_UNIT.value
    last = min(until, ended) if until and ended else until or ended
    first = max(since, began) if since and began else since or began
    return Tie(nominee, expert, ground, first, last, name)


def of_links(scope: sql.Scope) -> list[Tie]:
    """Links between persons; seen from the nominee's side a teacher is a student."""
    return [
        Tie(nominee, expert, INVERSE.get(kind, kind) if inverse else kind, _day(since), _day(until))
        for nominee, expert, kind, since, until, inverse in scope.run(PERSONS, sql.LINKS)
    ]


def of_boards(scope: sql.Scope) -> list[Tie]:
    """Officers of federations."""
    return [
        Tie(nominee, expert, Ground.OFFICER.value, _day(since), _day(until), f"{name}{role}")
        for nominee, expert, role, since, until, name in scope.run(
            ("experts", "keys", "nominees"), sql.OFFICERS
        )
    ]


def of_requests(scope: sql.Scope) -> list[Tie]:
    """Requests that were upheld."""
    rows = scope.run(("experts", "keys", "nominees", "upheld"), sql.UNSUITABLE)
    return [Tie(nominee, expert, Ground.UNSUITABLE.value) for nominee, expert in rows]


def of_identity(scope: sql.Scope, nominees: Iterable[int]) -> list[Tie]:
    """Oneself, and every other nominee of the round in which one stands oneself."""
    selves = defaultdict(set)
    for nominee, expert in scope.run(PERSONS, sql.SELVES):
        selves[expert].add(nominee)
    words = {True: Ground.SAME_PERSON.value, False: Ground.FELLOW_NOMINEE.value}
    return [
        Tie(nominee, expert, words[nominee in own]) for expert, own in selves.items() for nominee in nominees
    ]


def of_city(scope: sql.Scope) -> list[Tie]:
    """Experts of the nominee's city."""
    rows = scope.run(("experts", "nominees"), sql.CITIES)
    return [Tie(nominee, expert, Ground.SAME_CITY.value, None, None, name) for nominee, expert, name in rows]


@lru_cache(maxsize=20_000)
def _day(value: Any) -> date | None:
    """SQLite gives a date as its text."""
    return date.fromisoformat(value) if isinstance(value, str) else value

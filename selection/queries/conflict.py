"""Who may not score whom, as the records have it: found for all experts and all nominees at once.

A conflict holds between two *persons*. An expert is known by the keyed hash of the identity number and by every alias;
rows of the pool that share a key are one person, and what binds one row binds the others. A nominee who is in the pool
is known by all keys found there.

Units: two persons who were at one unit, each at some time within the years that count (`conflict_years`, backwards from
the day asked about), conflict. They need not have been there at the same time: who left a unit two years ago does not
judge who works there now. `same_unit` says that both are there today, `former_unit` that one or both have left. What
ended on the corresponding day that many years ago still counts, the day before no more. A nominee's units are the
unit of the dossier, the posts and times of practice written into it (by the unit's full name, as it is or was), and those
recorded in the pool. A post without a beginning or an end has none on that side.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext

from accounts.models import Organisation
from selection.errors import ConflictOfInterest
from selection.models import Assignment, Expert, Nomination, Recusal, Round
from selection.models.nominee import plain_name
from selection.queries import conflict_sql as sql
from selection.rules.conflict import INVERSE, first_day_that_counts
from selection.rules.draw import Pair
from workflow import clock
from workflow.wording import listed

GROUNDS = [ground.value for ground in Recusal.Ground]
MOST_NAMED_IDS = 2000  # above it all are asked for and sorted out here
MOST_SAID = 10  # pairs that a refusal names
Key = tuple[int, int, str]


@dataclass(frozen=True)
class Conflict:
    """Why an expert may not score a nominee: the ground, what it is about, from when until when (the last day)."""

    nomination: int
    expert: int
    ground: str
    since: date | None = None
    until: date | None = None
    about: str = ""
    nominee_code: str = ""
    expert_code: str = ""

    @property
    def pair(self) -> Pair:
        """Nominee and expert by code, as the draw has them."""
        return self.nominee_code, self.expert_code

    @property
    def label(self) -> str:
        """The ground in words."""
        return str(Recusal.Ground(self.ground).label)

    @property
    def reason(self) -> str:
        """The whole reason in one line."""
        about = gettext("：%(about)s") % {"about": self.about} if self.about else ""
        return self.label + about + self.window

    @property
    def window(self) -> str:
        """From when until when, if either is known."""
        days = {name: day.isoformat() for name, day in (("since", self.since), ("until", self.until)) if day}
        patterns = {
            ("since", "until"): gettext("（%(since)s至%(until)s）"),
            ("since",): gettext("（%(since)s起）"),
            ("until",): gettext("（至%(until)s）"),
        }
        return patterns[tuple(days)] % days if days else ""


def conflicts(
    round_: Round,
    *,
    experts: Collection[Expert] | None = None,
    nominations: Collection[Nomination] | None = None,
    on: date | None = None,
) -> list[Conflict]:
    """Every conflict of the round on that day (today), one a pair and ground, by the codes of nominee and expert.

    At most ten statements, however many experts and nominees there are.
    """
    asked = None if experts is None else {expert.pk for expert in experts}
    only = None if nominations is None else [nomination.pk for nomination in nominations]
    return _found(round_, on or clock.today(), asked, only, sql.People())


def conflicts_between(nomination: Nomination, expert: Expert) -> list[Conflict]:
    """Why this expert may not score this nominee today; empty if nothing is known."""
    return conflicts(nomination.round, experts=[expert], nominations=[nomination])


def pairs_of(found: Iterable[Conflict]) -> set[Pair]:
    """Who may not score whom, by code."""
    return {conflict.pair for conflict in found}


def by_pair(found: Iterable[Conflict]) -> dict[tuple[int, int], list[Conflict]]:
    """The conflicts of each pair (nomination, expert), the gravest ground first."""
    pairs: dict[tuple[int, int], list[Conflict]] = defaultdict(list)
    for conflict in found:
        pairs[conflict.nomination, conflict.expert].append(conflict)
    return pairs


def recusals_of(found: Iterable[Conflict]) -> list[Recusal]:
    """One unsaved recusal a pair: the gravest ground, and all reasons."""
    return [_recusal(rows) for rows in by_pair(found).values()]


def _recusal(rows: Sequence[Conflict]) -> Recusal:
    first = rows[0]
    kind = Recusal.Kind.REQUESTED if first.ground == Recusal.Ground.UNSUITABLE else Recusal.Kind.DERIVED
    return Recusal(
        nomination_id=first.nomination, expert_id=first.expert, kind=kind, ground=first.ground,
        reason="；".join(row.reason for row in rows)[:300], since=first.since, until=first.until,
    )  # fmt: skip


def conflicted_duties(round_: Round) -> list[tuple[Assignment, list[Conflict]]]:
    """Duties that stand although a conflict is known by now: found after the draw."""
    duties = list(
        Assignment.objects.filter(round=round_, state__in=("drawn", "accepted"))
        .select_related("expert", "nomination__nominee", "nomination__unit")
        .order_by("nomination__code", "expert__code")
    )
    if not duties:
        return []
    found = by_pair(conflicts(round_, experts={duty.expert for duty in duties}))
    pairs = [(duty, found.get((duty.nomination_id, duty.expert_id), [])) for duty in duties]
    return [(duty, rows) for duty, rows in pairs if rows]


def require_no_conflict(nomination: Nomination, expert: Expert) -> None:
    """Raises `ConflictOfInterest` with the reasons if this expert may not score this nominee: by what the records say
    today, or by what was declared, decided or found before."""
    found = [row.reason for row in conflicts_between(nomination, expert)]
    kept = Recusal.objects.filter(nomination=nomination, expert=expert).values_list("reason", flat=True)
    if reasons := found or list(kept):
        raise ConflictOfInterest(
            gettext("有须回避的情形，不能评审该人选：%(reasons)s。") % {"reasons": "；".join(reasons)}
        )


def require_no_recusal(round_: Round, pairs: Collection[Pair]) -> None:
    """Whoever is about to assign these pairs asks first: the database refuses a recused pair without a sentence.
    Raises `ConflictOfInterest` naming those that are recused."""
    kept = Recusal.objects.filter(nomination__round=round_)
    barred = {(n, e): why for n, e, why in kept.values_list("nomination__code", "expert__code", "reason")}
    if refused := sorted(set(pairs) & barred.keys()):
        words = listed(
            f"{nominee}—{expert}（{barred[nominee, expert]}）" for nominee, expert in refused[:MOST_SAID]
        )
        raise ConflictOfInterest(gettext("以下专家须回避该人选，不能分派：%(pairs)s。") % {"pairs": words})


@dataclass(frozen=True)
class Person:
    """Somebody who may be invited: with whom would they conflict?"""

    name: str
    id_number: str = ""
    units: tuple[tuple[str, date | None, date | None], ...] = ()  # full name, from, to


def conflicts_of_people(round_: Round, rows: Sequence[Person]) -> list[list[Conflict]]:
    """For each of these people, in their order, the conflicts they would have in the round; nothing is written.

    Who is in the pool already, known by the identity number, also has what is recorded there.
    """
    numbered = [(-n, row) for n, row in enumerate(rows, start=1)]
    named = {unit for row in rows for unit, _since, _until in row.units}
    units: dict[str, set[int]] = defaultdict(set)
    for name, pk in _units_named(named):
        units[name].add(pk)
    people = sql.People(
        names=[(n, plain_name(row.name)) for n, row in numbered],
        keys=[(n, Expert.hash_of(row.id_number)) for n, row in numbered if row.id_number.strip()],
        units=[
            (n, pk, _text(since), _text(until))
            for n, row in numbered for name, since, until in row.units for pk in sorted(units[name])
        ],
    )  # fmt: skip
    found = _found(round_, clock.today(), {n for n, _row in numbered}, None, people)
    return [[conflict for conflict in found if conflict.expert == n] for n, _row in numbered]


def _units_named(names: Collection[str]) -> list[tuple[str, int]]:
    now = Organisation.objects.filter(name__in=names).values_list("name", "pk")
    then = Organisation.objects.filter(records__name__in=names).values_list("records__name", "pk")
    return [*now, *then]


# From rows to conflicts ------------------------------------------------------------------------------------------


def _found(
    round_: Round, on: date, asked: set[int] | None, only: list[int] | None, people: sql.People
) -> list[Conflict]:
    rules = round_.rulebook
    cut = first_day_that_counts(on, rules.conflict_years)
    everybody = sql.Scope(round_.pk, on.isoformat(), cut.isoformat(), people=people)
    twins = _twins(everybody.run(["keys"], sql.TWINS))
    among = _with_twins(asked, twins)
    named = None if among is None or len(among) > MOST_NAMED_IDS else sorted(pk for pk in among if pk > 0)
    scope = replace(everybody, experts=named, nominations=only)
    codes = dict(_nominees(round_, only))
    rows = [*_by_units(scope, on), *_by_links(scope), *_by_boards(scope), *_by_requests(scope)]
    rows += _by_identity(replace(scope, nominations=None), codes)
    if rules.same_city:
        rows += _by_city(scope)
    return _coded(_spread(rows, twins, asked), codes, round_)


def _nominees(round_: Round, only: list[int] | None) -> Any:
    rows = round_.nominations.exclude(state__in=("draft", "declined", "disqualified", "withdrawn"))
    return (rows if only is None else rows.filter(pk__in=only)).order_by("code").values_list("pk", "code")


def _twins(rows: Iterable[tuple[int, int]]) -> dict[int, set[int]]:
    """Each row of the pool that is not alone to the rows that are the same person, itself among them."""
    groups: dict[int, set[int]] = {}
    for one, other in rows:
        joined = groups.get(one, {one}) | groups.get(other, {other})
        groups |= dict.fromkeys(joined, joined)
    return groups


def _with_twins(asked: set[int] | None, twins: Mapping[int, set[int]]) -> set[int] | None:
    return None if asked is None else {same for pk in asked for same in twins.get(pk, {pk})}


def _spread(
    rows: Iterable[Conflict], twins: Mapping[int, set[int]], asked: set[int] | None
) -> list[Conflict]:
    """What binds one row of a person binds all; of one ground the tie that ends last is kept."""
    kept: dict[Key, Conflict] = {}
    for row in rows:
        for expert in twins.get(row.expert, (row.expert,)):
            if asked is None or expert in asked:
                key = (row.nomination, expert, row.ground)
                kept[key] = max(replace(row, expert=expert), kept.get(key, row), key=_lasting)
    return [replace(row, expert=expert) for (_n, expert, _g), row in kept.items()]


def _lasting(row: Conflict) -> tuple[bool, date, date, str]:
    return (
        row.until is None,
        row.until or date.max,
        row.since or date.min,
        row.about,
    )


def _coded(rows: Iterable[Conflict], codes: Mapping[int, str], round_: Round) -> list[Conflict]:
    experts = dict(Expert.objects.values_list("pk", "code"))
    found = [
        replace(row, nominee_code=codes[row.nomination], expert_code=experts.get(row.expert, ""))
        for row in rows
        if row.nomination in codes
    ]
    return sorted(found, key=lambda row: (*row.pair, row.expert, GROUNDS.index(row.ground)))


def _by_units(scope: sql.Scope, on: date) -> list[Conflict]:
    rows = scope.run(
        ["experts", "keys", "same", "nominees", "persons", "selves", "places", "posts"], sql.UNITS
    )
    return [_at_one_unit(row, on) for row in rows]


def _at_one_unit(row: tuple[Any, ...], on: date) -> Conflict:
    nominee, expert, via, capacity, *days, name = row
    since, until, began, ended = map(_day, days)
    both_there = all(last is None or last >= on for last in (until, ended))
    if via == "bureau":
        ground = Recusal.Ground.NOMINATOR
    elif capacity != "employed":
        ground = Recusal.Ground.BOARD
    else:
        ground = Recusal.Ground.SAME_UNIT if both_there else Recusal.Ground.FORMER_UNIT
    starts = [day for day in (since, began) if day]
    ends = [day for day in (until, ended) if day]
    return Conflict(
        nominee, expert, ground.value, max(starts, default=None), min(ends, default=None), str(name)
    )


def _by_links(scope: sql.Scope) -> list[Conflict]:
    rows = scope.run(["experts", "keys", "same", "nominees", "persons", "selves"], sql.LINKS)
    return [
        Conflict(nominee, expert, INVERSE.get(kind, kind) if inverse else kind, _day(since), _day(until))
        for nominee, expert, kind, since, until, inverse in rows
    ]


def _by_boards(scope: sql.Scope) -> list[Conflict]:
    rows = scope.run(["experts", "keys", "nominees"], sql.OFFICERS)
    return [
        Conflict(nominee, expert, Recusal.Ground.OFFICER.value, _day(since), _day(until), f"{name}{role}")
        for nominee, expert, role, since, until, name in rows
    ]


def _by_requests(scope: sql.Scope) -> list[Conflict]:
    rows = scope.run(["experts", "keys", "nominees"], sql.UNSUITABLE)
    return [Conflict(nominee, expert, Recusal.Ground.UNSUITABLE.value) for nominee, expert in rows]


def _by_identity(scope: sql.Scope, nominees: Iterable[int]) -> list[Conflict]:
    """Oneself, and every other nominee of the round in which one stands oneself."""
    rows = scope.run(["experts", "keys", "same", "nominees", "persons", "selves"], sql.SELVES)
    selves = defaultdict(set)
    for nominee, expert in rows:
        selves[expert].add(nominee)
    words = {True: Recusal.Ground.SAME_PERSON.value, False: Recusal.Ground.FELLOW_NOMINEE.value}
    return [
        Conflict(nominee, expert, words[nominee in own])
        for expert, own in selves.items()
        for nominee in nominees
    ]


def _by_city(scope: sql.Scope) -> list[Conflict]:
    rows = scope.run(["experts", "nominees"], sql.CITIES)
    return [
        Conflict(nominee, expert, Recusal.Ground.SAME_CITY.value, about=name)
        for nominee, expert, name in rows
    ]


def _day(value: Any) -> date | None:
    """SQLite gives a date as its text."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None

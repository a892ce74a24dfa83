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
from selection.queries import conflict_ties as ties
from selection.queries.conflict_ties import Tie
from selection.rules.conflict import first_day_that_counts
from selection.rules.draw import Pair
from workflow import clock
from workflow.wording import listed

GROUNDS = [ground.value for ground in Recusal.Ground]
ORDER = {ground: n for n, ground in enumerate(GROUNDS)}
MOST_NAMED_IDS = 2000  # above it all are asked for and sorted out here
MOST_SAID = 10  # pairs that a refusal names


@dataclass(frozen=True, slots=True)
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
        Assignment.objects.filter(round=round_, stage=round_.stage, state__in=("drawn", "accepted"))
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
    kept = Recusal.objects.filter(nomination=nomination, expert=expert)
    reasons = _told(conflicts_between(nomination, expert), nomination.round)
    if reasons := reasons or [str(row.get_ground_display()) for row in kept]:
        raise ConflictOfInterest(
            gettext("有须回避的情形，不能评审该人选：%(reasons)s。请申请回避。")
            % {"reasons": "；".join(reasons)}
        )


def known_to(duty: Assignment) -> list[str]:
    """What the records show of a duty, as its expert reads it."""
    return _told(conflicts_between(duty.nomination, duty.expert), duty.round)


def _told(found: Iterable[Conflict], round_: Round) -> list[str]:
    """Whole reasons; where the review is blind the grounds alone, since a unit's name would give the nominee away."""
    return list(dict.fromkeys(row.label if round_.rulebook.blind else row.reason for row in found))


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


# From ties to conflicts ----------------------------------------------------------------------------------------------


def _found(
    round_: Round, on: date, asked: set[int] | None, only: list[int] | None, people: sql.People
) -> list[Conflict]:
    rules = round_.rulebook
    cut = first_day_that_counts(on, rules.conflict_years)
    everybody = sql.Scope(round_.pk, on.isoformat(), cut.isoformat(), people=people)
    twins = ties.twins(everybody)
    among = None if asked is None else {same for pk in asked for same in twins.get(pk, {pk})}
    named = None if among is None or len(among) > MOST_NAMED_IDS else sorted(pk for pk in among if pk > 0)
    scope = replace(everybody, experts=named, nominations=only)
    codes = dict(_nominees(round_, only))
    found = [
        *ties.of_units(scope, on),
        *ties.of_links(scope),
        *ties.of_boards(scope),
        *ties.of_requests(scope),
    ]
    found += ties.of_identity(replace(scope, nominations=None), codes)
    if rules.same_city:
        found += ties.of_city(scope)
    return _coded(_spread(found, twins, asked), codes)


def _nominees(round_: Round, only: list[int] | None) -> Any:
    rows = round_.nominations.exclude(state__in=("draft", "declined", "disqualified", "withdrawn"))
    return (rows if only is None else rows.filter(pk__in=only)).order_by("code").values_list("pk", "code")


def _spread(
    found: Iterable[Tie], twins: Mapping[int, set[int]], asked: set[int] | None
) -> dict[tuple[int, int, str], Tie]:
    """What binds one row of a person binds all; of one ground the tie that ends last is kept."""
    kept: dict[tuple[int, int, str], Tie] = {}
    for tie in found:
        for expert in twins.get(tie.expert, (tie.expert,)):
            if asked is None or expert in asked:
                key = (tie.nomination, expert, tie.ground)
                other = kept.get(key)
                kept[key] = tie if other is None else max(tie, other, key=_lasting)
    return kept


def _lasting(tie: Tie) -> tuple[bool, date, date, str]:
    return tie.until is None, tie.until or date.max, tie.since or date.min, tie.about


def _coded(kept: Mapping[tuple[int, int, str], Tie], codes: Mapping[int, str]) -> list[Conflict]:
    experts = dict(Expert.objects.values_list("pk", "code"))
    lines = sorted(
        (codes[nomination], experts.get(expert, ""), expert, ORDER[ground], nomination, tie)
        for (nomination, expert, ground), tie in kept.items()
        if nomination in codes
    )
    return [
        Conflict(nomination, expert, tie.ground, tie.since, tie.until, tie.about, nominee_code, code)
        for nominee_code, code, expert, _order, nomination, tie in lines
    ]


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None

"""The conflicts of a round as a page shows them: a line a pair, found by name and narrowed to a ground."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import BoardTerm
from selection.models import (
    Assignment,
    Expert,
    ExpertAlias,
    ExpertLink,
    ExpertUnit,
    Nomination,
    Recusal,
    Round,
)
from selection.queries.conflict import GROUNDS, Conflict, by_pair, conflicts

STANDING = ("drawn", "accepted")
Line = tuple[int, int, list[Conflict], Assignment | None]


@dataclass(frozen=True)
class Wanted:
    """What the list is narrowed to."""

    text: str = ""
    ground: str = ""
    show: str = ""  # "duties": only pairs that are assigned

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Wanted:
        """From a query string; what makes no sense is left out."""
        ground, show = query.get("ground", ""), query.get("show", "")
        return cls(
            query.get("q", "").replace("\0", "").strip()[:60],
            ground if ground in GROUNDS else "",
            show if show == "duties" else "",
        )


@dataclass(frozen=True)
class Table:
    """The lines wanted, and how many there are without narrowing."""

    rows: Sequence[Line]
    total: int
    late: int
    grounds: list[tuple[str, int]]


def table_of(round_: Round, wanted: Wanted) -> Table:
    """Every pair that may not be, as derived today, declared, or decided before."""
    pairs = by_pair([*conflicts(round_), *_written(round_)])
    duties = {
        (duty.nomination_id, duty.expert_id): duty
        for duty in Assignment.objects.filter(round=round_, stage=round_.stage, state__in=STANDING)
    }
    lines = [(n, e, _once(rows), duties.get((n, e))) for (n, e), rows in pairs.items()]
    counted = Counter(row.ground for _n, _e, rows, _d in lines for row in rows)
    grounds = [(ground, counted[ground]) for ground in GROUNDS if counted[ground]]
    late = sum(duty is not None for *_rest, duty in lines)
    return Table(_narrowed(round_, lines, wanted), len(lines), late, grounds)


def _written(round_: Round) -> list[Conflict]:
    """What was declared or decided, from the rows that hold it; the derived are derived anew."""
    rows = Recusal.objects.filter(nomination__round=round_).exclude(kind=Recusal.Kind.DERIVED)
    return [
        Conflict(
            row.nomination_id, row.expert_id, row.ground, row.since, row.until,
            row.reason if row.kind == Recusal.Kind.DECLARED else "",
        )
        for row in rows
    ]  # fmt: skip


def _once(rows: Sequence[Conflict]) -> list[Conflict]:
    """One line a ground, the gravest first."""
    first = {row.ground: row for row in reversed(rows)}
    return sorted(first.values(), key=lambda row: GROUNDS.index(row.ground))


def _narrowed(round_: Round, lines: Sequence[Line], wanted: Wanted) -> list[Line]:
    found = [line for line in lines if not wanted.show or line[3] is not None]
    if wanted.ground:
        found = [line for line in found if any(row.ground == wanted.ground for row in line[2])]
    if wanted.text:
        nominees, experts = _named(round_, wanted.text)
        found = [line for line in found if line[0] in nominees or line[1] in experts]
    return found


def _named(round_: Round, text: str) -> tuple[set[int], set[int]]:
    nominees = round_.nominations.filter(Q(code__icontains=text) | Q(nominee__name__icontains=text))
    experts = Expert.objects.filter(Q(code__icontains=text) | Q(name__icontains=text))
    return set(nominees.values_list("pk", flat=True)), set(experts.values_list("pk", flat=True))


def filled(lines: Sequence[Line]) -> list[tuple[Nomination, Expert, list[Conflict], Any]]:
    """The lines of one page with the records they name."""
    nominees = Nomination.objects.select_related("nominee", "unit").in_bulk([line[0] for line in lines])
    experts = Expert.objects.select_related("unit").in_bulk([line[1] for line in lines])
    return [(nominees[n], experts[e], rows, duty) for n, e, rows, duty in lines]


def rounds_to_look_at() -> QuerySet[Round]:
    """Rounds under review in which something was recorded after the draw from which a conflict may follow."""
    since = OuterRef("panels__drawn_at")
    later: Any = Q(pk__in=())
    for model in (ExpertLink, ExpertUnit, ExpertAlias, BoardTerm):
        later |= Exists(model._default_manager.filter(recorded_at__gt=since))
    rows = Round.objects.filter(state=Round.State.REVIEW, panels__state="drawn").filter(later)
    return rows.prefetch_related("rulebook_versions")

"""The results under other rules, beside those in force. Nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from selection.models import Result, Round
from selection.queries.deliberation import failed_in_ballot, floors_infeasible, ranking_of
from selection.queries.groups import groups_of, with_groups
from selection.queries.result import calculated
from selection.rules.result import Ranked, select
from selection.rules.rulebook import Rulebook
from selection.rules.scoring import InfeasibleFloors


@dataclass(frozen=True)
class Compared:
    """One nominee under the rules in force and under the others."""

    result: Result
    score: Decimal | None
    rank: int | None
    now: bool
    then: bool

    @property
    def moved(self) -> int:
        """Ranks won (positive) or lost."""
        return (self.result.rank or 0) - (self.rank or 0) if self.result.rank and self.rank else 0


def compared(round_: Round, rules: Rulebook) -> list[Compared]:
    """Everybody by the present order. Raises FloorsInfeasible."""
    results = list(with_groups(ranking_of(round_), "nomination__"))
    nominations = [result.nomination for result in results]
    second = {result.nomination_id for result in results if result.stage > 1}
    found = calculated(round_, rules, nominations, second=second)
    now = _picked(round_, round_.rulebook, [(r, r.score, r.order) for r in results])
    then = _picked(round_, rules, [
        (r, found[r.nomination.code].official, place.order if (place := found[r.nomination.code].place) else None)
        for r in results
    ])  # fmt: skip
    return [
        Compared(
            r, found[r.nomination.code].official, place.rank if (place := found[r.nomination.code].place) else None,
            r.nomination_id in now, r.nomination_id in then,
        )
        for r in results
    ]  # fmt: skip


def _picked(
    round_: Round, rules: Rulebook, rows: Sequence[tuple[Result, Decimal | None, int | None]]
) -> set[int]:
    ranked = [
        Ranked(str(r.nomination_id), score, order or 0, groups_of(r.nomination))
        for r, score, order in rows
        if score is not None and r.nomination.state != "withdrawn"
    ]
    try:
        return {int(pk) for pk in select(rules, ranked, failed=failed_in_ballot(round_)).selected}
    except InfeasibleFloors as infeasible:
        raise floors_infeasible(round_, infeasible) from infeasible

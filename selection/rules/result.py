"""A whole round from marks to outcomes, as one calculation: for the opening, for a recount, and for what would be if."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from selection.rules.floors import Group
from selection.rules.ranking import NO_VOTES, Marks, Place, Sheets, places, sheets_of
from selection.rules.scoring import (
    Candidate,
    PanelScore,
    Selection,
    competition_ranks,
    panel_score,
    select_in_rank_order,
)

if TYPE_CHECKING:
    from selection.rules.rulebook import Rulebook

NOBODY: AbstractSet[str] = frozenset()


@dataclass(frozen=True)
class Calculated:
    """One nominee's score, and the place if there is an official score."""

    sheets: Sheets
    score: PanelScore
    place: Place | None

    @property
    def official(self) -> Decimal | None:
        """The score that may be proposed on."""
        return official(self.score)


def official(score: PanelScore) -> Decimal | None:
    """The score that may be proposed on: none below the number of sheets that the rules ask for."""
    return None if "below_min_sheets" in score.flags else score.value


def calculate(
    rules: Rulebook, marks: Mapping[str, Sequence[Marks]], *, seed: bytes, votes: Mapping[str, int] = NO_VOTES
) -> dict[str, Calculated]:
    """Everybody's score and place from the marks of the valid sheets, by the rules' method and tie chain."""
    sheets = {code: sheets_of(code, found, rules.weights) for code, found in marks.items()}
    scores = {
        code: panel_score(
            found.totals, method=rules.method, min_sheets_for_trim=rules.min_sheets_for_trim, min_sheets=rules.min_sheets
        )
        for code, found in sheets.items()
    }  # fmt: skip
    ranked = {code: value for code, score in scores.items() if (value := official(score)) is not None}
    placed = places(
        ranked, sheets, criterion=rules.tie_criterion, method=rules.method,
        min_sheets_for_trim=rules.min_sheets_for_trim, seed=seed, chain=rules.tie_chain, votes=votes,
    )  # fmt: skip
    return {code: Calculated(sheets[code], scores[code], placed.get(code)) for code in sheets}


def shortlist(ranked: Sequence[tuple[str, Decimal]], places: int) -> list[str]:
    """Who goes on to the second stage: the first `places`, and whoever has the same official score as the last of them."""
    order = sorted(ranked, key=lambda one: -one[1])
    line = order[min(places, len(order)) - 1][1] if order and places > 0 else None
    return [nominee for nominee, score in order if line is not None and score >= line]


def two_stages(first: Mapping[str, Calculated], second: Mapping[str, Calculated]) -> dict[str, Calculated]:
    """One ranking of both stages: whoever was scored in the second stands by it alone, the others after them by the first."""
    ahead = sum(one.place is not None for one in second.values())
    rest = [(code, one, one.place) for code, one in first.items() if code not in second and one.place]
    rest.sort(key=lambda row: row[2].order)
    ranks = competition_ranks([one.official or Decimal(0) for _code, one, _place in rest])
    behind = {
        code: replace(one, place=Place(ahead + rank, ahead + order, place.path))
        for order, ((code, one, place), rank) in enumerate(zip(rest, ranks, strict=True), start=1)
    }
    return {**first, **behind, **second}


@dataclass(frozen=True)
class Ranked:
    """A nominee with an official score, as the selection sees it."""

    id: str
    score: Decimal
    order: int
    groups: frozenset[Group]


def select(
    rules: Rulebook,
    ranked: Sequence[Ranked],
    *,
    taken: Sequence[frozenset[Group]] = (),
    failed: AbstractSet[str] = NOBODY,
) -> Selection:
    """Down the ranking within the ceiling, above the line, under the caps and minimums that are left.

    `taken` are the groups of those on the list already, `failed` those whom the panel's ballot did not pass; their code
    is "ballot_failed". Raises InfeasibleFloors.
    """
    caps = {g: max(0, n - sum(g in groups for groups in taken)) for g, n in rules.bounds("caps").items()}
    floors = {g: max(0, n - sum(g in groups for groups in taken)) for g, n in rules.bounds("floors").items()}
    running = sorted((one for one in ranked if one.id not in failed), key=lambda one: one.order)
    found = select_in_rank_order(
        [Candidate(one.id, one.score, one.groups) for one in running],
        places=max(0, rules.ceiling - len(taken)), pass_line=rules.pass_line, caps=caps, floors=floors, in_order=True,
    )  # fmt: skip
    out = {one.id: "ballot_failed" for one in ranked if one.id in failed}
    return Selection(found.selected, {**found.reasons, **out})

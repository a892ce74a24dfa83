"""The order of equal scores: each link of the chain is tried in turn, and what separated whom is kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from statistics import median
from typing import Any

from selection.rules.draw import tie_lot
from selection.rules.scoring import Method, competition_ranks, panel_score, sheet_total

Marks = Mapping[str, Decimal]


@dataclass(frozen=True)
class Sheets:
    """The valid sheets of one nominee: the total and the marks of each."""

    nominee: str
    totals: tuple[Fraction, ...]
    marks: tuple[Marks, ...]


@dataclass(frozen=True)
class Place:
    """Where a nominee stands: the rank (equal scores share it), the order after the chain, and the links used."""

    rank: int
    order: int
    path: tuple[tuple[str, str], ...]  # (link, value): criterion, median, range, lot


def sheets_of(nominee: str, marks: Sequence[Marks], weights: Mapping[str, Decimal]) -> Sheets:
    """A nominee's sheets with their totals. Raises ValueError for marks that do not fit the criteria."""
    return Sheets(nominee, tuple(sheet_total(m, weights) for m in marks), tuple(marks))


def places(
    scores: Mapping[str, Decimal],
    sheets: Mapping[str, Sheets],
    *,
    criterion: str,
    method: Method,
    min_sheets_for_trim: int,
    seed: bytes,
) -> dict[str, Place]:
    """Ranks on the published score (1, 1, 3) and a full order: criterion named by the rules, higher median, smaller
    range, lot by SHA-256(seed || "tie" || nominee)."""

    def links(nominee: str) -> tuple[tuple[str, Any, str], ...]:
        found = sheets[nominee]
        named = panel_score(
            [m[criterion] for m in found.marks], method=method, min_sheets_for_trim=min_sheets_for_trim
        )
        middle, spread = median(found.totals), max(found.totals) - min(found.totals)
        lot = tie_lot(seed, nominee)
        return (
            ("criterion", -(named.exact or 0), str(named.exact)),
            ("median", -middle, str(middle)),
            ("range", spread, str(spread)),
            ("lot", lot, lot.hex()),
        )

    chain = {nominee: links(nominee) for nominee in scores}
    ordered = sorted(scores, key=lambda n: (-scores[n], [key for _name, key, _text in chain[n]]))
    ranks = dict(zip(scores, competition_ranks(list(scores.values())), strict=True))
    used = _links_used(scores, chain)
    return {
        nominee: Place(
            ranks[nominee], order, tuple((n, text) for n, _k, text in chain[nominee][: used[nominee]])
        )
        for order, nominee in enumerate(ordered, start=1)
    }


def _links_used(
    scores: Mapping[str, Decimal], chain: Mapping[str, Sequence[tuple[str, Any, str]]]
) -> dict[str, int]:
    """For each nominee, how many links were needed until nobody was level any more; 0 without a tie."""
    level: dict[Decimal, list[str]] = defaultdict(list)
    for nominee, score in scores.items():
        level[score].append(nominee)
    return {
        nominee: _depth([o for o in level[score] if o != nominee], chain[nominee], chain)
        for nominee, score in scores.items()
    }


def _depth(
    others: list[str],
    own: Sequence[tuple[str, Any, str]],
    chain: Mapping[str, Sequence[tuple[str, Any, str]]],
) -> int:
    depth = 0
    while others and depth < len(own):
        others = [other for other in others if chain[other][depth][1] == own[depth][1]]
        depth += 1
    return depth

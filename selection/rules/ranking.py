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
Link = tuple[str, Any, str]  # its name, what orders by it (lowest first), its value in words

LINKS = ("criterion", "mean", "median", "range", "deviation", "vote", "lot")
DEFAULT_CHAIN = ("criterion", "median", "range", "vote", "lot")
NO_VOTES: Mapping[str, int] = {}


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
    path: tuple[tuple[str, str], ...]  # (link, value)


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
    chain: Sequence[str] = DEFAULT_CHAIN,
    votes: Mapping[str, int] = NO_VOTES,
) -> dict[str, Place]:
    """Ranks on the published score (1, 1, 3) and a full order by the chain of the rules.

    Links: "criterion" (the one that the rules name) or "criterion:X", by the official method, and "mean" (of all
    sheets), "median": the higher first; "range", "deviation" (standard deviation): the smaller first; "vote": more
    votes in favour in the panel's ballot on the tie, left out where none was held; "lot": SHA-256(seed || "tie" ||
    nominee). A lot follows a chain that ends without one.
    """
    voted = {scores[nominee] for nominee in votes if nominee in scores}
    steps = [*chain] if "lot" in chain else [*chain, "lot"]

    def links(nominee: str) -> tuple[Link, ...]:
        found = sheets[nominee]
        return tuple(
            _lot(seed, nominee) if step == "lot"
            else ("vote", -votes.get(nominee, 0), str(votes.get(nominee, 0))) if step == "vote"
            else _compared(step, found, criterion, method, min_sheets_for_trim)
            for step in steps
            if step != "vote" or scores[nominee] in voted
        )  # fmt: skip

    compared = {nominee: links(nominee) for nominee in scores}
    ordered = sorted(scores, key=lambda n: (-scores[n], [key for _name, key, _text in compared[n]]))
    ranks = dict(zip(scores, competition_ranks(list(scores.values())), strict=True))
    used = _links_used(scores, compared)
    return {
        nominee: Place(
            ranks[nominee], order, tuple((n, text) for n, _k, text in compared[nominee][: used[nominee]])
        )
        for order, nominee in enumerate(ordered, start=1)
    }


def _lot(seed: bytes, nominee: str) -> Link:
    lot = tie_lot(seed, nominee)
    return "lot", lot, lot.hex()


def _compared(link: str, found: Sheets, criterion: str, method: Method, min_sheets_for_trim: int) -> Link:
    """A link that follows from the sheets."""
    name, _colon, code = link.partition(":")
    if name == "criterion":
        marks = [m[code or criterion] for m in found.marks]
        score = panel_score(marks, method=method, min_sheets_for_trim=min_sheets_for_trim)
        return link, -(score.exact or 0), str(score.exact)
    value = _OF_TOTALS[name](found.totals)
    return link, value if name in ("range", "deviation") else -value, str(value)


def _mean(totals: Sequence[Fraction]) -> Fraction:
    return sum(totals, Fraction(0)) / len(totals)


def _variance(totals: Sequence[Fraction]) -> Fraction:
    """Orders as the standard deviation does, and is exact."""
    middle = _mean(totals)
    return sum(((total - middle) ** 2 for total in totals), Fraction(0)) / len(totals)


_OF_TOTALS: Mapping[str, Any] = {
    "mean": _mean,
    "median": median,
    "range": lambda totals: max(totals) - min(totals),
    "deviation": _variance,
}


def _links_used(scores: Mapping[str, Decimal], chain: Mapping[str, Sequence[Link]]) -> dict[str, int]:
    """For each nominee, how many links were needed until nobody was level any more; 0 without a tie."""
    level: dict[Decimal, list[str]] = defaultdict(list)
    for nominee, score in scores.items():
        level[score].append(nominee)
    return {
        nominee: _depth([o for o in level[score] if o != nominee], chain[nominee], chain)
        for nominee, score in scores.items()
    }


def _depth(others: list[str], own: Sequence[Link], chain: Mapping[str, Sequence[Link]]) -> int:
    depth = 0
    while others and depth < len(own):
        others = [other for other in others if chain[other][depth][1] == own[depth][1]]
        depth += 1
    return depth

"""The reproducible draw: who sits on the panel, and who scores whom.

Everything follows from a seed that nobody could know when the inputs were frozen. Sheets are assigned by the
minimum-cost flow under random 40-bit weights: its optimum is unique but for a chance below one in a million
(isolation lemma, Mulmuley, Vazirani and Vazirani 1987), so any correct solver finds the same assignment.

The r-th redraw, from the draw's seed and a `Shortfall` (needs, barred, loads, ceiling, shortlist), exactly:
1. seed_r = SHA-256(seed || "redraw" || r), r in decimal digits.
2. For each nominee in `needs`: pair_weights(seed_r, nominee, all experts of `loads`), without those in `barred`,
   lightest first.
3. For the shortlist size s = shortlist, 2 s, 4 s ... below the longest list, then for the whole lists with
   d = 0, 1, 2 ...: each nominee takes its need from its first s, each expert at most max(0, ceiling + d - load) sheets
   (d = 0 while lists are short), no least load; the first of these that is feasible is solved for the least total weight.
4. Nobody else moves. Reserves called up before step 1 are in `loads` already, with the sheets they hold (none).
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from hashlib import sha256, shake_256
from itertools import count
from typing import Any

from selection.rules.flow import Demand, cheapest_assignment
from selection.rules.seats import Caps, Groups, panel_sizes, pool_order, walk_panel

__all__ = [
    "Draw",
    "InfeasibleDraw",
    "Redraw",
    "Shortfall",
    "draw_assignments",
    "draw_panel",
    "draw_seed",
    "pair_weights",
    "panel_sizes",
    "pool_order",
    "redraw",
    "redraw_assignments",
    "redraw_seed",
    "shortfall_of",
    "tie_lot",
]

PROTOCOL = b"talent-draw/v1"
SHORTLIST = 24  # of each nominee's eligible experts, how many of lowest weight are considered first
WORD = 8
DISCARDED_BITS = 24  # of the 64 bits of a word, 40 are the weight

Pair = tuple[str, str]  # nominee, expert
Ranked = list[tuple[int, str]]  # (weight, expert), lightest first


def draw_seed(inputs_digest: bytes, public_value: bytes, reveals: Sequence[bytes] = ()) -> bytes:
    """SHA-256("talent-draw/v1" 00 inputs_digest 00 public_value [00 reveal ...])."""
    return sha256(b"\x00".join((PROTOCOL, inputs_digest, public_value, *reveals))).digest()


def redraw_seed(seed: bytes, round_number: int) -> bytes:
    """The seed of the n-th redraw: SHA-256(seed || "redraw" || n), n in decimal digits."""
    return sha256(seed + b"redraw" + str(round_number).encode("ascii")).digest()


def tie_lot(seed: bytes, nominee: str) -> bytes:
    """Orders nominees whom nothing else separates, lowest first: SHA-256(seed || "tie" || nominee)."""
    return sha256(seed + b"tie" + nominee.encode("utf-8")).digest()


def pair_weights(seed: bytes, nominee: str, experts: Sequence[str]) -> dict[str, int]:
    """The 40-bit weight of each expert for `nominee`, experts taken in byte order of id.

    The e-th weight is the upper 40 bits of the e-th 8-byte big-endian word of one SHAKE-256 stream.
    """
    ordered = sorted(experts)  # the order of code points is the order of UTF-8 bytes
    stream = shake_256(b"\x00".join((PROTOCOL, seed, nominee.encode("utf-8")))).digest(WORD * len(ordered))
    words = struct.unpack(f">{len(ordered)}Q", stream)
    return {expert: word >> DISCARDED_BITS for expert, word in zip(ordered, words, strict=True)}


def draw_panel(
    seed: bytes,
    pool: Mapping[str, Sequence[str]],
    sizes: Mapping[str, int],
    *,
    caps: Caps | None = None,
    groups: Groups | None = None,
) -> dict[str, tuple[str, ...]]:
    """The panel: of each stratum the first `sizes[stratum]` experts in drawn order who break no cap.

    `seats.walk_panel` says besides who was passed over. Raises ValueError naming a stratum that is unknown, too
    small, or lists an expert twice.
    """
    return dict(walk_panel(seed, pool, sizes, caps=caps, groups=groups).seats)


@dataclass(frozen=True)
class Draw:
    """Who scores whom. `sheets`: nominee to expert ids in order of id; the loads bound every expert's sheets.

    `relaxed_by` says by how many sheets the bounds had to be widened on either side. After a redraw
    `total_weight` is that of the pairs it added, and the load has only a ceiling.
    """

    sheets: Mapping[str, tuple[str, ...]]
    total_weight: int
    load_floor: int
    load_ceiling: int
    relaxed_by: int


class InfeasibleDraw(ValueError):
    """No assignment exists: `nominees` have, together, `missing` sheets fewer to be had than they need."""

    def __init__(self, nominees: Sequence[str], missing: int) -> None:
        super().__init__(f"{missing} sheets are missing: too few experts may score {', '.join(nominees)}")
        self.nominees = tuple(nominees)
        self.missing = missing


def draw_assignments(
    seed: bytes,
    nominees: Sequence[str],
    experts: Sequence[str],
    *,
    per_nominee: int,
    recusals: AbstractSet[Pair] = frozenset(),
    shortlist: int | None = SHORTLIST,
) -> Draw:
    """`per_nominee` experts for each nominee, none recused, loads as equal as can be, of least total weight.

    Each nominee's `shortlist` of lowest-weight eligible experts is doubled until a solution exists (None:
    everyone at once); when everyone is in, the load bounds widen by one sheet at a time. An expert recused
    from nearly everyone therefore loosens the bounds for all: leave such an expert off the panel. Raises
    InfeasibleDraw.
    """
    _require_request(nominees, experts, per_nominee, shortlist)
    ranked = {nominee: _ranked(seed, nominee, experts, recusals) for nominee in nominees}
    needs = dict.fromkeys(nominees, per_nominee)
    _require_enough(ranked, needs)
    demanded, people = per_nominee * len(nominees), max(len(experts), 1)
    floor, ceiling = demanded // people, -(-demanded // people)
    for size, relaxed_by in _attempts(ranked, shortlist):
        bounds = max(0, floor - relaxed_by), ceiling + relaxed_by
        demand = Demand(needs, _shortened(ranked, size), dict.fromkeys(experts, bounds))
        found = cheapest_assignment(demand)
        if found is not None:
            sheets = {nominee: tuple(sorted(found[nominee])) for nominee in nominees}
            return Draw(sheets, _total(found, demand), *bounds, relaxed_by)
    raise AssertionError("unreachable: with bounds wide enough every nominee is on its own")


@dataclass(frozen=True)
class Shortfall:
    """All that one redraw follows from, besides the seed: kept with the redraw, so that it can be done again.

    `needs`: nominee to sheets missing. `barred`: nominee to experts of the panel who may not be drawn for it, being
    recused or on it already. `loads`: every expert of the panel to the sheets held now. `ceiling`: the equal load.
    """

    needs: Mapping[str, int]
    barred: Mapping[str, tuple[str, ...]]
    loads: Mapping[str, int]
    ceiling: int
    shortlist: int | None = SHORTLIST

    def to_dict(self) -> dict[str, Any]:
        """As it is stored and recorded."""
        return {
            "needs": dict(self.needs),
            "barred": {nominee: list(experts) for nominee, experts in self.barred.items()},
            "loads": dict(self.loads),
            "ceiling": self.ceiling,
            "shortlist": self.shortlist,
        }

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Shortfall:
        """From what `to_dict` gave."""
        barred = {nominee: tuple(experts) for nominee, experts in given["barred"].items()}
        return cls(given["needs"], barred, given["loads"], given["ceiling"], given["shortlist"])

    def lacking(self) -> dict[str, int]:
        """How many sheets each nominee would go without whatever is drawn; empty if none would."""
        short = {n: need - len(self.loads) + len(self.barred[n]) for n, need in self.needs.items()}
        return {nominee: number for nominee, number in short.items() if number > 0}

    def fillable(self) -> Shortfall:
        """The same without the sheets that nobody can supply."""
        lacking = self.lacking()
        needs = {n: need - lacking.get(n, 0) for n, need in self.needs.items() if need > lacking.get(n, 0)}
        return replace(self, needs=needs, barred={n: self.barred[n] for n in needs})


@dataclass(frozen=True)
class Redraw:
    """What a redraw added: nominee to experts in order of id, their weight, and the loads it had to allow."""

    added: Mapping[str, tuple[str, ...]]
    total_weight: int
    load_ceiling: int
    relaxed_by: int


def shortfall_of(
    current: Mapping[str, Sequence[str]],
    recusals: AbstractSet[Pair],
    *,
    experts: Sequence[str],
    per_nominee: int,
    shortlist: int | None = SHORTLIST,
    standing: AbstractSet[Pair] = frozenset(),
) -> Shortfall:
    """What late recusals and withdrawals left open.

    `current` are the pairs as they are, `recusals` all that stand, `experts` those still on the panel: pairs of others
    fall away unless they are among `standing` (sheets submitted before their expert left).
    """
    _require_request(list(current), experts, per_nominee, shortlist)
    panel = frozenset(experts)
    kept = {
        nominee: [e for e in on if (nominee, e) not in recusals and (e in panel or (nominee, e) in standing)]
        for nominee, on in current.items()
    }
    loads = Counter(expert for on in kept.values() for expert in on)
    needs = {nominee: per_nominee - len(on) for nominee, on in sorted(kept.items()) if len(on) < per_nominee}
    barred = {n: tuple(e for e in sorted(panel) if (n, e) in recusals or e in kept[n]) for n in needs}
    equal = -(-per_nominee * len(current) // max(len(experts), 1))
    return Shortfall(needs, barred, {expert: loads[expert] for expert in sorted(panel)}, equal, shortlist)


def redraw(seed: bytes, round_number: int, shortfall: Shortfall) -> Redraw:
    """Draws what is missing and moves nobody: the algorithm is in this module's docstring. Raises InfeasibleDraw."""
    fresh, experts = redraw_seed(seed, round_number), list(shortfall.loads)
    ranked = {
        nominee: _ranked(fresh, nominee, experts, {(nominee, e) for e in shortfall.barred[nominee]})
        for nominee in shortfall.needs
    }
    _require_enough(ranked, shortfall.needs)
    for size, relaxed_by in _attempts(ranked, shortfall.shortlist):
        ceiling = shortfall.ceiling + relaxed_by
        room = {expert: (0, max(0, ceiling - load)) for expert, load in shortfall.loads.items()}
        demand = Demand(shortfall.needs, _shortened(ranked, size), room)
        found = cheapest_assignment(demand)
        if found is not None:
            added = {nominee: tuple(sorted(on)) for nominee, on in found.items()}
            return Redraw(added, _total(found, demand), ceiling, relaxed_by)
    raise AssertionError("unreachable: with room enough every nominee is on its own")


def redraw_assignments(
    seed: bytes,
    round_number: int,
    current: Mapping[str, Sequence[str]],
    recusals: AbstractSet[Pair],
    *,
    experts: Sequence[str],
    per_nominee: int,
    shortlist: int | None = SHORTLIST,
    standing: AbstractSet[Pair] = frozenset(),
) -> Draw:
    """The whole assignment after a redraw: `shortfall_of`, then `redraw`. Raises InfeasibleDraw."""
    shortfall = shortfall_of(
        current, recusals, experts=experts, per_nominee=per_nominee, shortlist=shortlist, standing=standing
    )
    found = redraw(seed, round_number, shortfall)
    panel = frozenset(experts)
    sheets = {
        n: tuple(sorted(
            [e for e in on if (n, e) not in recusals and (e in panel or (n, e) in standing)]
            + list(found.added.get(n, ()))
        ))
        for n, on in current.items()
    }  # fmt: skip
    highest = max([found.load_ceiling, *shortfall.loads.values()])
    return Draw(sheets, found.total_weight, 0, highest, found.relaxed_by)


def _ranked(seed: bytes, nominee: str, experts: Sequence[str], barred: AbstractSet[Pair]) -> Ranked:
    weights = pair_weights(seed, nominee, experts)
    return sorted((weight, expert) for expert, weight in weights.items() if (nominee, expert) not in barred)


def _shortened(ranked: Mapping[str, Ranked], size: int) -> dict[str, Ranked]:
    return {nominee: eligible[:size] for nominee, eligible in ranked.items()}


def _attempts(ranked: Mapping[str, Ranked], shortlist: int | None) -> Iterator[tuple[int, int]]:
    """Shortlist sizes and widenings in the order they are tried: endless, wide enough bounds suffice."""
    everyone = max(map(len, ranked.values()), default=0)
    size = everyone if shortlist is None else shortlist
    while size < everyone:
        yield size, 0
        size *= 2
    for relaxed_by in count():
        yield everyone, relaxed_by


def _total(found: Mapping[str, Sequence[str]], demand: Demand) -> int:
    return sum(
        weight
        for nominee, eligible in demand.eligible.items()
        for weight, expert in eligible
        if expert in found[nominee]
    )


def _require_enough(ranked: Mapping[str, Ranked], needs: Mapping[str, int]) -> None:
    # As the load bounds widen, this is all of Hall's condition: the minimum cut at unlimited capacity.
    short = {nominee: needs[nominee] - len(eligible) for nominee, eligible in ranked.items()}
    named = [nominee for nominee, missing in short.items() if missing > 0]
    if named:
        raise InfeasibleDraw(named, sum(short[nominee] for nominee in named))


def _require_request(
    nominees: Sequence[str], experts: Sequence[str], per_nominee: int, shortlist: int | None
) -> None:
    _require_distinct(nominees, "nominees")
    _require_distinct(experts, "experts")
    if per_nominee < 1 or (shortlist is not None and shortlist < 1):
        raise ValueError("a nominee is scored by at least one expert, and a shortlist holds at least one")


def _require_distinct(ids: Sequence[str], what: str) -> None:
    if twice := [name for name, number in Counter(ids).items() if number > 1]:
        raise ValueError(f"listed twice among the {what}: {', '.join(twice)}")

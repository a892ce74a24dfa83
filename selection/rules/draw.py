"""The reproducible draw: who sits on the panel, and who scores whom.

Everything follows from a seed that nobody could know when the inputs were frozen. Sheets are assigned by the
minimum-cost flow under random 40-bit weights: its optimum is unique but for a chance below one in a million
(isolation lemma, Mulmuley, Vazirani and Vazirani 1987), so any correct solver finds the same assignment.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from hashlib import sha256, shake_256
from itertools import count

from selection.rules.flow import Demand, cheapest_assignment

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


def panel_sizes(pool: Mapping[str, int], size: int) -> dict[str, int]:
    """How many of a panel of `size` come from each stratum, in proportion to the pool, by largest remainder.

    Equal remainders go to the first name in byte order. Raises ValueError for a panel larger than the pool.
    """
    whole = sum(pool.values())
    if not 0 <= size <= whole:
        raise ValueError(f"a panel of {size} cannot come from a pool of {whole}")
    if not whole:
        return dict.fromkeys(pool, 0)
    sizes = {stratum: size * number // whole for stratum, number in pool.items()}
    by_remainder = sorted(pool, key=lambda stratum: (-(size * pool[stratum] % whole), stratum))
    for stratum in by_remainder[: size - sum(sizes.values())]:
        sizes[stratum] += 1
    return sizes


def pool_order(seed: bytes, experts: Sequence[str]) -> tuple[str, ...]:
    """A stratum in drawn order, by SHA-256(seed || "pool" || id): first the panel, then the reserves."""
    return tuple(sorted(experts, key=lambda expert: sha256(seed + b"pool" + expert.encode("utf-8")).digest()))


def draw_panel(
    seed: bytes, pool: Mapping[str, Sequence[str]], sizes: Mapping[str, int]
) -> dict[str, tuple[str, ...]]:
    """The panel: of each stratum the first `sizes[stratum]` experts in drawn order.

    Raises ValueError naming a stratum that is unknown, too small, or lists an expert twice.
    """
    for stratum, size in sizes.items():
        if not 0 <= size <= len(set(pool.get(stratum, ()))):
            raise ValueError(f"{size} experts cannot be drawn from stratum {stratum}")
        _require_distinct(pool.get(stratum, ()), f"stratum {stratum}")
    return {stratum: pool_order(seed, pool.get(stratum, ()))[:size] for stratum, size in sizes.items()}


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


def redraw_assignments(
    seed: bytes,
    round_number: int,
    current: Mapping[str, Sequence[str]],
    recusals: AbstractSet[Pair],
    *,
    experts: Sequence[str],
    per_nominee: int,
    shortlist: int | None = SHORTLIST,
) -> Draw:
    """Fills what late recusals and withdrawals left open, keeping every other pair of `current` as it is.

    `seed` is the draw's own, `round_number` counts its redraws from 1, `recusals` are all that stand,
    `experts` those still on the panel: pairs of others fall away. The weights come from `redraw_seed`;
    experts have room up to the equal load, widened one sheet at a time. Raises InfeasibleDraw.
    """
    _require_request(list(current), experts, per_nominee, shortlist)
    kept = _kept(current, recusals, frozenset(experts))
    taken = recusals | {(nominee, expert) for nominee, on in kept.items() for expert in on}
    needs = {nominee: max(0, per_nominee - len(on)) for nominee, on in kept.items()}
    fresh = redraw_seed(seed, round_number)
    ranked = {nominee: _ranked(fresh, nominee, experts, taken) for nominee, need in needs.items() if need}
    _require_enough(ranked, needs)
    loads = Counter(expert for on in kept.values() for expert in on)
    equal = -(-per_nominee * len(current) // max(len(experts), 1))
    for size, relaxed_by in _attempts(ranked, shortlist):
        ceiling = equal + relaxed_by
        room = {expert: (0, max(0, ceiling - loads[expert])) for expert in experts}
        demand = Demand({n: needs[n] for n in ranked}, _shortened(ranked, size), room)
        found = cheapest_assignment(demand)
        if found is not None:
            sheets = {n: tuple(sorted({*on, *found.get(n, ())})) for n, on in kept.items()}
            return Draw(sheets, _total(found, demand), 0, max([ceiling, *loads.values()]), relaxed_by)
    raise AssertionError("unreachable: with room enough every nominee is on its own")


def _kept(
    current: Mapping[str, Sequence[str]], recusals: AbstractSet[Pair], panel: AbstractSet[str]
) -> dict[str, list[str]]:
    return {
        nominee: [expert for expert in on if expert in panel and (nominee, expert) not in recusals]
        for nominee, on in current.items()
    }


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

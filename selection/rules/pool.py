"""Before a draw is frozen: can it succeed, whoever is drawn?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from selection.rules.seats import Caps, Groups, most_under_caps

Pair = tuple[str, str]  # nominee, expert


def nominees_at_risk(
    nominees: Sequence[str],
    pool: Mapping[str, Sequence[str]],
    sizes: Mapping[str, int],
    *,
    per_nominee: int,
    recusals: AbstractSet[Pair],
) -> list[str]:
    """The nominees who could be left with fewer than `per_nominee` experts by the worst panel the draw may yield.

    Of each stratum the worst panel holds as many recused experts as it can. Freezing only what cannot fail keeps a
    draw from being repeated after its public value is known.
    """

    def surely_eligible(nominee: str) -> int:
        barred = {s: sum((nominee, expert) in recusals for expert in pool.get(s, ())) for s in sizes}
        return sum(max(0, size - barred[stratum]) for stratum, size in sizes.items())

    return [nominee for nominee in nominees if surely_eligible(nominee) < per_nominee]


def strata_too_small(pool: Mapping[str, Sequence[str]], sizes: Mapping[str, int]) -> dict[str, int]:
    """How many experts each stratum lacks, where it lacks any."""
    missing = {stratum: size - len(pool.get(stratum, ())) for stratum, size in sizes.items()}
    return {stratum: number for stratum, number in missing.items() if number > 0}


@dataclass(frozen=True)
class Shortage:
    """A nominee who could be left short: `missing` sheets by the worst panel, and by stratum what would help.

    `set_aside`: how many of the recused experts of a stratum may be left out of the pool without emptying it;
    `more`: how many experts must be added to the pool besides.
    """

    nominee: str
    missing: int
    set_aside: Mapping[str, int]
    more: int


def shortages(
    nominees: Sequence[str],
    pool: Mapping[str, Sequence[str]],
    sizes: Mapping[str, int],
    *,
    per_nominee: int,
    recusals: AbstractSet[Pair],
) -> list[Shortage]:
    """What `nominees_at_risk` found, with what would help: leaving recused experts out, or more experts first."""
    found = []
    for nominee in nominees_at_risk(nominees, pool, sizes, per_nominee=per_nominee, recusals=recusals):
        spare, sure = {}, 0
        for stratum, size in sizes.items():
            experts = pool.get(stratum, ())
            barred = sum((nominee, expert) in recusals for expert in experts)
            sure += max(0, size - barred)
            spare[stratum] = min(barred, max(0, len(experts) - size))
        missing = per_nominee - sure
        helpful = {stratum: number for stratum, number in spare.items() if number}
        found.append(Shortage(nominee, missing, helpful, max(0, missing - sum(helpful.values()))))
    return found


def left_out(
    nominees: Sequence[str],
    pool: Mapping[str, Sequence[str]],
    sizes: Mapping[str, int],
    *,
    per_nominee: int,
    recusals: AbstractSet[Pair],
) -> list[str]:
    """Experts to leave out of the pool so that no nominee is at risk: each time who is recused from most of those.

    Equal numbers go to the first code in byte order; a stratum keeps the experts that it must yield. What remains at
    risk with nobody left to leave out is for `shortages` to name.
    """
    rest = {stratum: list(experts) for stratum, experts in pool.items()}
    gone: list[str] = []
    while short := nominees_at_risk(nominees, rest, sizes, per_nominee=per_nominee, recusals=recusals):
        number = {
            (-sum((nominee, expert) in recusals for nominee in short), expert, stratum)
            for stratum, experts in rest.items()
            if len(experts) > sizes.get(stratum, 0)
            for expert in experts
        }
        best = min(number, default=(0, "", ""))
        if not best[0]:
            return gone
        rest[best[2]].remove(best[1])
        gone.append(best[1])
    return gone


@dataclass(frozen=True)
class Crowding:
    """A stratum (or the whole panel, under "") that a cap keeps from being filled: of `kind`, `most` of `needed`."""

    stratum: str
    kind: str
    most: int
    needed: int


def crowded(
    pool: Mapping[str, Sequence[str]], sizes: Mapping[str, int], *, caps: Caps, groups: Groups
) -> list[Crowding]:
    """Where the pool belongs to so few units or cities that no panel can keep the caps."""
    parts = {stratum: pool.get(stratum, ()) for stratum in sizes}
    needed = {**sizes, "": sum(sizes.values())}
    parts[""] = [expert for experts in parts.values() for expert in experts]
    found = []
    for stratum, experts in parts.items():
        for kind in caps:
            most = most_under_caps(experts, caps=caps, groups=groups, kind=kind)
            if most < needed[stratum] <= len(experts):
                found.append(Crowding(stratum, kind, most, needed[stratum]))
    return found

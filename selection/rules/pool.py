"""Before a draw is frozen: can it succeed, whoever is drawn?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

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

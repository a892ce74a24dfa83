"""The draw of 2,000 nominees by 300 experts, five sheets each, about a tenth of the pairs recused: weights, then the flow."""

from __future__ import annotations

import time
from collections.abc import Iterator
from hashlib import sha256

from bench.figure import Figure

NOMINEES, EXPERTS, SHEETS = 2_000, 300, 5
SEED = sha256(b"bench").digest()


def figures() -> Iterator[Figure]:
    """Weights of all pairs, the whole draw, and the draw without its weights."""
    from selection.rules.draw import draw_assignments, pair_weights

    nominees = [f"N{n:05}" for n in range(NOMINEES)]
    experts = [f"X{n:04}" for n in range(EXPERTS)]
    recusals = frozenset(
        (nominee, expert)
        for n, nominee in enumerate(nominees)
        for e, expert in enumerate(experts)
        if (n * 7919 + e * 104_729) % 10 == 0
    )
    name = f"draw_{NOMINEES}x{EXPERTS}x{SHEETS}"
    started = time.perf_counter()
    for nominee in nominees:
        pair_weights(SEED, nominee, experts)
    weights = time.perf_counter() - started
    started = time.perf_counter()
    drawn = draw_assignments(SEED, nominees, experts, per_nominee=SHEETS, recusals=recusals)
    whole = time.perf_counter() - started
    if any(len(on) != SHEETS for on in drawn.sheets.values()) or drawn.relaxed_by:
        raise RuntimeError("the draw is not what was asked for")
    yield Figure(f"{name}_weights", round(weights, 3), "s")
    yield Figure(f"{name}_after_weights", round(whole - weights, 3), "s")
    yield Figure(f"{name}_whole", round(whole, 3), "s")

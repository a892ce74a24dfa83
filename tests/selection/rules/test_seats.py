"""The walk under caps, the reserves, and what a pool must hold: against counting by hand and over many seeds."""

from collections import Counter
from hashlib import sha256
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2

from selection.rules.draw import draw_panel, pair_weights
from selection.rules.pool import Crowding, Shortage, crowded, left_out, nominees_at_risk, shortages
from selection.rules.seats import next_reserve, pool_order, walk_panel

SEED = bytes(range(32))
POOL = {"s": [f"S{n}" for n in range(6)], "p": [f"P{n}" for n in range(6)]}
EVERYBODY = [*POOL["p"], *POOL["s"]]
SEEDS = 20_000


def groups(units: str, cities: str = "") -> dict:
    """One letter an expert, in the order of EVERYBODY; a dot for none."""
    found: dict = {expert: {} for expert in EVERYBODY}
    for kind, letters in (("unit", units), ("city", cities)):
        for expert, letter in zip(EVERYBODY, letters, strict=False):
            if letter != ".":
                found[expert][kind] = letter
    return found


def by_hand(seed: bytes, sizes: dict, caps: dict, of: dict) -> tuple[dict, list, list]:
    """The walk, written down once more: (seats, passed, despite)."""
    number: Counter = Counter()
    seats, passed, despite = {}, [], []
    for stratum in sorted(sizes):
        order = sorted(POOL[stratum], key=lambda e: sha256(seed + b"pool" + e.encode()).hexdigest())
        taken, over = [], []
        for expert in order:
            full = [
                k for k in ("unit", "city") if k in of[expert] and number[k, of[expert][k]] >= caps.get(k, 99)
            ]
            if len(taken) < sizes[stratum] and not full:
                taken.append(expert)
                number.update(of[expert].items())
            elif len(taken) < sizes[stratum]:
                over.append((expert, f"{full[0]}_cap"))
        short = sizes[stratum] - len(taken)
        for expert, _why in over[:short]:
            number.update(of[expert].items())
        despite += [expert for expert, _why in over[:short]]
        passed += over[short:]
        chosen = {*taken, *despite}
        seats[stratum] = tuple(expert for expert in order if expert in chosen)
    return seats, passed, despite


@settings(derandomize=True, deadline=None, max_examples=200)
@given(
    st.binary(min_size=32, max_size=32), st.text("abc.", min_size=12, max_size=12),
    st.text("xy.", min_size=12, max_size=12), st.integers(0, 6), st.integers(0, 6), st.integers(1, 3),
)  # fmt: skip
def test_the_walk_agrees_with_one_done_by_hand(seed, units, cities, s, p, cap):
    of, caps, sizes = groups(units, cities), {"unit": cap, "city": cap + 1}, {"s": s, "p": p}
    seating = walk_panel(seed, POOL, sizes, caps=caps, groups=of)
    assert (dict(seating.seats), list(seating.passed), list(seating.despite)) == by_hand(
        seed, sizes, caps, of
    )
    assert {stratum: len(on) for stratum, on in seating.seats.items()} == sizes
    if not seating.despite:
        seated = [e for on in seating.seats.values() for e in on]
        for kind, most in caps.items():
            assert max(Counter(of[e][kind] for e in seated if kind in of[e]).values(), default=0) <= most


def test_without_caps_the_panel_is_the_contract_s():
    assert dict(walk_panel(SEED, POOL, {"s": 2}).seats) == draw_panel(SEED, POOL, {"s": 2})
    assert draw_panel(SEED, POOL, {"s": 2})["s"] == pool_order(SEED, POOL["s"])[:2]


def test_a_thousand_shuffles_of_the_pool_give_the_same_panel():
    of, caps = groups("abcabcabcabc", "xxyyxxyyxxyy"), {"unit": 2, "city": 3}
    expected = walk_panel(SEED, POOL, {"s": 3, "p": 2}, caps=caps, groups=of)
    for number in range(1000):
        turned = {
            stratum: sorted(experts, key=lambda e: sha256(b"%d" % number + e.encode()).digest())
            for stratum, experts in reversed(POOL.items())
        }
        assert walk_panel(SEED, turned, {"p": 2, "s": 3}, caps=caps, groups=of) == expected


def p_value(observed: Counter, cells: int) -> float:
    """Chi-square of equal frequencies."""
    mean = observed.total() / cells
    assert len(observed) == cells
    return float(chi2.sf(sum((n - mean) ** 2 / mean for n in observed.values()), cells - 1))


def test_every_panel_is_as_likely_as_any_other():
    found = Counter(
        frozenset(pool_order(sha256(b"panel%d" % n).digest(), POOL["s"])[:2]) for n in range(SEEDS)
    )
    assert set(found) == {frozenset(pair) for pair in combinations(POOL["s"], 2)}
    assert p_value(found, 15) > 0.01


def test_every_expert_is_as_likely_as_any_other_to_weigh_least_for_a_nominee():
    found: Counter = Counter()
    for n in range(SEEDS):
        weights = pair_weights(sha256(b"weights%d" % n).digest(), "N1", EVERYBODY)
        found[min(weights, key=weights.__getitem__)] += 1
    assert p_value(found, 12) > 0.01


# --- reserves


@pytest.mark.parametrize(
    ("unavailable", "useless", "expected"),
    [
        ((), (), ("P0", [])),
        (("P0",), (), ("P1", [("P0", "unavailable")])),
        (("P0",), ("P1",), ("P3", [("P0", "unavailable"), ("P1", "recused"), ("P2", "unit_cap")])),
        (("P0", "P3"), ("P1",), ("P2", [("P0", "unavailable"), ("P1", "recused")])),  # only the cap stands in the way
        (("P0", "P2", "P3"), ("P1",), (None, [("P0", "unavailable"), ("P1", "recused"), ("P2", "unavailable"),
                                              ("P3", "unavailable")])),
    ],
)  # fmt: skip
def test_the_next_reserve_is_the_first_in_order_who_can_come(unavailable, useless, expected):
    of = {"P2": {"unit": "a"}, "S0": {"unit": "a"}}
    found = next_reserve(
        ["P0", "P1", "P2", "P3"], seated=["S0"], caps={"unit": 1}, groups=of,
        unavailable=set(unavailable), useless=set(useless),
    )  # fmt: skip
    assert found == expected


# --- what a pool must hold


def test_a_pool_of_too_few_units_says_where_and_how_many():
    of = groups("aaabbb" + "cccccc")  # P: two units; S: one
    assert crowded(POOL, {"s": 2, "p": 2}, caps={"unit": 1}, groups=of) == [
        Crowding("s", "unit", 1, 2),
        Crowding("", "unit", 3, 4),
    ]
    assert crowded(POOL, {"s": 2, "p": 2}, caps={"unit": 2}, groups=of) == []


def test_a_shortage_says_whom_to_leave_out_and_how_many_more_to_find():
    recusals = {("n", e) for e in ("S0", "S1", "P0")}
    given = {
        "nominees": ["n"],
        "pool": POOL,
        "sizes": {"s": 3, "p": 1},
        "per_nominee": 4,
        "recusals": recusals,
    }
    assert shortages(**given) == [Shortage("n", 3, {"s": 2, "p": 1}, 0)]
    tight = {"s": POOL["s"][:3], "p": POOL["p"][:2]}
    assert shortages(**{**given, "pool": tight}) == [Shortage("n", 3, {"p": 1}, 2)]


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.sets(st.tuples(st.sampled_from("abc"), st.sampled_from(EVERYBODY)), max_size=14), st.integers(1, 5))
def test_whoever_is_left_out_was_recused_and_the_rest_is_safe_or_exhausted(recusals, needed):
    given_ = {"sizes": {"s": 3, "p": 2}, "per_nominee": needed, "recusals": recusals}
    gone = left_out("abc", POOL, **given_)
    rest = {stratum: [e for e in experts if e not in gone] for stratum, experts in POOL.items()}
    assert all(len(rest[stratum]) >= size for stratum, size in given_["sizes"].items())
    assert all(any((n, e) in recusals for n in "abc") for e in gone)
    short = nominees_at_risk("abc", rest, **given_)
    for nominee in short:  # nobody is left whose leaving out would help
        for stratum, experts in rest.items():
            spare = len(experts) > given_["sizes"][stratum]
            assert not (spare and any((nominee, e) in recusals for e in experts))

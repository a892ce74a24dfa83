"""The draw against its reference case, another solver, and exhaustive search."""

import json
from collections import Counter
from hashlib import sha256
from itertools import combinations, product
from pathlib import Path
from random import Random

import networkx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selection.rules.draw import (
    Draw,
    InfeasibleDraw,
    draw_assignments,
    draw_panel,
    draw_seed,
    pair_weights,
    panel_sizes,
    pool_order,
    redraw_assignments,
    redraw_seed,
    shortfall_of,
    tie_lot,
)
from selection.rules.draw import redraw as solve

CASES = json.loads((Path(__file__).parents[2] / "data/reference_cases.json").read_text())["cases"]
CASE = next(case for case in CASES if case["id"] == "draw-21")
GIVEN, EXPECTED = CASE["input"], CASE["expected"]
SEED = bytes.fromhex(GIVEN["seed_hex"])
RECUSALS = frozenset((nominee, expert) for nominee, expert in GIVEN["recusals"])
bounded = settings(derandomize=True, deadline=None, max_examples=60)


def ids(letter: str, number: int) -> list[str]:
    return [f"{letter}{n:03}" for n in range(1, number + 1)]


def reference_draw() -> Draw:
    return draw_assignments(SEED, GIVEN["nominees"], GIVEN["experts"], per_nominee=3, recusals=RECUSALS)


def loads(draw: Draw, experts: list[str]) -> list[int]:
    number = Counter(expert for on in draw.sheets.values() for expert in on)
    return [number[expert] for expert in experts]


# --- seeds and weights


def test_seed_separates_its_parts() -> None:
    assert draw_seed(b"in", b"value") == sha256(b"talent-draw/v1\x00in\x00value").digest()
    assert (
        draw_seed(b"in", b"value", [b"r1", b"r2"])
        == sha256(b"talent-draw/v1\x00in\x00value\x00r1\x00r2").digest()
    )


def test_redraws_and_ties_have_seeds_of_their_own() -> None:
    assert redraw_seed(SEED, 12) == sha256(SEED + b"redraw12").digest()
    assert tie_lot(SEED, "N001") == sha256(SEED + b"tieN001").digest()


def test_weights_of_the_reference_case() -> None:
    assert pair_weights(SEED, "N001", GIVEN["experts"]) == EXPECTED["weights_N001"]


def test_weights_do_not_depend_on_the_order_of_the_experts() -> None:
    assert pair_weights(SEED, "N001", GIVEN["experts"][::-1]) == EXPECTED["weights_N001"]


# --- the panel


def test_a_panel_is_the_first_of_each_stratum_in_hash_order() -> None:
    pool = {"scholar": ids("S", 9), "practice": ids("P", 9)}
    panel = draw_panel(SEED, pool, {"scholar": 3, "practice": 2})
    expected = {
        stratum: sorted(experts, key=lambda expert: sha256(SEED + b"pool" + expert.encode()).digest())
        for stratum, experts in pool.items()
    }
    assert panel == {"scholar": tuple(expected["scholar"][:3]), "practice": tuple(expected["practice"][:2])}


def test_who_declines_is_followed_by_the_next_in_order() -> None:
    order = pool_order(SEED, ids("S", 9))
    panel = draw_panel(SEED, {"scholar": ids("S", 9)}, {"scholar": 3})
    assert panel["scholar"] + order[3:] == order


@pytest.mark.parametrize(
    ("pool", "sizes"),
    [
        ({"scholar": ["S1"]}, {"scholar": 2}),
        ({}, {"scholar": 1}),
        ({"scholar": ["S1", "S1", "S2"]}, {"scholar": 1}),
    ],
)
def test_a_panel_the_pool_does_not_hold_is_refused(pool: dict, sizes: dict) -> None:
    with pytest.raises(ValueError, match="scholar"):
        draw_panel(SEED, pool, sizes)


@pytest.mark.parametrize(
    ("pool", "size", "sizes"),
    [
        (
            {"scholar": 20, "practice": 15, "association": 5},
            7,
            {"scholar": 3, "practice": 3, "association": 1},  # of 3.5, 2.625 and 0.875
        ),
        ({"b": 10, "a": 10}, 7, {"b": 3, "a": 4}),
        ({"a": 3, "b": 2}, 5, {"a": 3, "b": 2}),
        ({"a": 0, "b": 2}, 1, {"a": 0, "b": 1}),
        ({"a": 0}, 0, {"a": 0}),
    ],
)
def test_panel_sizes_by_largest_remainder(pool: dict, size: int, sizes: dict) -> None:
    assert panel_sizes(pool, size) == sizes


@bounded
@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 30), min_size=1), st.data())
def test_panel_sizes_sum_up_and_fit_the_pool(pool: dict[str, int], data: st.DataObject) -> None:
    size = data.draw(st.integers(0, sum(pool.values())))
    sizes = panel_sizes(pool, size)
    assert sum(sizes.values()) == size
    assert all(0 <= sizes[stratum] <= number for stratum, number in pool.items())


def test_a_panel_larger_than_the_pool_is_refused() -> None:
    with pytest.raises(ValueError, match="pool of 2"):
        panel_sizes({"a": 2}, 3)


# --- the assignment


def test_the_reference_case() -> None:
    draw = reference_draw()
    assert {nominee: list(on) for nominee, on in draw.sheets.items()} == EXPECTED["assignment"]
    assert (draw.total_weight, draw.load_floor, draw.load_ceiling, draw.relaxed_by) == (
        EXPECTED["total_weight"],
        EXPECTED["load_floor"],
        EXPECTED["load_ceil"],
        0,
    )


def test_the_order_in_which_people_are_listed_does_not_matter() -> None:
    turned = draw_assignments(
        SEED, GIVEN["nominees"][::-1], GIVEN["experts"][::-1], per_nominee=3, recusals=RECUSALS
    )
    assert turned == reference_draw()


def test_another_seed_draws_otherwise() -> None:
    other = draw_assignments(b"other", GIVEN["nominees"], GIVEN["experts"], per_nominee=3, recusals=RECUSALS)
    assert other.sheets != reference_draw().sheets


def by_networkx(
    nominees: list[str], experts: list[str], k: int, recusals: frozenset, bounds: tuple[int, int]
) -> int:
    """The least total weight by another solver: network simplex."""
    network, spare = networkx.DiGraph(), k * len(nominees) - bounds[0] * len(experts)
    network.add_node("pool", demand=-spare)
    for expert in experts:
        network.add_node(("e", expert), demand=-bounds[0])
        network.add_edge("pool", ("e", expert), capacity=bounds[1] - bounds[0], weight=0)
    for nominee in nominees:
        network.add_node(("n", nominee), demand=k)
        for expert, weight in pair_weights(SEED, nominee, experts).items():
            if (nominee, expert) not in recusals:
                network.add_edge(("e", expert), ("n", nominee), capacity=1, weight=weight)
    return networkx.network_simplex(network)[0]


def by_search(
    nominees: list[str], experts: list[str], k: int, recusals: frozenset
) -> tuple[int, int, dict] | None:
    """(relaxed_by, total, sheets) of the best assignment: tightest bounds first, then weight."""
    choices = [
        list(combinations([e for e in experts if (nominee, e) not in recusals], k)) for nominee in nominees
    ]
    floor, ceiling = k * len(nominees) // len(experts), -(-k * len(nominees) // len(experts))
    weights = {nominee: pair_weights(SEED, nominee, experts) for nominee in nominees}
    found = []
    for chosen in product(*choices):
        number = Counter(expert for on in chosen for expert in on)
        relaxed_by = max(max(floor - number[e], number[e] - ceiling, 0) for e in experts)
        total = sum(weights[nominee][e] for nominee, on in zip(nominees, chosen, strict=True) for e in on)
        found.append((relaxed_by, total, dict(zip(nominees, chosen, strict=True))))
    return min(found, key=lambda option: option[:2]) if found else None


def test_a_thousand_shuffles_give_the_same_draw() -> None:
    nominees, experts = ids("N", 4), ids("X", 6)
    recusals = frozenset({("N001", "X002"), ("N003", "X005")})
    expected, shuffle = None, Random(7)
    for _n in range(1000):
        shuffle.shuffle(nominees)
        shuffle.shuffle(experts)
        draw = draw_assignments(SEED, nominees, experts, per_nominee=2, recusals=recusals)
        expected = expected or draw
        assert draw == expected


def check_by_search(nominees: list[str], experts: list[str], k: int, recusals: frozenset) -> None:
    expected = by_search(nominees, experts, k, recusals)
    if expected is None:
        with pytest.raises(InfeasibleDraw):
            draw_assignments(SEED, nominees, experts, per_nominee=k, recusals=recusals)
    else:
        draw = draw_assignments(SEED, nominees, experts, per_nominee=k, recusals=recusals)
        assert (draw.relaxed_by, draw.total_weight, draw.sheets) == expected


@pytest.mark.parametrize(("n", "e"), [(1, 4), (2, 2), (2, 3), (2, 4), (3, 2), (4, 2)])
def test_every_recusal_there_can_be_agrees_with_exhaustive_search(n: int, e: int) -> None:
    nominees, experts = ids("N", n), ids("X", e)
    pairs = list(product(nominees, experts))
    for bits in range(2 ** len(pairs)):
        recusals = frozenset(pair for place, pair in enumerate(pairs) if bits >> place & 1)
        for k in range(1, min(e, 3) + 1):
            check_by_search(nominees, experts, k, recusals)


@pytest.mark.parametrize("e", range(5, 13))
def test_up_to_twelve_experts_agree_with_exhaustive_search(e: int) -> None:
    nominees, experts, lot = ids("N", 2), ids("X", e), Random(e)
    pairs = list(product(nominees, experts))
    for k in (1, 2, 3) if e < 9 else (1, 2):
        recusals = frozenset(lot.sample(pairs, lot.randrange(len(pairs) // 2)))
        check_by_search(nominees, experts, k, recusals)


@bounded
@given(st.data())
def test_small_draws_agree_with_exhaustive_search(data: st.DataObject) -> None:
    nominees = ids("N", data.draw(st.integers(1, 4)))
    experts = ids("X", data.draw(st.integers(1, 5)))
    k = data.draw(st.integers(1, min(3, len(experts))))
    recusals = frozenset(data.draw(st.sets(st.tuples(st.sampled_from(nominees), st.sampled_from(experts)))))
    expected = by_search(nominees, experts, k, recusals)
    if expected is None:
        short = {n: k - sum((n, e) not in recusals for e in experts) for n in nominees}
        with pytest.raises(InfeasibleDraw) as refused:
            draw_assignments(SEED, nominees, experts, per_nominee=k, recusals=recusals)
        assert refused.value.nominees == tuple(n for n in nominees if short[n] > 0)
        assert refused.value.missing == sum(short[n] for n in nominees if short[n] > 0)
    else:
        draw = draw_assignments(SEED, nominees, experts, per_nominee=k, recusals=recusals)
        assert (draw.relaxed_by, draw.total_weight, draw.sheets) == expected


@bounded
@given(st.integers(1, 30), st.integers(5, 12), st.data())
def test_every_nominee_has_its_sheets_and_loads_keep_their_bounds(
    n: int, e: int, data: st.DataObject
) -> None:
    nominees, experts = ids("N", n), ids("X", e)
    pairs = st.tuples(st.sampled_from(nominees), st.sampled_from(experts))
    recusals = frozenset(data.draw(st.sets(pairs, max_size=n)))
    try:
        draw = draw_assignments(SEED, nominees, experts, per_nominee=3, recusals=recusals)
    except InfeasibleDraw as refused:
        assert refused.missing > 0
        return
    assert all(len(set(on)) == 3 and list(on) == sorted(on) for on in draw.sheets.values())
    assert not {(nominee, expert) for nominee, on in draw.sheets.items() for expert in on} & recusals
    assert draw.load_floor <= min(loads(draw, experts)) <= max(loads(draw, experts)) <= draw.load_ceiling
    bounds = (draw.load_floor, draw.load_ceiling)
    assert draw.total_weight == by_networkx(nominees, experts, 3, recusals, bounds)


def test_the_shortlist_gives_the_same_draw_as_all_pairs() -> None:
    nominees, experts = ids("N", 60), ids("X", 40)
    recusals = frozenset(
        (n, e) for i, n in enumerate(nominees) for j, e in enumerate(experts) if (i * j) % 10 == 3
    )
    drawn = [
        draw_assignments(SEED, nominees, experts, per_nominee=5, recusals=recusals, shortlist=shortlist)
        for shortlist in (24, None)
    ]
    assert drawn[0] == drawn[1]
    assert drawn[0].total_weight == by_networkx(nominees, experts, 5, recusals, (7, 8))


def test_a_shortlist_too_short_is_doubled_until_it_suffices() -> None:
    nominees, experts = ids("N", 12), ids("X", 8)
    draw = draw_assignments(SEED, nominees, experts, per_nominee=4, shortlist=1)
    assert (draw.relaxed_by, loads(draw, experts)) == (0, [6] * 8)


def test_loads_widen_only_when_every_pair_is_in() -> None:
    nominees, experts = ids("N", 6), ids("X", 3)
    recusals = frozenset((nominee, "X003") for nominee in nominees[:5])  # may score one of the six
    draw = draw_assignments(SEED, nominees, experts, per_nominee=1, recusals=recusals, shortlist=1)
    assert (draw.load_floor, draw.load_ceiling, draw.relaxed_by) == (1, 3, 1)
    assert loads(draw, experts)[2] == 1


def test_an_infeasible_draw_names_who_lacks_experts() -> None:
    recusals = frozenset({("N002", "X001"), ("N002", "X002"), ("N003", "X001")})
    with pytest.raises(InfeasibleDraw, match="N002, N003") as refused:
        draw_assignments(SEED, ids("N", 3), ids("X", 3), per_nominee=3, recusals=recusals)
    assert (refused.value.nominees, refused.value.missing) == (("N002", "N003"), 3)


def test_without_experts_everyone_is_missing() -> None:
    with pytest.raises(InfeasibleDraw) as refused:
        draw_assignments(SEED, ids("N", 2), [], per_nominee=3)
    assert (refused.value.nominees, refused.value.missing) == (("N001", "N002"), 6)


def test_without_nominees_the_draw_is_empty() -> None:
    assert draw_assignments(SEED, [], ids("X", 3), per_nominee=3).sheets == {}


@pytest.mark.parametrize(
    "request_",
    [
        {"nominees": ["N1", "N1"]},
        {"experts": ["X1", "X1"]},
        {"per_nominee": 0},
        {"shortlist": 0},
    ],
)
def test_a_request_that_makes_no_sense_is_refused(request_: dict) -> None:
    with pytest.raises(ValueError, match=r"twice|at least one"):
        draw_assignments(SEED, **{"nominees": ["N1"], "experts": ["X1"], "per_nominee": 1, **request_})


# --- late recusals


def redraw(recusals: frozenset, experts: list[str] = GIVEN["experts"], round_number: int = 1) -> Draw:
    return redraw_assignments(
        SEED, round_number, reference_draw().sheets, RECUSALS | recusals, experts=experts, per_nominee=3
    )


def pairs(draw: Draw) -> set[tuple[str, str]]:
    return {(nominee, expert) for nominee, on in draw.sheets.items() for expert in on}


def test_a_late_recusal_changes_one_pair_only() -> None:
    before, after = pairs(reference_draw()), pairs(redraw(frozenset({("N001", "X04")})))
    assert before - after == {("N001", "X04")}
    assert len(after - before) == 1


def test_the_replacement_is_the_lightest_with_room_under_the_redraw_seed() -> None:
    before = reference_draw()
    after = redraw(frozenset({("N001", "X04")}))
    weights = pair_weights(redraw_seed(SEED, 1), "N001", GIVEN["experts"])
    load = Counter(expert for on in before.sheets.values() for expert in on)
    free = [e for e in GIVEN["experts"] if e not in ("X01", "X02", "X04", "X05", "X06") and load[e] < 3]
    chosen = set(after.sheets["N001"]) - set(before.sheets["N001"])
    assert chosen == {min(free, key=weights.__getitem__)}
    assert after.total_weight == min(weights[e] for e in free)


def test_a_withdrawn_expert_is_replaced_on_every_nominee() -> None:
    rest = [expert for expert in GIVEN["experts"] if expert != "X05"]
    after = redraw(frozenset(), experts=rest)
    kept = {pair for pair in pairs(reference_draw()) if pair[1] != "X05"}
    assert kept <= pairs(after)
    assert all(len(on) == 3 and "X05" not in on for on in after.sheets.values())
    assert max(loads(after, rest)) <= after.load_ceiling


def test_nothing_to_redraw_changes_nothing() -> None:
    assert redraw(frozenset()).sheets == reference_draw().sheets


def test_a_redraw_without_enough_experts_names_the_nominee() -> None:
    late = frozenset(("N001", expert) for expert in ("X03", "X04", "X05"))
    with pytest.raises(InfeasibleDraw) as refused:
        redraw(late)
    assert (refused.value.nominees, refused.value.missing) == (("N001",), 1)


@bounded
@given(st.sets(st.sampled_from(sorted(pairs(reference_draw()))), max_size=6), st.integers(1, 9))
def test_a_redraw_keeps_every_other_pair(late: set[tuple[str, str]], round_number: int) -> None:
    try:
        after = redraw(frozenset(late), round_number=round_number)
    except InfeasibleDraw as refused:
        assert refused.nominees
        return
    assert pairs(reference_draw()) - late <= pairs(after)
    assert not pairs(after) & (late | RECUSALS)
    assert all(len(on) == 3 for on in after.sheets.values())
    assert max(loads(after, GIVEN["experts"])) <= after.load_ceiling


def test_a_redraw_is_done_again_from_what_was_kept_of_it() -> None:
    late = frozenset({("N001", "X04"), ("N005", "X02")})
    shortfall = shortfall_of(
        reference_draw().sheets, RECUSALS | late, experts=GIVEN["experts"], per_nominee=3
    )
    kept = json.loads(json.dumps(shortfall.to_dict()))
    found = solve(SEED, 1, type(shortfall).from_dict(kept))
    assert shortfall.needs == {"N001": 1, "N005": 1}
    assert {(n, e) for n, on in found.added.items() for e in on} == pairs(redraw(late)) - pairs(
        reference_draw()
    )
    assert found.total_weight == redraw(late).total_weight


def test_sheets_of_who_left_may_stand() -> None:
    rest = [expert for expert in GIVEN["experts"] if expert != "X05"]
    standing = frozenset({("N001", "X05")})
    shortfall = shortfall_of(
        reference_draw().sheets, RECUSALS, experts=rest, per_nominee=3, standing=standing
    )
    assert sorted(shortfall.needs) == ["N003", "N004"]
    assert "X05" not in shortfall.loads


def test_what_nobody_can_supply_does_not_keep_the_rest_from_being_drawn() -> None:
    late = frozenset(("N001", expert) for expert in ("X03", "X04", "X05")) | {("N005", "X02")}
    shortfall = shortfall_of(
        reference_draw().sheets, RECUSALS | late, experts=GIVEN["experts"], per_nominee=3
    )
    assert shortfall.lacking() == {"N001": 1}
    found = solve(SEED, 1, shortfall.fillable())
    assert {nominee: len(on) for nominee, on in found.added.items()} == {"N001": 1, "N005": 1}

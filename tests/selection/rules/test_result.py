"""A round from marks to outcomes: the order of the input never matters, and the pass is exact."""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations
from random import Random

import pytest

from selection.rules.ranking import places, sheets_of
from selection.rules.result import Ranked, calculate, select
from selection.rules.rulebook import Rulebook
from selection.rules.scoring import Candidate, InfeasibleFloors, select_in_rank_order
from tests.factories import rulebook

SEED = bytes(range(32))
WEIGHTS = {"A": Decimal(50), "B": Decimal(50)}


def rules(**changes) -> Rulebook:
    return Rulebook.from_dict(rulebook(**changes))


def marks(value, n=5, **single):
    codes = ("A", "B", "C", "D", "E", "F")
    return [{code: Decimal(single.get(code, value)) for code in codes} for _i in range(n)]


def ranked(*people):
    return [
        Ranked(name, Decimal(score), order, frozenset(groups))
        for order, (name, score, *groups) in enumerate(people, start=1)
    ]


# Acceptance scenarios 6 to 9 -----------------------------------------------------------------------------------------


def test_84_125_is_84_13():
    found = calculate(rules(method="mean"), {"N1": [*marks("84", 7), *marks("85", 1)]}, seed=SEED)
    assert str(found["N1"].official) == "84.13"


def test_five_sheets_of_which_one_is_voided_are_the_plain_mean_of_four_flagged():
    totals = ["88", "92", "75", "90", "60"]
    five = calculate(rules(), {"N1": [m for t in totals for m in marks(t, 1)]}, seed=SEED)["N1"]
    four = calculate(rules(), {"N1": [m for t in totals[:4] for m in marks(t, 1)]}, seed=SEED)["N1"]
    assert (str(five.official), five.score.trimmed, five.score.flags) == ("84.33", True, frozenset())
    assert (str(four.official), four.score.trimmed, four.score.flags) == ("86.25", False, {"not_trimmed"})


def test_a_tie_at_place_twenty_leaves_exactly_twenty_and_the_path_says_why():
    given = {f"N{n:02d}": marks(str(95 - n)) for n in range(1, 20)}
    given |= {"N20": marks("75", B="76", A="73"), "N21": marks("75", B="74", A="77")}
    found = calculate(rules(ceiling=20), given, seed=SEED)
    assert found["N20"].official == found["N21"].official == Decimal("75.00")
    picked = select(
        rules(ceiling=20), [Ranked(c, f.official, f.place.order, frozenset()) for c, f in found.items()]
    )
    assert (len(picked.selected), picked.reasons) == (20, {"N21": "no_place"})
    assert found["N20"].place.path == (("criterion", "76"),) and found["N21"].place.path == (
        ("criterion", "74"),
    )


def test_ten_above_the_line_are_ten_and_no_error():
    people = ranked(*[(f"N{n:02d}", "80" if n < 10 else "74.99") for n in range(25)])
    picked = select(rules(ceiling=20), people)
    assert len(picked.selected) == 10 and set(picked.reasons.values()) == {"below_line"}


# The chain is data ---------------------------------------------------------------------------------------------------


def placed(chain, votes=None, **given):
    sheets = {
        name: sheets_of(name, [dict(zip("AB", pair, strict=True)) for pair in rows], WEIGHTS)
        for name, rows in given.items()
    }
    found = places(
        dict.fromkeys(given, Decimal(80)), sheets, criterion="B", method="mean", min_sheets_for_trim=5, seed=SEED,
        chain=chain, votes=votes or {},
    )  # fmt: skip
    return sorted(found, key=lambda name: found[name].order), found


@pytest.mark.parametrize(
    ("chain", "first"),
    [
        (("criterion", "lot"), "y"),
        (("criterion:A", "lot"), "x"),
        (("range", "lot"), "y"),
        (("deviation", "lot"), "y"),
        (("median", "lot"), "x"),
    ],
)
def test_the_chain_of_the_rulebook_decides(chain, first):
    x, y = [(90, 72), (84, 80), (70, 86)], [(78, 80), (79, 81), (80, 82)]
    order, found = placed(chain, x=x, y=y)
    assert order[0] == first and len(found[first].path) == 1


def test_the_untrimmed_mean_and_the_deviation_are_exact():
    _order, found = placed(("mean", "deviation", "lot"), x=[(80, 80), (82, 82)], y=[(79, 79), (83, 83)])
    assert found["x"].path == (("mean", "81"), ("deviation", "1"))
    assert found["y"].path == (("mean", "81"), ("deviation", "4"))


def test_a_vote_orders_those_level_and_is_left_out_where_none_was_held():
    rows = [(80, 80)]
    _order, without = placed(("criterion", "vote", "lot"), x=rows, y=rows)
    assert [link for link, _v in without["x"].path] == ["criterion", "lot"]
    for first, votes in (("x", {"x": 5, "y": 2}), ("y", {"x": 2, "y": 5})):
        order, found = placed(("criterion", "vote", "lot"), votes, x=rows, y=rows)
        assert order[0] == first and found[first].path[-1] == ("vote", "5")


def test_a_vote_that_leaves_people_level_goes_to_the_lot():
    _order, found = placed(("criterion", "vote", "lot"), {"x": 3, "y": 3}, x=[(80, 80)], y=[(80, 80)])
    assert [link for link, _v in found["x"].path] == ["criterion", "vote", "lot"]


# The list ------------------------------------------------------------------------------------------------------------


def test_caps_and_minimums_count_those_on_the_list_already():
    city = ("city", "3301")
    people = ranked(("a", "90", city), ("b", "89", city), ("c", "88"))
    assert select(rules(caps={"city/3301": 1}), people).selected == ("a", "c")
    assert select(rules(caps={"city/3301": 1}), people, taken=[frozenset({city})]).selected == ("c",)
    assert (
        select(rules(ceiling=1, floors={"city/3301": 1}), people[2:], taken=[frozenset({city})]).selected
        == ()
    )


def test_whom_the_ballot_did_not_pass_is_not_selected_and_the_next_moves_up():
    picked = select(rules(ceiling=1), ranked(("a", "90"), ("b", "89")), failed={"a"})
    assert (picked.selected, picked.reasons) == (("b",), {"a": "ballot_failed"})


def many(random: Random, n: int) -> list[Candidate]:
    kinds = [("city", str(c)) for c in range(3)] + [("field", str(f)) for f in range(3)] + [("setting", "x")]
    return [
        Candidate(f"n{i:02d}", Decimal(100 - i), frozenset(random.sample(kinds, k=random.randint(0, 3))))
        for i in range(n)
    ]


def bounds(random: Random, most: int) -> dict[tuple[str, str], int]:
    kinds = [("city", str(c)) for c in range(3)] + [("field", str(f)) for f in range(3)] + [("setting", "x")]
    return {group: random.randint(0, most) for group in random.sample(kinds, k=random.randint(0, 3))}


def by_search(people, size, caps, floors):
    """The pass, with "can still meet" answered from the list of every allowed set of people."""
    masks = [0] * len(people)
    allowed = []
    for count in range(min(size, len(people)) + 1):
        for chosen in combinations(range(len(people)), count):
            number = {g: sum(g in people[i].groups for i in chosen) for g in {*caps, *floors}}
            if all(number[g] <= n for g, n in caps.items()) and all(
                number[g] >= n for g, n in floors.items()
            ):
                allowed.append(sum(1 << i for i in chosen))
    if not allowed:
        return None
    taken = seen = 0
    for i in range(len(masks)):
        seen |= 1 << i
        if any(mask & seen == taken | (1 << i) for mask in allowed):
            taken |= 1 << i
    return tuple(people[i].id for i in range(len(people)) if taken >> i & 1)


@pytest.mark.parametrize("seed", range(40))
def test_brute_force_agrees_up_to_twelve_candidates(seed):
    random = Random(seed)
    people = many(random, random.randint(1, 12))
    size, caps, floors = random.randint(0, 7), bounds(random, 3), bounds(random, 2)
    expected = by_search(people, size, caps, floors)
    if expected is None:
        with pytest.raises(InfeasibleFloors) as refused:
            select_in_rank_order(people, places=size, caps=caps, floors=floors)
        assert refused.value.floors and set(refused.value.floors) <= set(floors)
    else:
        assert select_in_rank_order(people, places=size, caps=caps, floors=floors).selected == expected


def test_a_thousand_orders_of_the_input_give_the_same_list():
    random = Random(7)
    given = {f"N{n:02d}": marks(random.choice(["76", "78"]), 1) for n in range(7)}
    law = rules(ceiling=4, min_sheets=1, caps={"city/1": 2}, floors={"field/2": 1})
    groups = {code: frozenset({("city", str(n % 3)), ("field", str(n % 4))}) for n, code in enumerate(given)}
    results = set()
    for _i in range(1000):
        codes = list(given)
        random.shuffle(codes)
        found = calculate(law, {code: given[code] for code in codes}, seed=SEED)
        people = [Ranked(c, f.official, f.place.order, groups[c]) for c, f in found.items()]
        picked = select(law, people) if not results or _i % 10 == 0 else None
        results.add(tuple(sorted((c, f.place.rank, f.place.order) for c, f in found.items())))
        if picked:
            results.add((picked.selected, tuple(sorted(picked.reasons.items()))))
    assert len(results) == 2


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"tie_chain": ["criterion", "median"]}, "tie_chain", "lot_not_last"),
        ({"tie_chain": []}, "tie_chain", "lot_not_last"),
        ({"tie_chain": ["median", "median", "lot"]}, "tie_chain", "link_twice"),
        ({"tie_chain": ["criterion:Z", "lot"]}, "tie_chain", "unknown_choice"),
        ({"caps": {"planet/mars": 1}}, "caps", "unknown_choice"),
        ({"caps": {"city/1": -1}}, "caps", "negative"),
        ({"caps": {"city/1": 1}, "floors": {"city/1": 2}}, "floors", "floor_above_cap"),
        ({"floors": {"city/1": 21}}, "floors", "floor_above_cap"),
    ],
)
def test_a_fault_of_chain_caps_or_minimums_is_named(changes, field, code):
    found = rules(quotas={"3301": 1}, **changes).faults(calendar_years={2026})
    assert [(fault.field, fault.code) for fault in found] == [(field, code)]

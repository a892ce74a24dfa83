"""Scores, ranks, votes and the selection, against worked cases and exhaustive search."""

import json
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selection.rules.scoring import (
    Candidate,
    InfeasibleFloors,
    competition_ranks,
    panel_score,
    round_half_up,
    select_in_rank_order,
    sheet_total,
    vote,
)

CASES = {
    case["id"]: case
    for case in json.loads((Path(__file__).parents[2] / "data/reference_cases.json").read_text())["cases"]
}
WEIGHTS = {"A": Decimal(15), "B": Decimal(30), "C": Decimal(55)}
bounded = settings(derandomize=True, deadline=None, max_examples=150)
marks = st.decimals(min_value=0, max_value=100, places=2)
sheets = st.lists(marks, min_size=1, max_size=9)


def decimals(*values: str | int) -> list[Decimal]:
    return [Decimal(value) for value in values]


# --- one sheet


def test_a_sheet_is_the_weighted_mean_of_its_marks() -> None:
    total = sheet_total({"A": Decimal(80), "B": Decimal("90.5"), "C": Decimal(70)}, WEIGHTS)
    assert total == Fraction(80 * 15 * 2 + 181 * 30 + 70 * 55 * 2, 200)


def test_weights_need_not_sum_to_100() -> None:
    assert sheet_total({"A": Decimal(1), "B": Decimal(0)}, {"A": Decimal(1), "B": Decimal(2)}) == Fraction(
        1, 3
    )


@pytest.mark.parametrize(
    "given_marks",
    [
        {"A": Decimal(80), "B": Decimal(90)},
        {"A": Decimal(80), "B": Decimal(90), "C": Decimal(70), "D": Decimal(70)},
        {"A": Decimal(80), "B": Decimal(90), "C": Decimal("100.01")},
        {"A": Decimal(80), "B": Decimal(90), "C": Decimal("-0.01")},
        {"A": Decimal(80), "B": Decimal(90), "C": Decimal("NaN")},
    ],
)
def test_a_sheet_that_does_not_fit_the_rubric_is_refused(given_marks: dict[str, Decimal]) -> None:
    with pytest.raises(ValueError, match=r"mark|NaN"):
        sheet_total(given_marks, WEIGHTS)


@pytest.mark.parametrize(
    "weights", [{"A": Decimal(0)}, {"A": Decimal(-1)}, {"A": Decimal(2), "B": Decimal(-1)}]
)
def test_weights_that_weigh_nothing_are_refused(weights: dict[str, Decimal]) -> None:
    with pytest.raises(ValueError, match="weights"):
        sheet_total(dict.fromkeys(weights, Decimal(50)), weights)


# --- one nominee


def test_exactly_one_of_tied_extremes_is_dropped() -> None:
    case = CASES["agg-03"]
    score = panel_score(decimals(*case["input"]["scores"]))
    assert (score.value, list(score.dropped), score.trimmed) == (
        Decimal("90.00"),
        case["expected"]["dropped"],
        True,
    )


@pytest.mark.parametrize("row", CASES["agg-05"]["expected"]["rows"], ids=lambda row: row["mean_2dp"])
def test_the_mean_is_rounded_half_up(row: dict) -> None:
    assert str(panel_score(decimals(*row["scores"]), method="mean").value) == row["mean_2dp"]


@pytest.mark.parametrize(
    ("totals", "value"),
    [
        (("88", "92", "75", "90", "60"), "84.33"),
        (("80", "80", "80", "80", "80"), "80.00"),
        (("90", "85.5", "85", "84", "83.5", "82", "70"), "84.00"),
        (("60", "84.12", "84.13", "84.125", "92"), "84.13"),
        (("0", "84.12", "84.13", "100"), "67.06"),
    ],
)
def test_trimmed_mean(totals: Sequence[str], value: str) -> None:
    assert str(panel_score(decimals(*totals)).value) == value


def test_a_voided_sheet_leaves_the_plain_mean_of_four_flagged() -> None:
    score = panel_score(decimals("88", "92", "75", "90"))
    assert (score.value, score.sheets, score.trimmed, score.dropped, score.flags) == (
        Decimal("86.25"),
        4,
        False,
        (),
        {"not_trimmed"},
    )


@pytest.mark.parametrize(
    ("totals", "method", "flags"),
    [
        ((), "trimmed_mean", {"below_min_sheets"}),
        ((), "mean", {"below_min_sheets"}),
        (("80",), "trimmed_mean", {"single_sheet", "below_min_sheets", "not_trimmed"}),
        (("80",), "median", {"single_sheet", "below_min_sheets"}),
        (("80", "81"), "mean", {"below_min_sheets"}),
        (("80", "81", "82"), "mean", set()),
        (("80", "81", "82"), "trimmed_mean", {"not_trimmed"}),
        (("80", "81", "82", "83", "84"), "trimmed_mean", set()),
    ],
)
def test_flags(totals: Sequence[str], method: str, flags: set[str]) -> None:
    assert panel_score(decimals(*totals), method=method).flags == flags  # type: ignore[arg-type]


def test_no_sheets_give_no_score() -> None:
    score = panel_score([])
    assert (score.value, score.exact, score.sheets, score.trimmed, score.dropped) == (
        None,
        None,
        0,
        False,
        (),
    )


def test_median_of_an_even_number_is_exact() -> None:
    assert panel_score(
        [Fraction(1, 3), Fraction(2, 3), Fraction(1), Fraction(0)], method="median"
    ).exact == Fraction(1, 2)


@pytest.mark.parametrize("options", [{"method": "mode"}, {"min_sheets_for_trim": 2}])
def test_a_method_that_cannot_work_is_refused(options: dict) -> None:
    with pytest.raises(ValueError, match=r"method|trimming"):
        panel_score(decimals("80", "81"), **options)


@bounded
@given(sheets)
def test_scores_are_exact_and_within_the_sheets(totals: list[Decimal]) -> None:
    exact = sorted(map(Fraction, totals))
    kept = exact[1:-1] if len(exact) >= 5 else exact
    score = panel_score(totals)
    assert score.exact == sum(kept, Fraction(0)) / len(kept)
    assert exact[0] <= score.exact <= exact[-1]
    assert abs(Fraction(score.value) - score.exact) <= Fraction(1, 200)


@bounded
@given(sheets, st.sampled_from(["mean", "trimmed_mean", "median"]), st.randoms(use_true_random=False))
def test_the_order_of_the_sheets_does_not_matter(totals: list[Decimal], method: str, random) -> None:
    shuffled = random.sample(totals, len(totals))
    assert panel_score(shuffled, method=method) == panel_score(totals, method=method)  # type: ignore[arg-type]


@bounded
@given(st.lists(marks, min_size=5, max_size=9), marks)
def test_one_extreme_sheet_moves_a_trimmed_mean_no_further_than_the_others_allow(
    totals: list[Decimal], outlier: Decimal
) -> None:
    others = sorted(map(Fraction, totals))
    assert others[0] <= panel_score([*totals, outlier]).exact <= others[-1]


@bounded
@given(st.decimals(min_value=-200, max_value=200, places=4))
def test_rounding_agrees_with_decimal_half_up(value: Decimal) -> None:
    assert round_half_up(Fraction(value)) == value.quantize(Decimal("0.01"), ROUND_HALF_UP)


# --- ranks and votes


@pytest.mark.parametrize(
    ("values", "ranks"),
    [((), []), (("90",), [1]), (("80", "90", "90"), [3, 1, 1]), (("90.0", "90.00", "80"), [1, 1, 3])],
)
def test_competition_ranks(values: Sequence[str], ranks: list[int]) -> None:
    assert competition_ranks(decimals(*values)) == ranks


@bounded
@given(sheets)
def test_a_rank_is_one_more_than_the_number_of_better_values(values: list[Decimal]) -> None:
    assert competition_ranks(values) == [1 + sum(other > value for other in values) for value in values]


@pytest.mark.parametrize(
    "row", CASES["sel-20"]["expected"]["rows"], ids=lambda row: f"{row['yes']}-{row['present']}"
)
def test_vote_of_the_reference_case(row: dict) -> None:
    outcome = vote(members=CASES["sel-20"]["input"]["members"], present=row["present"], yes=row["yes"])
    assert (outcome.quorum, outcome.passed) == (row["quorum"], row["passed"])


def test_nobody_present_is_no_quorum() -> None:
    outcome = vote(members=3, present=0, yes=0)
    assert (outcome.quorum, outcome.passed) == (False, False)


@bounded
@given(st.integers(1, 40), st.data())
def test_a_vote_is_two_thirds_of_two_thirds(members: int, data: st.DataObject) -> None:
    present = data.draw(st.integers(0, members))
    yes = data.draw(st.integers(0, present))
    outcome = vote(members=members, present=present, yes=yes)
    quorum = Fraction(present, members) >= Fraction(2, 3)
    assert outcome.quorum == quorum
    assert outcome.passed == (quorum and Fraction(yes, present) >= Fraction(2, 3))


@pytest.mark.parametrize(("members", "present", "yes"), [(0, 0, 0), (5, 6, 1), (5, 3, 4), (5, 3, -1)])
def test_an_impossible_ballot_is_refused(members: int, present: int, yes: int) -> None:
    with pytest.raises(ValueError, match="impossible ballot"):
        vote(members=members, present=present, yes=yes)


# --- the selection

HANGZHOU, NINGBO, CHILDREN, ELDERLY = (
    ("city", "3301"),
    ("city", "3302"),
    ("field", "children"),
    ("field", "elderly"),
)


def person(name: str, score: str | int, *groups: tuple[str, str]) -> Candidate:
    return Candidate(name, Decimal(score), frozenset(groups))


def test_fewer_than_the_places_are_taken_when_few_reach_the_line() -> None:
    ranked = [person("a", 90), person("b", "75.00"), person("c", "74.99")]
    selection = select_in_rank_order(ranked, places=20, pass_line=Decimal(75))
    assert (selection.selected, selection.reasons) == (("a", "b"), {"c": "below_line"})


def test_a_tie_at_the_last_place_goes_to_the_first_given() -> None:
    selection = select_in_rank_order([person("a", 90), person("b", 80), person("c", 80)], places=2)
    assert (selection.selected, selection.reasons) == (("a", "b"), {"c": "no_place"})


def test_a_cap_passes_over_the_next_of_its_group() -> None:
    ranked = [person("a", 95, HANGZHOU), person("b", 94, HANGZHOU), person("c", 80, NINGBO)]
    selection = select_in_rank_order(ranked, places=2, caps={HANGZHOU: 1})
    assert (selection.selected, selection.reasons) == (("a", "c"), {"b": "cap_reached"})


def test_the_last_places_are_kept_for_a_minimum() -> None:
    ranked = [person("a", 95, HANGZHOU), person("b", 94, HANGZHOU), person("c", 80, NINGBO), person("d", 79)]
    selection = select_in_rank_order(ranked, places=2, floors={NINGBO: 1})
    assert (selection.selected, selection.reasons) == (("a", "c"), {"b": "floor_reserved", "d": "no_place"})


def test_crossing_caps_are_passed_in_rank_order_not_optimised() -> None:
    # Dropping the second would allow a higher sum (a, c, d): the pass takes each person on their own rank.
    ranked = [
        person("a", 99, ("city", "1"), ("field", "x")),
        person("b", 98, ("city", "2"), ("field", "y")),
        person("c", 97, ("city", "2"), ("field", "z")),
        person("d", 96, ("city", "3"), ("field", "y")),
        person("e", 50, ("city", "4"), ("field", "w")),
    ]
    caps = dict.fromkeys([("city", "2"), ("field", "y")], 1)
    assert select_in_rank_order(ranked, places=3, caps=caps).selected == ("a", "b", "e")


def test_a_minimum_that_only_an_early_skip_can_meet_is_foreseen() -> None:
    # Taking b would fill both caps that c and d need: only together do they meet both minimums.
    ranked = [
        person("b", 99, HANGZHOU, CHILDREN),
        person("c", 80, HANGZHOU, ELDERLY),
        person("d", 70, NINGBO, CHILDREN),
    ]
    selection = select_in_rank_order(
        ranked, places=2, caps={HANGZHOU: 1, CHILDREN: 1}, floors={ELDERLY: 1, NINGBO: 1}
    )
    assert (selection.selected, selection.reasons) == (("c", "d"), {"b": "floor_reserved"})


@pytest.mark.parametrize(
    ("floors", "named"),
    [
        ({NINGBO: 2}, (NINGBO,)),
        ({NINGBO: 2, HANGZHOU: 1}, (NINGBO,)),
        ({NINGBO: 2, CHILDREN: 1}, (CHILDREN, NINGBO)),
        ({HANGZHOU: 2, NINGBO: 1}, (HANGZHOU, NINGBO)),
        ({HANGZHOU: 3}, (HANGZHOU,)),
    ],
)
def test_infeasible_minimums_are_named(floors: dict, named: tuple) -> None:
    ranked = [person("a", 90, HANGZHOU), person("b", 85, HANGZHOU), person("c", 80, NINGBO)]
    with pytest.raises(InfeasibleFloors) as refused:
        select_in_rank_order(ranked, places=2, floors=floors)
    assert refused.value.floors == tuple(sorted(named))


def test_a_minimum_only_people_below_the_line_could_meet_is_infeasible() -> None:
    with pytest.raises(InfeasibleFloors, match="3302"):
        select_in_rank_order([person("a", 60, NINGBO)], places=2, pass_line=Decimal(75), floors={NINGBO: 1})


def test_a_candidate_listed_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        select_in_rank_order([person("a", 90), person("a", 80)], places=2)


GROUPS = [HANGZHOU, NINGBO, CHILDREN, ELDERLY, ("setting", "community"), ("setting", "agency")]
bounds = st.dictionaries(st.sampled_from(GROUPS), st.integers(0, 3), max_size=4)
people = st.lists(
    st.tuples(st.integers(60, 70), st.frozensets(st.sampled_from(GROUPS), max_size=4)), max_size=7
).map(lambda drawn: [Candidate(f"n{n}", Decimal(score), groups) for n, (score, groups) in enumerate(drawn)])


def allowed(chosen: Sequence[Candidate], places: int, caps: dict, floors: dict) -> bool:
    def number(group: tuple[str, str]) -> int:
        return sum(group in candidate.groups for candidate in chosen)

    return (
        len(chosen) <= places
        and all(number(group) <= cap for group, cap in caps.items())
        and all(number(group) >= floor for group, floor in floors.items())
    )


def by_search(ranked: list[Candidate], places: int, caps: dict, floors: dict) -> tuple[str, ...] | None:
    """The rank-order pass, with "can still meet" answered by trying every subset of those still to come."""

    def completable(taken: list[Candidate], rest: list[Candidate]) -> bool:
        return any(
            allowed([*taken, *more], places, caps, floors)
            for size in range(len(rest) + 1)
            for more in combinations(rest, size)
        )

    if not completable([], ranked):
        return None
    taken: list[Candidate] = []
    for position, candidate in enumerate(ranked):
        if completable([*taken, candidate], ranked[position + 1 :]):
            taken.append(candidate)
    return tuple(candidate.id for candidate in taken)


@settings(derandomize=True, deadline=None, max_examples=250)
@given(people, st.integers(0, 5), bounds, bounds)
def test_selection_agrees_with_exhaustive_search(
    candidates: list[Candidate], places: int, caps: dict, floors: dict
) -> None:
    ranked = sorted(candidates, key=lambda candidate: -candidate.score)
    expected = by_search(ranked, places, caps, floors)
    if expected is None:
        with pytest.raises(InfeasibleFloors) as refused:
            select_in_rank_order(candidates, places=places, caps=caps, floors=floors)
        named = {group: floors[group] for group in refused.value.floors}
        assert named
        assert by_search(ranked, places, caps, named) is None
    else:
        selection = select_in_rank_order(candidates, places=places, caps=caps, floors=floors)
        assert selection.selected == expected
        assert selection.reasons.keys() == {c.id for c in candidates} - set(expected)


def test_a_full_round_is_selected_with_crossing_minimums() -> None:
    candidates = [
        person(
            f"n{n:03}", 100 - n // 10, ("city", str(n % 11)), ("field", str(n % 7)), ("setting", str(n % 3))
        )
        for n in range(200)
    ]
    floors = {("city", str(c)): 1 for c in range(11)} | {("field", str(f)): 2 for f in range(7)}
    selection = select_in_rank_order(candidates, places=20, floors=floors, caps={("setting", "0"): 7})
    chosen = [candidate for candidate in candidates if candidate.id in selection.selected]
    assert len(chosen) == 20
    assert allowed(chosen, 20, {("setting", "0"): 7}, floors)

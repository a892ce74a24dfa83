"""Diagnostics against values of independent libraries.

The literal values were computed once, outside this project: intraclass correlations with pingouin 0.7 (ICC(A,1), ICC(A,k),
ICC(C,k)), W as scipy's Friedman chi-square over k (n - 1), alpha with krippendorff 0.9, least squares with statsmodels'
`ols("y ~ C(n, Sum) + C(e, Sum)")`, variances and predictions with its MixedLM (crossed components, REML), predictions at
given variances by generalised least squares on the full covariance matrix, and posterior ranks by 400,000 draws from the
inverse of all of Henderson's equations.
"""

from __future__ import annotations

import random
from decimal import Decimal
from fractions import Fraction
from time import perf_counter

import numpy as np
import pytest

from selection.rules.agreement import mean_squares
from selection.rules.diagnostics import (
    additive_model,
    agreement,
    connected,
    flat_expert,
    is_complete,
    leave_one_expert_out,
    matrix_of,
    mixed_model,
    outlier_sheets,
    standings,
)

COMPLETE = [
    [74.0, 74.5, 76.0, 68.0, 69.0, 74.5], [81.0, 81.5, 83.0, 78.0, 78.0, 78.5], [90.5, 84.0, 87.0, 90.5, 83.5, 91.5],
    [90.5, 93.0, 84.0, 89.0, 95.5, 95.5], [81.0, 80.5, 73.5, 74.5, 88.0, 82.0], [81.5, 78.5, 86.5, 78.0, 83.0, 85.5],
    [80.0, 80.0, 80.0, 83.5, 88.5, 85.5], [72.0, 86.0, 89.5, 86.0, 85.0, 78.5], [82.0, 91.0, 82.0, 89.0, 87.5, 89.0],
    [75.5, 78.5, 74.0, 73.0, 78.0, 78.0], [76.5, 73.0, 88.5, 85.5, 81.5, 87.0], [80.0, 80.0, 82.5, 80.0, 83.0, 80.0],
]  # fmt: skip
# Of each nominee the experts by number, and their totals.
INCOMPLETE = [
    ("345", 87.0, 83.0, 75.5), ("236", 88.5, 99.5, 96.5), ("347", 83.5, 92.5, 88.0), ("345", 86.0, 93.0, 82.0),
    ("045", 79.0, 84.5, 77.5), ("023", 90.0, 84.0, 86.5), ("567", 74.5, 82.0, 71.5), ("345", 79.5, 85.5, 74.5),
    ("125", 81.5, 88.5, 85.5), ("237", 69.5, 74.5, 78.0), ("015", 93.5, 89.5, 90.0), ("267", 83.0, 88.5, 92.0),
    ("157", 80.5, 81.5, 79.0), ("047", 69.5, 78.0, 77.5), ("026", 80.0, 76.5, 91.0), ("246", 89.5, 95.5, 90.5),
    ("023", 83.0, 81.5, 87.0), ("167", 69.5, 76.5, 70.5), ("056", 76.0, 74.5, 79.5), ("027", 86.5, 82.5, 86.0),
]  # fmt: skip
SHEETS = [
    (f"N{at:02}", f"X{expert}", total)
    for at, (experts, *totals) in enumerate(INCOMPLETE)
    for expert, total in zip(experts, totals, strict=True)
]
PANEL = [(f"N{i:02}", f"X{j}", total) for i, row in enumerate(COMPLETE) for j, total in enumerate(row)]


def near(*values: float, by: float = 1e-9) -> object:
    return pytest.approx(list(values), abs=by)


def simulated(n: int, k: int, per: int, *, seed: int = 1, sd: tuple[float, float, float] = (5, 4, 6)):  # type: ignore[no-untyped-def]
    """Sheets of n nominees by `per` of k experts, and the leniencies behind them."""
    randomly = np.random.default_rng(seed)
    quality, leniency = randomly.normal(0, sd[0], n), randomly.normal(0, sd[1], k)
    sheets = [
        (f"N{i:04}", f"X{j:03}", 80 + quality[i] + leniency[j] + randomly.normal(0, sd[2]))
        for i in range(n)
        for j in randomly.choice(k, per, replace=False)
    ]
    return sheets, leniency


# Agreement -------------------------------------------------------------------------------------------------------------


def test_agreement_of_a_complete_panel() -> None:
    found = agreement(COMPLETE)
    assert [found.icc_2_1, found.icc_2_k, found.icc_3_k] == near(
        0.5679906689465836, 0.8874962031385139, 0.8892104368967894
    )
    assert [found.kendall_w, found.alpha_interval] == near(0.5852394916911047, 0.5494523245981469)
    assert found.reason == ""


def test_agreement_where_sheets_are_missing_is_alpha_alone() -> None:
    found = agreement(matrix_of(SHEETS))  # type: ignore[arg-type]
    assert found.alpha_interval == pytest.approx(0.6256693830034925, abs=1e-12)
    assert (found.icc_2_1, found.icc_2_k, found.icc_3_k, found.kendall_w) == (None,) * 4
    assert (found.reason, "alpha_interval" in found.reasons) == ("incomplete", False)


def test_agreement_takes_decimals_and_fractions() -> None:
    exact = [[Decimal(str(v)) if v > 80 else Fraction(v) for v in row] for row in COMPLETE]
    assert agreement(exact) == agreement(COMPLETE)


def test_agreement_of_equal_marks_is_undefined_for_want_of_variance() -> None:
    found = agreement([[80, 80, 80]] * 3)
    figures = (found.icc_2_1, found.icc_2_k, found.icc_3_k, found.kendall_w, found.alpha_interval)
    assert (figures, found.reason, set(found.reasons.values())) == (
        (None,) * 5,
        "no_variance",
        {"no_variance"},
    )


def test_w_is_undefined_where_every_expert_gives_everybody_the_same() -> None:
    found = agreement([[70, 80], [70, 80], [70, 80]])
    assert (found.kendall_w, found.reasons["kendall_w"]) == (None, "no_variance")
    assert found.icc_2_1 == pytest.approx(0)


@pytest.mark.parametrize("matrix", [[], [[]], [[80, 81, 82]], [[80], [81]], [[None, None], [None, None]]])
def test_too_little_is_said_to_be_too_little(matrix: list[list[float | None]]) -> None:
    assert agreement(matrix).reason == "not_enough_data"


# Models ----------------------------------------------------------------------------------------------------------------


def test_least_squares_of_an_incomplete_design() -> None:
    found = additive_model(SHEETS)
    assert found.mu == pytest.approx(83.00355788249178, abs=1e-9)
    assert list(found.expert.values()) == near(
        -0.967319908,
        -3.896396065,
        -3.74428122,
        1.504658794,
        5.611468198,
        -2.819591978,
        3.623715812,
        0.687746366,
        by=1e-8,
    )
    assert [found.nominee[name] for name in ("N00", "N01", "N10", "N17")] == near(
        -2.602402887, 11.368410988, 10.557544768, -10.975246587, by=1e-8
    )
    assert sum(found.nominee.values()) == pytest.approx(0) == sum(found.expert.values())


def test_least_squares_of_a_design_in_two_parts_stays_within_the_parts() -> None:
    other = [(f"other {nominee}", f"other {expert}", total - 20) for nominee, expert, total in SHEETS]
    found, alone = additive_model([*SHEETS, *other]), additive_model(SHEETS)
    assert found.mu is None
    assert [part.mu for part in found.parts] == near(alone.mu or 0, (alone.mu or 0) - 20)
    assert [found.expert["X4"], found.expert["other X4"]] == near(*[alone.expert["X4"]] * 2)


def test_variances_of_highest_restricted_likelihood() -> None:
    found = mixed_model(SHEETS)
    assert [found.var_nominee, found.var_expert, found.var_error] == pytest.approx(
        [38.81351017425602, 9.506726353090963, 9.376281869560584], rel=1e-4
    )
    assert found.mu == pytest.approx(83.0373150240164, abs=1e-4)
    assert list(found.expert.values()) == near(
        -0.80397, -2.763639, -3.060663, 1.272057, 4.536852, -2.595531, 3.100413, 0.31448, by=1e-3
    )
    assert [found.nominee["N01"], found.nominee["N17"]] == near(10.512258, -10.261439, by=1e-3)


def test_predictions_at_given_variances() -> None:
    found = mixed_model(SHEETS, var_nominee=25, var_expert=16, var_error=36)
    assert found.mu == pytest.approx(83.04398375267223, abs=1e-9)
    assert list(found.expert.values()) == near(
        -0.638723113, -1.996143304, -1.947368899, 1.310618437, 3.595969313, -2.470662861, 2.609597301, -0.463286875,
        by=1e-8,
    )  # fmt: skip
    assert list(found.nominee.values())[:6] == near(
        -1.366638772, 7.52144187, 2.347916186, 2.124352219, -1.941111396, 2.847640161, by=1e-8
    )


def test_on_a_complete_panel_restricted_likelihood_is_the_analysis_of_variance() -> None:
    between, experts, rest = mean_squares(np.array(COMPLETE))
    found = mixed_model(PANEL)
    assert [found.var_nominee, found.var_expert, found.var_error] == pytest.approx(
        [(between - rest) / 6, (experts - rest) / 12, rest], rel=1e-5
    )
    assert [found.var_nominee, found.var_expert, found.var_error] == pytest.approx(
        [22.164582945622048, 0.28890531099875766, 16.57025546799699], rel=1e-4
    )


def test_on_a_complete_panel_the_adjusted_order_is_that_of_the_means() -> None:
    for seed in range(20):
        sheets, _leniency = simulated(12, 5, 5, seed=seed)
        adjusted = mixed_model(sheets).adjusted()
        means = {n: np.mean([t for nominee, _e, t in sheets if nominee == n]) for n in adjusted}
        assert is_complete(sheets)
        assert sorted(adjusted, key=adjusted.__getitem__) == sorted(means, key=means.__getitem__)


def test_a_variance_that_would_be_negative_is_nought() -> None:
    sheets, _leniency = simulated(30, 9, 9, sd=(0, 0, 3))
    between, _experts, rest = mean_squares(np.array(matrix_of(sheets), dtype=float))
    assert between < rest  # the analysis of variance would say less than nought
    found = mixed_model(sheets)
    assert (found.var_nominee, standings(found, 5)) == (0, {})


def test_equal_sheets_have_no_variance_at_all() -> None:
    found = mixed_model([(n, e, 80) for n in "abc" for e in "xyz"])
    assert (found.mu, found.var_nominee, found.var_expert, found.var_error) == (80, 0, 0, 0)
    assert found.reliability(5) == (None, None)


def test_reliability_of_the_simulated_parameters() -> None:
    found = mixed_model(SHEETS, var_nominee=25, var_expert=16, var_error=36)
    assert [round(value or 0, 2) for value in found.reliability(5)] == [0.71, 0.78]


@pytest.mark.parametrize(
    ("sheets", "given"),
    [
        ([], {}),
        ([("a", "x", 80)], {}),
        ([("a", "x", 80), ("a", "x", 81)], {}),
        (SHEETS, {"var_nominee": 1.0}),
        (SHEETS, {"var_nominee": 1.0, "var_expert": 1.0, "var_error": 0.0}),
    ],
)
def test_what_has_no_model_is_refused(sheets: list[tuple[str, str, float]], given: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        mixed_model(sheets, **given)


def test_the_order_of_the_sheets_does_not_matter() -> None:
    shuffled = random.Random(3).sample(SHEETS, len(SHEETS))
    assert mixed_model(shuffled).adjusted() == mixed_model(SHEETS).adjusted()


def test_known_leniency_is_found_again() -> None:
    sheets, leniency = simulated(120, 30, 7)
    found = mixed_model(sheets).expert
    assert np.corrcoef([found[f"X{j:03}"] for j in range(30)], leniency)[0, 1] >= 0.9


def test_two_hundred_nominees_and_thirty_experts_take_less_than_a_second() -> None:
    sheets, _leniency = simulated(200, 30, 5)
    began = perf_counter()
    standings(mixed_model(sheets), 10)
    assert perf_counter() - began < 1


# How sure a rank is ----------------------------------------------------------------------------------------------------


def test_posterior_ranks_are_those_of_the_full_inverse() -> None:
    model = mixed_model(SHEETS, var_nominee=25, var_expert=16, var_error=36)
    found = standings(model, 5, draws=20_000)
    assert [found[f"N{at:02}"].in_list for at in range(12)] == near(
        0.044, 0.913, 0.328, 0.301, 0.029, 0.393, 0.003, 0.016, 0.398, 0.001, 0.842, 0.441, by=0.015
    )
    low = [6, 1, 2, 2, 7, 2, 11, 8, 2, 12, 1, 2, 5, 12, 5, 1, 3, 14, 10, 2]
    high = [18, 7, 14, 14, 18, 13, 20, 19, 13, 20, 8, 13, 17, 20, 17, 10, 16, 20, 20, 14]
    assert [s.low for s in found.values()] == near(*low, by=1)
    assert [s.high for s in found.values()] == near(*high, by=1)


def test_the_same_sheets_always_have_the_same_intervals() -> None:
    assert standings(mixed_model(SHEETS), 5) == standings(mixed_model(SHEETS), 5)


def test_nine_in_ten_intervals_hold_the_true_rank() -> None:
    held = []
    for seed in range(12):
        randomly = np.random.default_rng(seed)
        quality = randomly.normal(0, 5, 60)
        sheets = [
            (f"N{i:02}", f"X{j}", 80 + quality[i] + 4 * ((j * 7) % 5 - 2) / 2 + randomly.normal(0, 6))
            for i in range(60)
            for j in randomly.choice(12, 5, replace=False)
        ]
        truth = (-quality).argsort().argsort() + 1
        found = standings(mixed_model(sheets), 10, draws=500)
        held += [s.low <= truth[i] <= s.high for i, s in enumerate(found.values())]
    assert 0.86 <= np.mean(held) <= 0.95


# One expert, one sheet -------------------------------------------------------------------------------------------------


def test_ranks_without_one_expert_are_those_of_the_other_sheets() -> None:
    sheets = [("a", "x", Decimal(90)), ("a", "y", Decimal(70)), ("b", "x", Decimal(80)), ("b", "y", Decimal(80)),
              ("c", "y", Decimal(60))]  # fmt: skip
    assert leave_one_expert_out(sheets) == {"x": {"a": 2, "b": 1, "c": 3}, "y": {"a": 1, "b": 2}}


def test_equal_means_share_a_rank_exactly() -> None:
    sheets = [("a", "x", Fraction(1, 3)), ("a", "z", 0), ("b", "x", Decimal("0.1")), ("b", "y", Fraction(17, 30)),
              ("b", "z", 99)]  # fmt: skip
    assert leave_one_expert_out(sheets)["z"] == {"a": 1, "b": 1}


@pytest.mark.parametrize(
    ("scores", "found"),
    [
        ([80, 81, 82, 83, 99], [4]),
        ([80, 80, 80, 80, 94], []),
        ([80, 80, 80, 80, 95], [4]),
        ([65, 80, 80, 80, 95], [0, 4]),
        ([80, 82, 84, 86, 88], []),
        ([80], []),
        ([], []),
    ],
)
def test_sheets_worth_another_look(scores: list[float], found: list[int]) -> None:
    assert outlier_sheets(scores) == found


def test_an_expert_who_gives_everybody_the_same_is_flat() -> None:
    assert (flat_expert([80, 80, 80]), flat_expert([80, 80, 80.5]), flat_expert([80])) == (True, False, False)


def test_parts_that_share_no_expert_are_told_apart() -> None:
    parts = connected([("a", "x", 1), ("b", "x", 1), ("c", "y", 1), ("d", "y", 1), ("b", "z", 1)])
    assert parts == [(frozenset("ab"), frozenset("xz")), (frozenset("cd"), frozenset("y"))]

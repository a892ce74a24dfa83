"""Whether a draw can fail, held against every panel it may yield."""

from itertools import combinations, product

from hypothesis import given, settings
from hypothesis import strategies as st

from selection.rules.pool import nominees_at_risk, strata_too_small

POOL = {"s": ("a", "b", "c"), "p": ("d", "e", "f")}
experts = [e for codes in POOL.values() for e in codes]


def test_a_stratum_too_small_says_how_many_it_lacks():
    assert strata_too_small({"s": ("a",)}, {"s": 3, "p": 1}) == {"s": 2, "p": 1}


@settings(derandomize=True, deadline=None, max_examples=200)
@given(
    st.sets(st.tuples(st.just("n"), st.sampled_from(experts))),
    st.integers(1, 3), st.integers(1, 3), st.integers(1, 5),
)  # fmt: skip
def test_a_nominee_is_at_risk_exactly_if_some_panel_leaves_too_few(recusals, scholars, practice, needed):
    panels = product(combinations(POOL["s"], scholars), combinations(POOL["p"], practice))
    fails = any(sum(("n", e) not in recusals for e in (*s, *p)) < needed for s, p in panels)
    found = nominees_at_risk(
        ["n"], POOL, {"s": scholars, "p": practice}, per_nominee=needed, recusals=recusals
    )
    assert (found == ["n"]) == fails

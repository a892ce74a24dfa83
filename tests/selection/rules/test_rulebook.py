"""A rulebook is read strictly, checked whole and named by its digest."""

import json
from decimal import Decimal

import pytest

from selection.rules.rulebook import ABSENT, DEFAULT_RULEBOOK, Malformed, Rulebook

COMPLETE = {
    **DEFAULT_RULEBOOK,
    "opens_at": "2026-03-02T09:00:00+08:00",
    "closes_at": "2026-04-30T17:30:00+08:00",
    "reference_date": "2026-04-30",
    "quotas": {"3301": 3, "3302": 2},
}
YEARS = {2024, 2025, 2026}
DIGEST = (
    "2127e2f809db722982692c106740ccf61e27b07725ac9d407234b0a09db51a59"  # frozen rules are looked up by it
)


def rulebook(**changes: object) -> Rulebook:
    return Rulebook.from_dict({**COMPLETE, **changes})


def faults(**changes: object) -> list[tuple[str, str]]:
    return [fault[:2] for fault in rulebook(**changes).faults(calendar_years=YEARS)]


def criteria(*weights: str) -> list[dict[str, str]]:
    return [{**item, "weight": w} for item, w in zip(COMPLETE["criteria"], weights, strict=False)]


def test_the_defaults_with_dates_and_quotas_have_no_fault() -> None:
    assert faults() == []


def test_the_default_weights_are_15_30_15_15_15_10() -> None:
    assert [int(weight) for weight in rulebook().weights.values()] == [15, 30, 15, 15, 15, 10]


def test_a_rulebook_survives_storage() -> None:
    stored = json.loads(json.dumps(rulebook().to_dict()))
    assert Rulebook.from_dict(stored) == rulebook()


def test_the_digest_ignores_the_spelling_of_the_same_rules() -> None:
    same = rulebook(opens_at="2026-03-02T01:00:00+00:00", pass_line="75", ceiling=20)
    assert same.digest() == rulebook().digest()


def test_the_digest_of_the_defaults_stays() -> None:
    earlier = {name: value for name, value in COMPLETE.items() if name not in ABSENT}
    assert Rulebook.from_dict(earlier).digest() == DIGEST


@pytest.mark.parametrize(
    "change",
    [
        {"pass_line": "75.01"},
        {"quotas": {"3301": 3, "3302": 1}},
        {"notice_days": 7},
        {"closes_at": "2026-04-30T17:30:01+08:00"},
    ],
)
def test_the_digest_tells_any_change(change: dict[str, object]) -> None:
    assert rulebook(**change).digest() != rulebook().digest()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"criteria": criteria("15", "30", "15", "15", "15", "9.99")}, [("criteria", "weights_not_100")]),
        ({"criteria": []}, [("criteria", "weights_not_100"), ("tie_criterion", "unknown_criterion")]),
        ({"criteria": criteria("0", "45", "15", "15", "15", "10")}, [("criteria", "weight_not_positive")]),
        ({"criteria": criteria("49.99", "50.01")}, []),
        ({"tie_criterion": "Z"}, [("tie_criterion", "unknown_criterion")]),
        (
            {"closes_at": "2026-03-02T09:00:00+08:00", "reference_date": "2026-03-02"},
            [("closes_at", "closes_before_opening")],
        ),
        ({"reference_date": "2026-05-01"}, [("reference_date", "reference_after_closing")]),
        ({"quotas": {}}, [("quotas", "no_quotas")]),
        ({"quotas": {"3301": 0}}, [("quotas", "no_quotas")]),
        ({"quotas": {"3301": -1, "3302": 2}}, [("quotas", "negative")]),
        ({"closes_at": "2028-01-05T17:30:00+08:00"}, [("closes_at", "calendar_missing")] * 2),
        ({"closes_at": "2026-12-31T16:00:00+00:00"}, [("closes_at", "calendar_missing")]),
        ({"pass_line": "100.01"}, [("pass_line", "out_of_range")]),
        ({"pass_line": "-0.01"}, [("pass_line", "out_of_range")]),
        ({"pass_line": "100"}, []),
        ({"ceiling": 0}, [("ceiling", "below_minimum")]),
        ({"notice_days": 0}, [("notice_days", "below_minimum")]),
        ({"management_years": 0}, [("management_years", "below_minimum")]),
        ({"per_nominee": 8}, [("per_nominee", "more_than_panel")]),
        ({"min_sheets": 6}, [("min_sheets", "more_than_drawn")]),
        ({"min_sheets_for_trim": 2}, [("min_sheets_for_trim", "below_minimum")]),
        ({"strata": {"scholar": 3, "practice": 3}}, [("strata", "strata_not_panel")]),
        ({"strata": {"scholar": 8, "practice": -1}}, [("strata", "negative")]),
        (
            {"strata_mode": "shares", "strata": {"scholar": 60, "practice": 30}},
            [("strata", "strata_not_100")],
        ),
        ({"strata_mode": "pool", "strata": {}}, []),
        ({"strata_mode": "dice"}, [("strata_mode", "unknown_choice")]),
        ({"panel_caps": {"unit": 0}}, [("panel_caps", "below_minimum")]),
        ({"panel_caps": {"county": 1}}, [("panel_caps", "unknown_choice")]),
        ({"consecutive_rounds": -1}, [("consecutive_rounds", "negative")]),
        ({"method": "guess"}, [("method", "unknown_choice")]),
        ({"notice_mode": "days"}, [("notice_mode", "unknown_choice")]),
        ({"bands": [90, 75]}, [("bands", "bands_not_three")]),
        ({"bands": [75, 90, 60]}, [("bands", "bands_not_falling")]),
        ({"comment_at_least": 102}, [("comment_at_least", "out_of_range")]),
        ({"comment_below": -1}, [("comment_below", "out_of_range")]),
        ({"award": "-1"}, [("award", "negative")]),
        ({"instalment_shares": [50, 30]}, [("instalment_shares", "shares_not_100")]),
        ({"instalment_shares": [100, 0]}, [("instalment_shares", "below_minimum")]),
    ],
)
def test_each_fault_is_named(changes: dict[str, object], expected: list[tuple[str, str]]) -> None:
    assert faults(**changes) == expected


def test_a_criterion_listed_twice_is_named() -> None:
    twice = criteria("15", "30", "15", "15", "15", "10")
    twice[5]["code"] = "A"
    assert [tuple(f) for f in rulebook(criteria=twice).faults(calendar_years=YEARS)] == [
        ("criteria", "criterion_twice", {"criterion": "A"})
    ]


def test_a_fault_carries_what_its_message_names() -> None:
    found = rulebook(criteria=criteria("15", "30", "15", "15", "15", "9")).faults(calendar_years={2025})
    assert [fault.arguments for fault in found] == [{"year": 2026}, {"total": "99.00"}]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("ceiling", "20", "malformed"),
        ("ceiling", True, "malformed"),
        ("ceiling", None, "missing"),
        ("pass_line", 75.0, "malformed"),
        ("pass_line", "75.005", "malformed"),
        ("pass_line", "NaN", "malformed"),
        ("pass_line", "1E+30", "malformed"),
        ("pass_line", "seventy", "malformed"),
        ("opens_at", "2026-03-02T09:00:00", "malformed"),
        ("opens_at", 5, "malformed"),
        ("reference_date", "2026-02-30", "malformed"),
        ("quotas", [1], "malformed"),
        ("quotas", {"3301": "2"}, "malformed"),
        ("criteria", {}, "malformed"),
        ("criteria", ["A"], "malformed"),
        ("instalment_shares", [50.0, 50], "malformed"),
        ("method", 1, "malformed"),
        ("notice_weeks", 1, "unknown"),
    ],
)
def test_what_is_not_plainly_of_its_kind_is_refused_by_name(field: str, value: object, code: str) -> None:
    with pytest.raises(Malformed) as refused:
        rulebook(**{field: value})
    assert (refused.value.field, refused.value.code) == (field, code)


def test_amounts_are_decimals_with_two_places() -> None:
    assert (str(rulebook(award="50000").award), rulebook(pass_line=75).pass_line) == ("50000.00", Decimal(75))

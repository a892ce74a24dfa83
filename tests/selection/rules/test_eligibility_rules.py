"""Eligibility rules as data: each kind at its boundary, the seventeen defaults, and values worked out another way."""

from __future__ import annotations

import calendar
from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selection.rules.eligibility import age_on, full_years, valid_credit_code, valid_id_number
from selection.rules.eligibility_defaults import DEFAULT_RULES
from selection.rules.eligibility_rules import (
    KINDS,
    Rule,
    earliest_birth,
    evaluate,
    hard_failures,
    latest_start,
    months_until,
    soft_failures,
    versioned,
)
from selection.rules.rulebook import DEFAULT_RULEBOOK, Malformed, Rulebook

ON = date(2026, 6, 30)
WELL: dict[str, object] = {
    "setting": "social_organisation",
    "is_civil_servant": False,
    "certificate_level": "intermediate",
    "certified_on": date(2018, 9, 20),
    "practice": [(date(2014, 7, 1), None)],
    "province_practice": [(date(2014, 7, 1), None)],
    "born_on": date(1985, 3, 15),
    "dishonesty_checked_on": date(2026, 6, 10),
    "recognised": False,
    "revoked_on": None,
    "other_routes": 0,
    "registered_until": date(2027, 1, 1),
    "awarded_on": [date(2024, 5, 1)],
}


def found(rule: str, on: date = ON, rules: tuple[Rule, ...] = DEFAULT_RULES, **facts: object) -> object:
    return next(f for f in evaluate(rules, {**WELL, **facts}, on) if f.rule == rule)


def rule(id: str, **params: object) -> Rule:
    base = next(r for r in DEFAULT_RULES if r.id == id)
    return replace(base, params={**base.params, **params})


# The boundary vectors of the rules, worked out by hand -------------------------------------------------------------


@pytest.mark.parametrize(
    ("approved", "outcome", "passes"),
    [
        (date(2023, 6, 30), "pass", None),
        (date(2023, 7, 1), "fail", date(2026, 7, 1)),
        (date(2024, 2, 29), "fail", date(2027, 2, 28)),
        (date(2026, 7, 1), "fail", date(2029, 7, 1)),
    ],
)
def test_a_certificate_is_held_three_full_years(approved, outcome, passes):
    one = found("E04", certified_on=approved)
    assert (one.outcome, one.passes_on) == (outcome, passes)
    assert one.inputs["certified_on"] == approved.isoformat()


def test_29_february_is_full_on_28_february():
    assert found("E04", date(2027, 2, 28), certified_on=date(2024, 2, 29)).outcome == "pass"
    assert found("E04", date(2027, 2, 27), certified_on=date(2024, 2, 29)).outcome == "fail"


@pytest.mark.parametrize(
    ("born", "outcome", "age"),
    [
        (date(1970, 7, 1), "pass", 55),
        (date(1970, 6, 30), "fail", 56),
        (date(1971, 1, 1), "pass", 55),
        (date(1969, 1, 1), "fail", 57),
    ],
)
def test_fifty_five_is_included_and_above_it_is_soft(born, outcome, age):
    one = found("E07", born_on=born)
    assert (one.outcome, one.force, one.inputs["age"], one.passes_on) == (outcome, "soft", age, None)
    assert one.inputs["born_from"] == "1970-07-01"


def test_age_counted_from_the_day_after_the_birthday_is_a_switch():
    later = (rule("E07", age_counts_from_birthday_next_day=True),)
    assert found("E07", rules=later, born_on=date(1970, 6, 30)).outcome == "pass"
    assert found("E07", rules=later, born_on=date(1970, 6, 29)).outcome == "fail"
    assert earliest_birth(later[0], ON) == date(1970, 6, 30)


@pytest.mark.parametrize(
    ("intervals", "months", "outcome"),
    [
        ([(date(2020, 1, 1), date(2023, 12, 31)), (date(2022, 1, 1), ON)], 78, "pass"),
        ([(date(2020, 1, 1), date(2023, 12, 31)), (date(2022, 1, 1), None)], 78, "pass"),
        ([(date(2021, 7, 1), None)], 60, "pass"),
        ([(date(2021, 7, 2), None)], 59, "fail"),
        ([(date(2019, 7, 1), date(2021, 12, 31)), (date(2024, 1, 1), ON)], 60, "pass"),
        ([(date(2019, 7, 1), date(2021, 12, 31)), (date(2024, 1, 1), date(2026, 6, 29))], 59, "fail"),
        (
            [(date(2020, 1, 1), date(2035, 12, 31))],
            78,
            "pass",
        ),  # what lies ahead of the day is not served yet
        ([(date(2027, 1, 1), None)], 0, "fail"),
        ([(date(2022, 1, 1), date(2021, 1, 1))], 0, "fail"),  # runs backwards
    ],
)
def test_practice_is_the_union_of_its_intervals(intervals, months, outcome):
    one = found("E05", practice=intervals)
    assert (one.inputs["months"], one.outcome) == (months, outcome)


@pytest.mark.parametrize(
    ("intervals", "passes"),
    [
        ([(date(2021, 7, 2), None)], date(2026, 7, 1)),
        ([(date(2022, 1, 1), None)], date(2026, 12, 31)),
        ([(date(2016, 1, 1), date(2018, 12, 31)), (date(2025, 1, 1), None)], date(2026, 12, 31)),
        ([(date(2016, 1, 1), date(2018, 12, 31))], None),  # it has ended: no day will do
        (
            [(date(2016, 1, 1), date(2018, 12, 31)), (date(2025, 1, 1), date(2026, 12, 31))],
            date(2026, 12, 31),
        ),
    ],
)
def test_what_lasts_names_the_day_on_which_it_is_long_enough(intervals, passes):
    assert found("E05", practice=intervals).passes_on == passes


def test_years_in_the_province_are_counted_by_themselves():
    one = found("E06", province_practice=[(date(2024, 1, 1), None)])
    assert (one.outcome, one.passes_on) == ("fail", date(2026, 12, 31))


# The other kinds -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("id", "facts", "outcome"),
    [
        ("E01", {}, "person"),
        ("E01", {"setting": "other"}, "fail"),
        ("E01", {"setting": ""}, "fail"),
        ("E01", {"setting": ["other", "community"]}, "person"),
        ("E02", {}, "person"),
        ("E02", {"is_civil_servant": True}, "fail"),
        ("E02", {"is_civil_servant": None}, "person"),
        ("E03", {}, "pass"),
        ("E03", {"certificate_level": "senior"}, "pass"),
        ("E03", {"certificate_level": "assistant"}, "fail"),
        ("E03", {"certificate_level": ""}, "fail"),
        ("E08", {}, "person"),
        ("E09", {}, "person"),
        ("E10", {}, "person"),
        ("E10", {"dishonesty_checked_on": None}, "person"),
        ("E10", {"dishonesty_checked_on": date(2026, 5, 31)}, "person"),
        ("E10", {"dishonesty_checked_on": date(2026, 5, 30)}, "fail"),
        ("E11", {}, "person"),
        ("E12", {}, "pass"),
        ("E12", {"recognised": True}, "fail"),
        ("E13", {"revoked_on": date(2023, 6, 30)}, "pass"),
        ("E13", {"revoked_on": date(2023, 7, 1)}, "fail"),
        ("E14", {"other_routes": 1}, "fail"),
        ("E15", {}, "pass"),
        ("E15", {"registered_until": ON}, "pass"),
        ("E15", {"registered_until": date(2026, 6, 29)}, "fail"),
        ("E15", {"registered_until": None}, "person"),
        ("E16", {}, "person"),
        ("E17", {}, "pass"),
        ("E17", {"awarded_on": []}, "na"),
        ("E17", {"awarded_on": [date(2021, 6, 30)]}, "fail"),
        ("E17", {"awarded_on": [date(2021, 7, 1)]}, "pass"),
        ("E17", {"awarded_on": [date(2026, 7, 1)]}, "fail"),
    ],
)
def test_each_default_rule_at_its_boundary(id, facts, outcome):
    assert found(id, **facts).outcome == outcome


def test_the_defaults_are_the_seventeen_of_the_measure_in_order():
    assert [r.id for r in DEFAULT_RULES] == [f"E{n:02d}" for n in range(1, 18)]
    by_force = {f: [r.id for r in DEFAULT_RULES if r.force == f] for f in ("soft", "warning", "scoring")}
    assert by_force == {"soft": ["E07"], "warning": ["E15", "E16"], "scoring": ["E17"]}


def test_only_hard_failures_block_and_a_soft_one_asks_for_a_waiver():
    facts = {
        **WELL,
        "born_on": date(1960, 1, 1),
        "registered_until": date(2020, 1, 1),
        "certificate_level": "assistant",
    }
    outcomes = evaluate(DEFAULT_RULES, facts, ON)
    assert [f.rule for f in hard_failures(outcomes)] == ["E03"]
    assert [f.rule for f in soft_failures(outcomes)] == ["E07"]


def test_what_no_dossier_holds_is_left_to_a_person():
    assert {f.outcome for f in evaluate(DEFAULT_RULES, {}, ON)} == {"person"}


def test_what_is_not_entered_blocks_but_needs_no_waiver():
    outcomes = evaluate(DEFAULT_RULES, {**WELL, "born_on": None, "practice": [], "certified_on": None}, ON)
    assert [(f.rule, f.missing) for f in hard_failures(outcomes)] == [("E04", True), ("E05", True)]
    assert soft_failures(outcomes) == ()


def test_a_finding_is_kept_as_json_with_the_rules_version():
    kept = found("E04", certified_on=date(2023, 7, 1)).snapshot()
    assert kept == {
        "rule": "E04", "version": 1, "kind": "held_full_years", "force": "hard", "automatic": "fail",
        "inputs": {"certified_on": "2023-07-01", "years": 2, "needed": 3, "on": "2026-06-30"}, "passes_on": "2026-07-01",
    }  # fmt: skip


# A rule is added, a number changed, without code ---------------------------------------------------------------------


def rulebook(rules: list[dict[str, object]]) -> Rulebook:
    dates = {
        "opens_at": "2026-03-02T09:00:00+08:00",
        "closes_at": "2026-04-30T17:30:00+08:00",
        "reference_date": "2026-04-30",
        "quotas": {"3301": 3},
    }
    return Rulebook.from_dict({**DEFAULT_RULEBOOK, **dates, "eligibility": rules})


def test_a_rule_is_added_and_a_number_changed_in_the_rulebook_alone():
    stored = [r.to_dict() for r in DEFAULT_RULES]
    stored[3]["params"]["years"] = 5
    stored.append(
        {"id": "E18", "version": 1, "kind": "choice_in", "force": "hard", "name": "大专以上学历", "name_en": "Degree",
         "source": "本省通知", "decides": "system", "params": {"fact": "education", "choices": ["graduate", "bachelor"]}}
    )  # fmt: skip
    rules = rulebook(stored)
    assert rules.faults(calendar_years={2026}) == []
    outcomes = evaluate(
        rules.eligibility, {**WELL, "certified_on": date(2022, 6, 30), "education": "other"}, ON
    )
    failed = {f.rule: f.passes_on for f in hard_failures(outcomes)}
    assert failed == {"E04": date(2027, 6, 30), "E18": None}


def test_other_rules_have_another_digest_and_the_default_ones_none():
    stored = [r.to_dict() for r in DEFAULT_RULES]
    default = rulebook(stored)
    stored[3]["params"]["years"] = 5
    without = {
        k: v for k, v in default.to_dict().items() if k != "eligibility"
    }  # frozen before there were rules
    assert Rulebook.from_dict(without).digest() == default.digest() != rulebook(stored).digest()
    assert Rulebook.from_dict(without).eligibility == DEFAULT_RULES


def test_a_version_rises_with_the_meaning_alone():
    new = replace(rule("E06"), id="E18", version=7)
    changed = [rule("E04", years=5), rule("E05"), new]
    assert [(r.id, r.version) for r in versioned(changed, DEFAULT_RULES)] == [
        ("E04", 2),
        ("E05", 1),
        ("E18", 1),
    ]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"id": "E05"}, "rule_twice"),
        ({"name": " "}, "rule_unnamed"),
        ({"kind": "by_lot"}, "rule_unknown_choice"),
        ({"force": "very_hard"}, "rule_unknown_choice"),
        ({"decides": "nobody"}, "rule_unknown_choice"),
        ({"params": {"fact": "practice", "years": 3}}, "rule_wrong_fact"),
        ({"params": {"fact": "nothing", "years": 3}}, "rule_wrong_fact"),
        ({"params": {"fact": "certified_on", "years": 0}}, "rule_below_minimum"),
        ({"params": {"fact": "certified_on"}}, "rule_below_minimum"),
        ({"params": {"fact": "certified_on", "years": 100}}, "rule_above_maximum"),
        ({"params": {"fact": "certified_on", "years": 3, "days": 3}}, "rule_stray_parameter"),
        ({"kind": "choice_in", "params": {"fact": "certificate_level", "choices": []}}, "rule_no_choices"),
    ],
)
def test_a_rule_that_cannot_be_judged_is_a_fault(changes, code):
    stored = [r.to_dict() for r in DEFAULT_RULES]
    stored[3] |= changes
    assert code in {f.code for f in rulebook(stored).faults(calendar_years={2026})}


def test_a_rulebook_without_rules_is_a_fault():
    assert [f.code for f in rulebook([]).faults(calendar_years={2026})] == ["no_rules"]


@pytest.mark.parametrize(
    "broken",
    [
        "E04",
        {"id": "E04"},
        {**DEFAULT_RULES[3].to_dict(), "params": None},
        {**DEFAULT_RULES[3].to_dict(), "version": "1"},
        {**DEFAULT_RULES[3].to_dict(), "name": 3},
        {**DEFAULT_RULES[3].to_dict(), "more": 1},
        {**DEFAULT_RULES[3].to_dict(), "params": {"years": "3"}},
        {**DEFAULT_RULES[3].to_dict(), "params": {"choices": [1]}},
        {**DEFAULT_RULES[3].to_dict(), "params": {"code": "import os"}},
    ],
)
def test_a_malformed_rule_is_refused(broken):
    with pytest.raises(Malformed):
        rulebook([broken])


def test_a_name_carries_its_number():
    assert rule("E04", years=4).title() == "证书持有满4年"
    assert rule("E10").title(english=True).endswith("within 30 days")


def test_every_kind_has_a_default_rule_that_uses_it():
    assert {r.kind for r in DEFAULT_RULES} == set(KINDS)


# The same, worked out another way ------------------------------------------------------------------------------------

DAYS = st.dates(date(1995, 1, 1), date(2035, 12, 31))
INTERVALS = st.lists(st.tuples(DAYS, st.integers(0, 1500)), max_size=5).map(
    lambda pairs: [(start, start + timedelta(days=length)) for start, length in pairs]
)


def corresponds(start: date, day: date) -> bool:
    """Whether a month from `start` is over on `day`: the same day of the month, or the last of a shorter one."""
    last = calendar.monthrange(day.year, day.month)[1]
    return day > start and (day.day == start.day or (day.day == last and start.day > last))


def months_by_walking(intervals: list[tuple[date, date]], on: date) -> int:
    """Every day as a set, each run of days walked one by one."""
    days = {
        start.toordinal() + n for start, end in intervals for n in range((end - start).days + 1)
    }  # overlaps vanish
    served = sorted(day for day in days if day <= on.toordinal())
    months = 0
    for _key, run in groupby(enumerate(served), lambda pair: pair[1] - pair[0]):
        walked = [date.fromordinal(day) for _n, day in run]
        ahead = [*walked[1:], walked[-1] + timedelta(days=1)]
        months += sum(corresponds(walked[0], day) for day in ahead)
    return months


@settings(max_examples=150, deadline=None)
@given(INTERVALS, DAYS)
def test_the_union_equals_a_set_of_days(intervals, on):
    assert months_until(intervals, on) == months_by_walking(intervals, on)


def years_by_walking(start: date, on: date) -> int:
    months, day = 0, start
    while day < on:
        day += timedelta(days=1)
        months += corresponds(start, day)
    return months // 12


@settings(max_examples=80, deadline=None)
@given(st.dates(date(1990, 1, 1), date(2020, 1, 1)), st.integers(0, 4000))
def test_years_equal_a_walk_over_the_days(start, length):
    on = start + timedelta(days=length)
    assert full_years(start, on) == years_by_walking(start, on)


@settings(max_examples=100, deadline=None)
@given(st.dates(date(2000, 1, 1), date(2060, 12, 31)), st.integers(18, 70), st.booleans())
def test_the_birth_date_printed_is_the_first_that_passes(on, years, next_day):
    limit = rule("E07", years=years, age_counts_from_birthday_next_day=next_day)
    first = earliest_birth(limit, on)
    ages = [age_on(day, on, from_next_day=next_day) for day in (first, first - timedelta(days=1))]
    assert (ages[0] <= years, ages[1] <= years) == (True, False)


@settings(max_examples=100, deadline=None)
@given(st.dates(date(2000, 1, 1), date(2060, 12, 31)), st.integers(1, 20))
def test_the_certificate_date_printed_is_the_last_that_passes(on, years):
    last = latest_start(rule("E04", years=years), on)
    assert [full_years(day, on) >= years for day in (last, last + timedelta(days=1))] == [True, False]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(DAYS, st.one_of(st.none(), st.integers(0, 900))), min_size=1, max_size=3))
def test_the_day_named_is_the_first_on_which_practice_suffices(pairs):
    practice = [
        (start, None if length is None else start + timedelta(days=length)) for start, length in pairs
    ]
    one = found("E05", practice=practice)
    if one.passes_on is None:
        far = found("E05", date(2086, 1, 1), practice=practice)
        assert one.outcome == "pass" or far.outcome == "fail"
        return
    before = found("E05", one.passes_on - timedelta(days=1), practice=practice)
    assert (before.outcome, found("E05", one.passes_on, practice=practice).outcome) == ("fail", "pass")


def id_check(body: str) -> str:
    """ISO 7064 MOD 11-2 by its recursion, as GB 11643 refers to it."""
    rest = 0
    for digit in body:
        rest = (rest + int(digit)) * 2 % 11
    return "0123456789X"[(12 - rest) % 11]


@settings(max_examples=150, deadline=None)
@given(st.integers(110000, 659999), st.dates(date(1930, 1, 1), date(2020, 12, 31)), st.integers(0, 999))
def test_the_check_digit_of_an_identity_number_equals_the_recursion(place, born, serial):
    body = f"{place}{born:%Y%m%d}{serial:03d}"
    right = [check for check in "0123456789X" if valid_id_number(body + check)]
    assert right == [id_check(body)]


# The weights as GB 32100 prints them, and the values of the signs.
PRINTED_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
SIGNS = {sign: value for value, sign in enumerate("0123456789ABCDEFGHJKLMNPQRTUWXY")}


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(sorted(SIGNS)), min_size=17, max_size=17))
def test_the_check_sign_of_a_credit_code_equals_the_printed_weights(signs):
    rest = (
        31 - sum(SIGNS[sign] * weight for sign, weight in zip(signs, PRINTED_WEIGHTS, strict=True)) % 31
    ) % 31
    right = [sign for sign in SIGNS if valid_credit_code("".join(signs) + sign)]
    assert right == [sign for sign, value in SIGNS.items() if value == rest]

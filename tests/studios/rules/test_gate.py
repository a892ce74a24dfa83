from dataclasses import replace
from decimal import Decimal
from itertools import product

import pytest

from studios.rules.gate import CODES, WAIVABLE, Facts, conditions
from studios.rules.programme import Gate, default

EVERY = Gate(report=True, spent_share=80, grade="qualified", most_overdue=2)
HELD = Facts(
    number=3, signed=True, running=True, held=False, revoked=False, unpaid_before=(), paid_before=Decimal("40000.00"),
    reported=True, spent=Decimal("32000.00"), grade="qualified", overdue=1, red=False,
)  # fmt: skip
BROKEN = {
    "no_agreement": {"signed": False},
    "title_revoked": {"revoked": True},
    "on_hold": {"held": True},
    "studio_stopped": {"running": False},
    "earlier_unpaid": {"unpaid_before": (2,)},
    "report_missing": {"reported": False},
    "spent_too_little": {"spent": Decimal("31999.99")},
    "grade_too_low": {"grade": "basic"},
    "too_many_overdue": {"overdue": 2},
    "report_overdue": {"red": True},
}


def by_code(facts, gate=EVERY):
    return {condition.code: condition for condition in conditions(gate, facts)}


def test_every_combination_of_the_ten_conditions_locks_exactly_what_is_broken():
    assert tuple(BROKEN) == CODES
    for row in product((True, False), repeat=len(CODES)):
        expected = dict(zip(CODES, row, strict=True))
        changes = [BROKEN[code] for code, holds in expected.items() if not holds]
        facts = replace(HELD, **{name: value for change in changes for name, value in change.items()})
        found = conditions(EVERY, facts)
        assert {condition.code: condition.open for condition in found} == expected
        assert [condition.code for condition in found] == list(CODES)


def test_every_combination_of_waivers_opens_exactly_what_may_be_waived():
    everything = {name: value for change in BROKEN.values() for name, value in change.items()}
    for row in product((True, False), repeat=len(CODES)):
        waived = frozenset(code for code, yes in zip(CODES, row, strict=True) if yes)
        found = by_code(replace(HELD, **everything, waived=waived))
        assert {code for code, condition in found.items() if condition.open} == waived & set(WAIVABLE)


def test_the_numbers_say_how_much_is_missing():
    found = by_code(replace(HELD, spent=Decimal("28400.00")))["spent_too_little"].numbers
    assert (str(found["share"]), str(found["gap"])) == ("71.0", "3600.00")


@pytest.mark.parametrize(
    ("paid", "spent", "opens", "share", "gap"),
    [
        ("25000.00", "20000.00", True, "80.0", "0.00"),
        ("25000.00", "19999.99", False, "79.9", "0.01"),  # never shown as 80.0
        ("33333.33", "26666.66", False, "79.9", "0.01"),  # 80 % is 26,666.664
        ("33333.33", "26666.67", True, "80.0", "0.00"),
        ("25000.00", "30000.00", True, "120.0", "0.00"),
        ("25000.00", "0.00", False, "0.0", "20000.00"),
    ],
)
def test_the_share_is_compared_exactly(paid, spent, opens, share, gap):
    found = by_code(replace(HELD, paid_before=Decimal(paid), spent=Decimal(spent)))["spent_too_little"]
    assert (found.open, str(found.numbers["share"]), str(found.numbers["gap"])) == (opens, share, gap)


def test_after_no_payment_there_is_nothing_to_report_on_and_nothing_to_have_spent():
    found = by_code(replace(HELD, paid_before=Decimal(0), reported=False, spent=Decimal(0)))
    assert not {"report_missing", "spent_too_little"} & set(found)
    assert all(condition.open for condition in found.values())


@pytest.mark.parametrize(
    ("asked", "grade", "opens"),
    [
        ("qualified", "excellent", True), ("qualified", "qualified", True), ("qualified", "basic", False),
        ("qualified", "unqualified", False), ("qualified", "", False), ("basic", "basic", True),
    ],
)  # fmt: skip
def test_a_grade_opens_what_it_reaches(asked, grade, opens):
    found = by_code(replace(HELD, grade=grade), replace(EVERY, grade=asked))
    assert found["grade_too_low"].open is opens


def test_the_first_instalment_asks_for_the_agreement_and_that_nothing_stands_against_it():
    facts = replace(HELD, number=1, paid_before=Decimal(0), spent=Decimal(0), grade="", reported=False)
    found = by_code(facts, default().gate(1))
    assert set(found) == {"no_agreement", "title_revoked", "on_hold", "studio_stopped", "report_overdue"}
    assert all(condition.open for condition in found.values())

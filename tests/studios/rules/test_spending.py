from datetime import date
from decimal import Decimal
from random import Random

import pytest

from studios.rules import spending as rules
from studios.rules.programme import Head, Programme, default

D = Decimal
PROGRAMME = default()
AWARD = D("50000.00")


def books(**given):
    budgets = {head.code: rules.cap_of(AWARD, head) for head in PROGRAMME.heads}
    return rules.Books(**{
        "award": AWARD, "today": date(2026, 9, 1), "paid_from": date(2026, 3, 1), "ends_on": date(2028, 12, 16),
        "budgets": budgets, "committed": {}, **given,
    })  # fmt: skip


def claim(**given):
    return rules.Claim(**{
        "head": "service", "amount": D("800.00"), "items": 1, "spent_on": date(2026, 6, 1), "purpose": "活动物资",
        "payee": "杭州文具店", **given,
    })  # fmt: skip


def codes(found):
    return [(fault.code, fault.where) for fault in found]


def test_an_ordinary_expense_has_no_fault():
    assert rules.faults(claim(), PROGRAMME, books()) == []


@pytest.mark.parametrize(
    ("given", "standing", "expected"),
    [
        ({"spent_on": date(2026, 2, 28)}, {}, ("before_payment", "spent_on")),
        ({"spent_on": date(2026, 9, 2)}, {}, ("in_future", "spent_on")),
        ({"spent_on": date(2026, 8, 1)}, {"ends_on": date(2026, 7, 31)}, ("after_end", "spent_on")),
        ({}, {"paid_from": None}, ("nothing_paid", "spent_on")),
        ({"purpose": "接待宴请餐费"}, {}, ("prohibited", "purpose")),
        ({"purpose": "年终奖 金"}, {}, ("prohibited", "purpose")),
        ({"head": "entertainment"}, {}, ("unknown_head", "head")),
        ({"head": "equipment", "amount": D("5000.01")}, {}, ("item_limit", "amount")),
        ({"head": "publicity", "amount": D("2500.01")}, {}, ("over_cap", "amount")),
        ({"head": "service"}, {"budgets": {"service": D("799.99")}}, ("over_budget", "amount")),
    ],
)
def test_each_rule_refuses_what_it_forbids(given, standing, expected):
    assert codes(rules.faults(claim(**given), PROGRAMME, books(**standing))) == [expected]


def test_the_limits_themselves_are_allowed():
    for given in (
        {"spent_on": date(2026, 3, 1)},
        {"spent_on": date(2026, 9, 1)},
        {"head": "equipment", "amount": D("5000.00")},
        {"head": "equipment", "amount": D("10000.00"), "items": 2},
        {"head": "publicity", "amount": D("2500.00")},
    ):
        assert rules.faults(claim(**given), PROGRAMME, books()) == []


def test_what_is_left_is_named_and_never_negative():
    (fault,) = rules.faults(
        claim(head="travel", amount=D("600.00")), PROGRAMME, books(committed={"travel": D("7100.00")})
    )
    assert fault.code == "over_cap" and fault.says["left"] == D("400.00")
    (fault,) = rules.faults(claim(head="travel"), PROGRAMME, books(committed={"travel": D("9000.00")}))
    assert fault.says["left"] == D("0.00")


@pytest.mark.parametrize(
    "number", ["12345678", "１２３４５６７８", " 1234-5678 ", "12345678\u200b".rstrip("\u200b")]
)
def test_an_invoice_is_the_same_however_it_is_typed(number):
    assert rules.invoice_key("３３００ab", number) == "3300AB/12345678"


def test_no_number_is_no_invoice():
    assert rules.invoice_key("3300", " - ") == ""


def seen(**given):
    return rules.Seen(**{
        "claim": claim(), "cash": False, "personal": False, "related": ("林岸青", "青屿社会工作服务中心"), "near_limit": 0,
        "paid": D("25000.00"), "spent": D("800.00"), "same_number": False, "same_scan": False, **given,
    })  # fmt: skip


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, []),
        ({"cash": True, "claim": claim(amount=D("1000.01"))}, ["cash"]),
        ({"cash": True, "claim": claim(amount=D("999.00"))}, []),
        ({"personal": True}, ["personal"]),
        ({"personal": True, "claim": claim(head="fees")}, []),
        ({"claim": claim(payee="台州市青屿社会工作服务中心（管理部）")}, ["related"]),
        ({"claim": claim(payee=" 林 岸青 ")}, ["related"]),
        ({"claim": claim(amount=D("3000.00"))}, ["round"]),
        ({"near_limit": 1, "claim": claim(head="equipment", amount=D("4900.50"))}, ["splitting"]),
        ({"near_limit": 0, "claim": claim(head="equipment", amount=D("4900.50"))}, []),
        ({"near_limit": 5, "claim": claim(head="equipment", amount=D("4499.99"))}, []),
        ({"spent": D("25000.01")}, ["over_paid"]),
        ({"same_number": True, "same_scan": True}, ["same_number", "same_scan"]),
    ],
)
def test_what_deserves_a_look(given, expected):
    assert rules.flags_of(seen(**given), PROGRAMME) == expected


def test_the_spread_sums_to_the_award_and_no_head_is_above_its_cap():
    chance = Random(6)
    for _try in range(500):
        caps = [chance.randrange(0, 101) for _n in range(chance.randrange(1, 9))]
        heads = [Head(f"h{n}", "名", "name", cap) for n, cap in enumerate(caps)]
        award = D(chance.randrange(1, 100_000_00)) / 100
        lines = rules.spread(award, heads)
        assert all(lines[head.code] <= rules.cap_of(award, head) for head in heads)
        most = sum(rules.cap_of(award, head) for head in heads)
        assert sum(lines.values()) == min(award, most)


def test_the_house_budget_is_sound():
    lines = rules.spread(AWARD, PROGRAMME.heads)
    assert rules.budget_faults(lines, AWARD, PROGRAMME.heads) == []
    lines["publicity"] += 2000
    assert codes(rules.budget_faults(lines, AWARD, PROGRAMME.heads)) == [
        ("over_cap", "publicity"),
        ("bad_sum", ""),
    ]


def test_an_adjustment_takes_only_what_is_free_and_stays_below_the_caps():
    standing = books(
        budgets={"service": D("10000.00"), "travel": D("7000.00")}, committed={"service": D("9000.00")}
    )

    def asked(source, target, amount):
        return codes(rules.adjustment_faults(source, target, D(amount), PROGRAMME, standing))

    assert asked("service", "travel", "500.00") == []
    assert asked("service", "travel", "500.01") == [("over_cap", "amount")]
    assert asked("service", "training", "1000.01") == [("not_free", "amount")]
    assert asked("service", "service", "1.00") == [("same_head", "target")]
    assert asked("service", "gifts", "1.00") == [("unknown_head", "target")]


def test_the_share_is_counted_over_all_that_was_recorded():
    assert rules.within_share(D("1000.00"), D("0.00"), D("10000.00"), 10)
    assert rules.within_share(D("400.00"), D("600.00"), D("10000.00"), 10)
    assert not rules.within_share(D("400.01"), D("600.00"), D("10000.00"), 10)
    assert not rules.within_share(D("0.01"), D("0.00"), D("0.00"), 10)


def test_a_programme_without_heads_room_leaves_money_without_a_head():
    programme = Programme.from_dict({"heads": [{"code": "one", "name": "一", "name_en": "One", "cap": 40}]})
    assert rules.spread(D("100.00"), programme.heads) == {"one": D("40.00")}

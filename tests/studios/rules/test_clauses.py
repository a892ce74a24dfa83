"""Clauses of the model agreement have places for known facts and nothing else; numbers follow a pattern; money in words."""

from __future__ import annotations

from decimal import Decimal

import pytest

from studios.rules.capitals import in_capitals
from studios.rules.clauses import DEFAULT_CLAUSES, BadClause, filled, is_pattern, numbered, places
from studios.rules.programme import BadProgramme, Programme, default


def test_every_clause_of_the_house_is_filled() -> None:
    for _title, text in DEFAULT_CLAUSES:
        done = filled(text, dict.fromkeys(places(text), "某"))
        assert "{" not in done and "}" not in done


@pytest.mark.parametrize(
    "text", ["{nobody}", "{host.name}", "{host[0]}", "{host!r}", "{award:>99999999}", "{", "}", "{0}"]
)
def test_a_place_for_something_else_is_refused(text: str) -> None:
    with pytest.raises(BadClause):
        places(text)


def test_facts_are_text_and_never_filled_again() -> None:
    assert filled("{host}与{talent}", {"host": "{award}", "talent": "沈"}) == "{award}与沈"


@pytest.mark.parametrize(
    ("pattern", "fine"),
    [
        ("浙社领工〔{year}〕第{number:03d}号", True),
        ("{year}-{number}", True),
        ("第{number}号", False),
        ("{year}{number:9999d}", False),
        ("{year.__class__}{number}", False),
        ("{year}{number}{", False),
    ],
)
def test_a_pattern_names_year_and_number(pattern: str, fine: bool) -> None:
    assert is_pattern(pattern) is fine


def test_a_plaque_has_its_number() -> None:
    assert numbered(default().plaque_pattern, 2026, 7) == "浙社领工〔2026〕第007号"


@pytest.mark.parametrize(
    ("content", "where", "what"),
    [
        ({"plaque_pattern": "第{number}号"}, "plaque_pattern", "pattern"),
        ({"clauses": [{"title": "一", "text": "{nobody}"}]}, "clauses[1].text", "place"),
        ({"plan_years": 0}, "plan_years", "malformed"),
    ],
)
def test_the_fault_names_its_place(content: dict[str, object], where: str, what: str) -> None:
    with pytest.raises(BadProgramme) as fault:
        Programme.from_dict(content)
    assert (fault.value.where, fault.value.what) == (where, what)


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("0.50", "伍角"),
        ("50000.00", "伍万元整"),
        ("50000.05", "伍万元零伍分"),
        ("1005.10", "壹仟零伍元壹角"),
        ("10010010", "壹仟零壹万零壹拾元整"),
        ("100000001.23", "壹亿零壹元贰角叁分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
    ],
)
def test_money_in_capital_figures(amount: str, words: str) -> None:
    assert in_capitals(Decimal(amount)) == words


@pytest.mark.parametrize("amount", ["-1", "0.001", "NaN", "Infinity"])
def test_what_is_no_amount_has_no_words(amount: str) -> None:
    with pytest.raises(ValueError):
        in_capitals(Decimal(amount))

from __future__ import annotations

import pytest

from selection.rules.privacy import exposures, passes_luhn
from tests.factories import id_number

CARD = "6222021234567890128"  # an invented number whose check digit is right


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (f"身份证{id_number()}，", "id_number"),
        (f"身份证{id_number()[:6]} {id_number()[6:14]}-0001", ""),
        ("手机13800001111。", "phone"),
        ("手机138 0000 1111", "phone"),
        ("手机+86-138-0000-1111", "phone"),
        ("手机１３８００００１１１１", "phone"),
        (f"卡号{CARD}", "bank_card"),
        ("卡号6222 0212 3456 7890 128", "bank_card"),
    ],
)
def test_a_number_that_must_not_be_public_is_found(text: str, kind: str) -> None:
    assert [found.kind for found in exposures({"body": text})] == ([kind] if kind else [])


@pytest.mark.parametrize(
    "text",
    [
        "0571-87050000",
        "编号2026-0001",
        "110101199003070000",
        "浙民慈〔2026〕5号",
        "1234567890123456",
        "2026年9月29日17:30",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert exposures({"body": text}) == []


def test_an_identity_number_in_groups_is_found() -> None:
    number = id_number()
    grouped = f"{number[:6]} {number[6:10]} {number[10:14]} {number[14:17]}{number[17]}"
    assert [f.kind for f in exposures({"body": grouped})] == ["id_number"]


def test_the_place_and_line_are_named_and_the_number_is_masked() -> None:
    (found,) = exposures({"title": "公示", "entry 3": "沈雨晴\n杭州青禾中心13800001111"})
    assert (found.place, found.line, found.excerpt) == ("entry 3", 2, "138*****111")


def test_luhn_of_known_numbers() -> None:
    assert passes_luhn("4111111111111111") and not passes_luhn("4111111111111112")

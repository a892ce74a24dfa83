"""A public value has one spelling, and what its source cannot have published is refused."""

import pytest

from selection.rules.public_value import Implausible, kind_of, spelled

DRAND = "8d61d9100567de44682506aea1a7a6fa6e5491cd27a0a0ed349ef6910ac5ac20"


@pytest.mark.parametrize(
    ("source", "typed", "expected"),
    [
        ("双色球第2026120期", "03 09 17 21 28 33 + 07", "03 09 17 21 28 33 + 07"),
        ("双色球第2026120期", "红 3,9,17,21,28,33 蓝 7", "03 09 17 21 28 33 + 07"),
        ("双色球", "０３ ０９ １７　２１ ２８ ３３｜０７", "03 09 17 21 28 33 + 07"),
        ("体彩大乐透", "1 2 3 4 35 | 1 12", "01 02 03 04 35 + 01 12"),
        ("drand 第4000000轮", DRAND.upper(), DRAND),
        ("上证指数收盘价", " 3,214.56\n 点 ", "3,214.56 点"),
    ],
)
def test_every_spelling_of_a_value_is_the_same_value(source, typed, expected):
    assert spelled(source, typed) == expected
    assert spelled(source, expected) == expected


@pytest.mark.parametrize(
    ("source", "typed", "code"),
    [
        ("双色球", "03 09 17 21 28 + 07", "lottery_count"),
        ("双色球", "03 09 17 21 28 34 + 07", "lottery_range"),
        ("双色球", "03 09 17 21 28 33 + 17", "lottery_range"),
        ("双色球", "09 03 17 21 28 33 + 07", "lottery_order"),
        ("双色球", "03 03 17 21 28 33 + 07", "lottery_order"),
        ("双色球", "03 09 17 21 28 33 + seven", "lottery_text"),
        ("大乐透", "1 2 3 4 5 | 12 1", "lottery_order"),
        ("drand", DRAND[:-1], "drand"),
        ("收盘价", "  ", "empty"),
    ],
)
def test_what_the_source_cannot_have_published_is_refused(source, typed, code):
    with pytest.raises(Implausible) as fault:
        spelled(source, typed)
    assert fault.value.code == code


def test_the_kind_of_source_is_told_from_its_name():
    assert [kind_of(s) for s in ("双色球第1期", "大乐透", "DRAND", "天气")] == [
        "double_ball", "great_lotto", "drand", "text",
    ]  # fmt: skip

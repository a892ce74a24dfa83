"""Cells of imported sheets."""

from datetime import date, datetime

import pytest

from selection.rules.sheets import (
    BadCell,
    column_letter,
    column_number,
    day_of,
    harmless,
    runs_as_formula,
    text_of,
    truth_of,
)


@pytest.mark.parametrize(
    "text", ["=cmd|' /C calc'!A0", "+SUM(A1)", "-2+3+cmd", "@SUM(A1)", "＝1+1", "\t=1", " =1", "\r=1"]
)
def test_what_a_spreadsheet_would_run_is_known(text):
    assert runs_as_formula(text)
    with pytest.raises(BadCell) as refused:
        text_of(text)
    assert refused.value.code == "formula"


@pytest.mark.parametrize("text", ["沈雨晴", "a=b", "—说明", "-12", "+86", "1-2"])
def test_plain_text_is_not_taken_for_a_formula(text):
    assert text_of(text) == text


def test_a_number_that_has_lost_digits_is_refused_and_not_guessed():
    with pytest.raises(BadCell) as refused:
        text_of(330106198503150000.0)
    assert refused.value.code == "digits_lost"
    assert (text_of(13800000000.0), text_of(1.5), text_of(True)) == ("13800000000", "1.5", "是")


@pytest.mark.parametrize(
    "value",
    [
        "2018-09-20",
        "2018/9/20",
        "2018.9.20",
        "2018年9月20日",
        "20180920",
        date(2018, 9, 20),
        datetime(2018, 9, 20, 8),
    ],
)
def test_days_are_read_as_people_write_them(value):
    assert day_of(value) == date(2018, 9, 20)


@pytest.mark.parametrize("value", ["2018", "20180931", "2018-13-01", "去年", 43363.0])
def test_what_is_no_day_is_refused(value):
    with pytest.raises(BadCell):
        day_of(value)


def test_yes_and_no():
    assert (truth_of("是"), truth_of("否"), truth_of(True), truth_of(1.0)) == (True, False, True, True)
    with pytest.raises(BadCell):
        truth_of("也许")


def test_columns_have_letters():
    assert [column_letter(n) for n in (1, 26, 27, 703)] == ["A", "Z", "AA", "AAA"]
    assert [column_number(letters) for letters in ("A", "Z", "AA", "XFD")] == [1, 26, 27, 16384]


def test_a_text_that_would_run_is_disarmed_on_its_way_out():
    assert (harmless("=1+1"), harmless("@x"), harmless("沈雨晴")) == ("'=1+1", "'@x", "沈雨晴")

"""Years, ages and numbers at their boundaries; the reference date is 2026-06-30."""

from datetime import date

import pytest

from selection.rules.eligibility import (
    age_on,
    full_years,
    passes_on,
    union_months,
    valid_credit_code,
    valid_id_number,
)

REFERENCE = date(2026, 6, 30)


@pytest.mark.parametrize(
    ("start", "on", "years"),
    [
        (date(2023, 6, 30), REFERENCE, 3),
        (date(2023, 7, 1), REFERENCE, 2),
        (date(2024, 2, 29), date(2027, 2, 27), 2),
        (date(2024, 2, 29), date(2027, 2, 28), 3),
        (date(2024, 2, 29), date(2028, 2, 28), 3),
        (date(2024, 2, 29), date(2028, 2, 29), 4),
        (REFERENCE, REFERENCE, 0),
        (date(2026, 7, 1), REFERENCE, 0),
        (date(2030, 1, 1), REFERENCE, 0),
    ],
)
def test_full_years(start: date, on: date, years: int) -> None:
    assert full_years(start, on) == years


@pytest.mark.parametrize("start", [date(2024, 2, 29), date(2023, 7, 1), date(2023, 12, 31)])
def test_the_day_a_period_is_full_is_the_first_on_which_it_counts(start: date) -> None:
    full = passes_on(start, 3)
    assert (full_years(start, full), full_years(start, date.fromordinal(full.toordinal() - 1))) == (3, 2)


def test_the_day_a_period_is_full() -> None:
    found = [passes_on(date(2023, 7, 1), 3), passes_on(date(2024, 2, 29), 3), passes_on(date(2024, 2, 29), 4)]
    assert found == [date(2026, 7, 1), date(2027, 2, 28), date(2028, 2, 29)]


@pytest.mark.parametrize(
    ("born", "age"), [(date(1970, 7, 1), 55), (date(1970, 6, 30), 56), (date(1971, 1, 1), 55), (REFERENCE, 0)]
)
def test_age_is_reached_on_the_birthday(born: date, age: int) -> None:
    assert age_on(born, REFERENCE) == age


def test_age_may_be_counted_from_the_day_after_the_birthday() -> None:
    ages = [age_on(date(1970, 6, day), REFERENCE, from_next_day=True) for day in (30, 29)]
    assert ages == [55, 56]


def test_a_birth_still_to_come_is_refused() -> None:
    with pytest.raises(ValueError, match="born after"):
        age_on(date(2026, 7, 1), REFERENCE)


@pytest.mark.parametrize(
    ("intervals", "months"),
    [
        ([], 0),
        ([(date(2020, 1, 1), date(2023, 12, 31)), (date(2022, 1, 1), REFERENCE)], 78),
        ([(date(2022, 1, 1), REFERENCE), (date(2020, 1, 1), date(2023, 12, 31))], 78),
        ([(date(2020, 1, 1), date(2020, 12, 31)), (date(2020, 3, 1), date(2020, 4, 30))], 12),
        ([(date(2020, 1, 1), date(2020, 1, 31)), (date(2020, 2, 1), date(2020, 2, 29))], 2),
        ([(date(2020, 1, 15), date(2020, 2, 10)), (date(2020, 2, 11), date(2020, 3, 14))], 2),
        ([(date(2020, 1, 1), date(2020, 1, 31)), (date(2020, 3, 1), date(2020, 3, 31))], 2),
        ([(date(2020, 1, 1), date(2020, 1, 30))], 0),
        ([(date(2023, 1, 31), date(2023, 2, 27))], 1),
        ([(date(2023, 1, 31), date(2023, 2, 26))], 0),
        ([(REFERENCE, REFERENCE)], 0),
    ],
)
def test_union_of_practice_intervals(intervals: list[tuple[date, date]], months: int) -> None:
    assert union_months(intervals) == months


def test_a_reversed_interval_is_refused() -> None:
    with pytest.raises(ValueError, match="ends before it starts"):
        union_months([(date(2020, 2, 1), date(2020, 1, 1))])


# The numbers below are the worked examples printed in GB 11643 and GB 32100 and variations of them: nobody's.
@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014"])
def test_identity_number(number: str) -> None:
    assert valid_id_number(number)


@pytest.mark.parametrize(
    "number",
    [
        "",
        "110105194912310021",  # check digit
        "11010519491231002x",  # one person, one spelling
        "11010519490231002X",  # 31 February
        "11010519491331002X",
        "1101051949123100２X",  # a full-width digit
        "11010519491231002X\n",
        "110105491231002",
        "11010519941231002X",  # two digits exchanged
    ],
)
def test_wrong_identity_number(number: str) -> None:
    assert not valid_id_number(number)


def test_any_wrong_digit_of_an_identity_number_is_noticed() -> None:
    number = "440524188001010014"
    wrong = [
        number[:n] + digit + number[n + 1 :]
        for n in range(18)
        for digit in "0123456789"
        if digit != number[n]
    ]
    assert [candidate for candidate in wrong if valid_id_number(candidate)] == []


@pytest.mark.parametrize("code", ["91350100M000100Y43"])
def test_credit_code(code: str) -> None:
    assert valid_credit_code(code)


@pytest.mark.parametrize(
    "code",
    [
        "",
        "91350100M000100Y44",
        "91350100m000100y43",
        "9135O100M000100Y43",
        "91350100M000100Y4",
        "91350100M000100Y430",
    ],
)
def test_wrong_credit_code(code: str) -> None:
    assert not valid_credit_code(code)

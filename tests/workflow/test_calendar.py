from datetime import date

import pytest

from workflow import calendar
from workflow.actor import SYSTEM
from workflow.models import CalendarYear

pytestmark = pytest.mark.django_db


def of(year: int, **given):
    return {"years": [year], "off_ranges": [], "makeup_workdays": [], "notice": "国办发明电", **given}


def test_a_holiday_across_the_new_year_counts_in_both_years():
    span = ["2026-12-31", "2027-01-03"]
    calendar.load(of(2027, off_ranges=[span]), by=SYSTEM)
    days = calendar.current()
    assert not days.is_workday(date(2027, 1, 1))
    assert days.is_workday(date(2026, 12, 31))  # of that year another file speaks
    assert CalendarYear.objects.get(year=2027).off_ranges == [["2027-01-01", "2027-01-03"]]


def test_two_files_that_name_one_day_of_another_year_do_not_stop_the_calendar():
    calendar.load(of(2027, off_ranges=[["2027-12-30", "2028-01-03"]]), by=SYSTEM)
    calendar.load(of(2028, makeup_workdays=["2028-01-02"]), by=SYSTEM)
    assert calendar.current().is_workday(date(2028, 1, 2))


@pytest.mark.parametrize("years", [[99999], [-1], [0], [2027, 2027], ["zwei"], None])
def test_years_that_are_none_are_refused(years):
    with pytest.raises(calendar.BadCalendar):
        calendar.load({"years": years, "off_ranges": [], "makeup_workdays": [], "notice": "x"}, by=SYSTEM)


def test_a_notice_of_any_length_fits_its_column():
    (row,) = calendar.load(of(2027, notice="国\0" + "务" * 500), by=SYSTEM)
    assert (len(row.notice), "\0" in row.notice) == (300, False)

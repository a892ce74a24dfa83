"""The kept months of studios are what counting finds, after every act and after bulk loads."""

from datetime import date
from decimal import Decimal

import pytest

from studios import tasks
from studios.actions import activity as activities
from studios.actions import month, spending
from studios.models import Activity, StudioMonth
from studios.queries import month as queries
from tests import factories
from workflow import clock

pytestmark = pytest.mark.django_db
AUGUST, SEPTEMBER = date(2026, 8, 1), date(2026, 9, 1)


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


def cosigned(activity):
    token = activities.issue_link(activity, by=activity.studio.lead)
    return activities.cosign(activity, token=token, by=activities.station_of(activity))


def test_an_activity_counts_from_its_confirmation_until_it_is_questioned():
    first = factories.activity(volunteer_hours=Decimal("6.5"))
    second = factories.activity(home=first.studio, held_on=date(2026, 8, 31), people=None)
    key = (first.studio_id, AUGUST)
    assert queries.kept() == {}
    cosigned(first)
    assert queries.kept() == {key: queries.Month(1, 37, 33, Decimal("6.5"), Decimal(0))}
    cosigned(second)
    assert queries.kept()[key].attendances == 74
    manager = factories.user("manager")
    activities.question(second, by=manager, reason="站点说没有办过这场活动。")
    assert queries.kept() == queries.counted() == {key: queries.Month(1, 37, 33, Decimal("6.5"), Decimal(0))}
    activities.verify(second, by=manager, reason="查看签到表后属实。")
    assert queries.kept()[key].activities == 2
    assert queries.differing() == {}


def test_an_expense_counts_from_its_approval_until_it_is_questioned():
    row = factories.expense("submitted", amount=Decimal("800.50"))
    clerk = factories.user("unit_clerk", organisation=row.studio.host)
    approved = spending.approve(row, by=clerk)
    assert queries.kept() == {(row.studio_id, AUGUST): queries.Month(spent=Decimal("800.50"))}
    spending.question(approved, by=factories.user("manager"), reason="发票抬头与依托单位不符。")
    assert queries.kept() == queries.counted() == {}


def test_what_was_loaded_in_bulk_is_put_right_once():
    studio = factories.studio()
    for held_on in (
        date(2026, 8, 1),
        date(2026, 8, 31),
        date(2026, 9, 1),
        date(2026, 12, 31),
        date(2024, 2, 29),
    ):
        factories.activity("cosigned", home=studio, held_on=held_on)
    factories.activity("verified", home=factories.studio(), held_on=AUGUST)
    factories.activity("questioned", home=studio)
    assert len(queries.differing()) == 5
    assert month.rebuild() == 5
    assert queries.kept() == queries.counted()
    assert month.rebuild() == 0


def test_the_job_mends_a_month_that_says_something_else_and_one_whose_activities_are_gone():
    row = factories.activity("cosigned")
    month.rebuild()
    StudioMonth.objects.update(attendances=9999)
    StudioMonth.objects.create(studio=row.studio, month=SEPTEMBER, activities=3)
    tasks.keep_months()
    assert queries.kept() == queries.counted() == {(row.studio_id, AUGUST): queries.Month(1, 37, 33)}
    Activity.objects.filter(pk=row.pk).update(attendances=40)
    assert list(queries.differing()) == [(row.studio_id, AUGUST)]


def test_counting_takes_as_many_statements_for_many_months_as_for_one(django_assert_num_queries):
    studio = factories.studio()
    for n in range(1, 4):
        factories.activity("cosigned", home=studio, held_on=date(2026, n, 5))
    month.rebuild()
    with django_assert_num_queries(3):
        queries.differing()

"""What counts for the year, and what looks odd; every list in the same number of statements whatever the size."""

from datetime import date, time
from decimal import Decimal

import pytest

from studios.models import ActivityPerson, ServiceGroup
from studios.queries import activity as queries
from studios.queries import activity_check as check
from tests import factories
from workflow import clock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


def test_only_confirmed_activities_count_and_times_are_not_people():
    home = factories.studio()
    factories.activity("cosigned", home=home, attendances=40, people=10)
    factories.activity("verified", home=home, attendances=20, people=None)
    for state in ("drafted", "submitted", "questioned"):
        factories.activity(state, home=home)
    year = queries.year_of(home, 2026)
    assert (year.activities, year.attendances, year.people, year.by_kind) == (2, 60, 10, {"community": 2})


def test_the_tasks_of_a_year_by_hand(django_assert_num_queries):
    home, other = factories.studio(), factories.studio()
    for day in (3, 4, 5):
        factories.activity(
            "cosigned", home=home, kind="training", held_on=date(2026, 3, day), station_name="甲站"
        )
    factories.activity("cosigned", home=home, satisfaction_count=20, satisfied_count=18)
    for code in ("G-01", "G-01", "G-02"):
        factories.activity("verified", home=home, kind="case", case_code=code)
    group = ServiceGroup.objects.create(
        studio=home, name="情绪", goals="目标", members_planned=8, sessions_planned=4
    )
    for number in range(1, 5):
        factories.activity("cosigned", home=home, kind="group", group=group, session_number=number)
    supervised = factories.activity("cosigned", home=home, kind="supervision")
    ActivityPerson.objects.create(activity=supervised, part="mentee", name="陈一", hours=24)
    ActivityPerson.objects.create(activity=supervised, part="mentee", name="陈二", hours="23.50")
    with django_assert_num_queries(3):
        found = queries.reached([home.pk, other.pk], 2026)
    assert found[home.pk] == {
        "training": 3, "community": 1, "cases": 2, "stations": 2, "satisfaction": Decimal("90.0"), "mentees": 1,
        "groups": 1,
    }  # fmt: skip
    assert [task.reached for task in queries.tasks_of([other.pk], 2026)[other.pk]] == [0] * 7


def test_a_draft_is_seen_by_its_studio_alone():
    row = factories.activity("drafted")
    assert queries.activities_visible_to(row.studio.lead).get() == row
    assert not queries.activities_visible_to(factories.user("manager")).exists()
    assert not queries.activities_visible_to(factories.user("studio_lead")).exists()


def odd(quarter="2026Q3", user=None):
    return sorted(
        (row.kind, tuple(a.pk for a in row.activities)) for row in check.odd(user or manager(), quarter)
    )


def manager():
    return factories.user("manager")


def test_nothing_is_odd_about_ordinary_records():
    factories.activity("cosigned")
    factories.activity("cosigned")
    assert odd() == []


def test_a_photo_used_twice_even_by_another_studio():
    one = factories.activity("cosigned", photo="a" * 64)
    other = factories.activity("cosigned", photo="a" * 64)
    assert odd() == [("photo", (one.pk,)), ("photo", (other.pk,))]
    assert odd(user=one.studio.lead) == [("photo", (one.pk,))]


def test_one_lead_in_two_places_at_one_time():
    home = factories.studio()
    rows = [
        factories.activity("cosigned", home=home, place=place, starts_at=time(hour), ends_at=time(hour + 2))
        for place, hour in (("甲", 9), ("乙", 10), ("丙", 12))
    ]
    for row in rows:
        ActivityPerson.objects.create(activity=row, part="lead", name="沈雨晴", hours=2)
    assert odd() == [("two_places", (rows[0].pk,)), ("two_places", (rows[1].pk,))]


def test_more_people_than_the_room_holds():
    row = factories.activity("cosigned", attendances=81, venue_capacity=80)
    factories.activity("cosigned", attendances=80, venue_capacity=80)
    assert odd() == [("capacity", (row.pk,))]


def test_round_numbers_every_time_and_bulk_entry_before_a_report():
    home = factories.studio()
    factories.report(home=home, due_on=date(2026, 9, 24), period="2026Q2")
    for _n in range(5):
        factories.activity("cosigned", home=home, attendances=50, submitted_on=date(2026, 9, 22))
    assert odd() == [("bulk", ()), ("round", ())]
    factories.activity("cosigned", home=home, attendances=51)
    assert odd() == [("bulk", ())]


def test_the_list_of_oddities_takes_the_same_statements_for_one_and_for_many(django_assert_num_queries):
    reader = manager()
    assert reader.roles
    for size in (1, 6):
        for _n in range(size):
            home = factories.studio()
            factories.report(home=home, due_on=date(2026, 9, 24), period="2026Q2")
            for _m in range(5):
                factories.activity("cosigned", home=home, photo="a" * 64, attendances=50, venue_capacity=10, submitted_on=date(2026, 9, 22))  # fmt: skip
        with django_assert_num_queries(6):
            assert {row.kind for row in check.odd(reader, "2026Q3")} == {"photo", "capacity", "round", "bulk"}

"""Care of talents: entered by the bureau that gave it, counted by city and kind."""

from __future__ import annotations

from datetime import date

import pytest

from studios.actions import care as actions
from studios.errors import CareRefused
from studios.queries import care as queries
from tests import factories
from workflow import clock
from workflow.errors import NotPermitted

pytestmark = pytest.mark.django_db

GIVEN = {"kind": "training", "given_on": date(2026, 5, 12), "note": "推荐参加全省督导人才研修班。"}


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


def officer_of(home):
    return factories.user("bureau_officer", organisation=home.city)


def test_a_city_enters_what_it_did_for_its_own_talent():
    home = factories.studio()
    made = actions.record(home.recognition, by=officer_of(home), **GIVEN)
    assert (made.office, made.city) == (home.city, home.city)
    county = actions.record(
        home.recognition,
        by=factories.user("bureau_officer", organisation=home.county),
        **GIVEN | {"kind": "visit"},
    )
    assert (county.office, county.city) == (home.county, home.city)


def test_not_for_anothers_talent_nor_for_tomorrow():
    home, other = factories.studio(), factories.studio()
    with pytest.raises(NotPermitted):
        actions.record(other.recognition, by=officer_of(home), **GIVEN)
    with pytest.raises(NotPermitted):
        actions.record(home.recognition, by=home.lead, **GIVEN)
    with pytest.raises(CareRefused):
        actions.record(home.recognition, by=officer_of(home), **GIVEN | {"given_on": date(2026, 9, 2)})


def test_what_is_taken_back_is_kept_and_counts_no_more():
    home = factories.studio()
    by = officer_of(home)
    made = actions.record(home.recognition, by=by, **GIVEN)
    with pytest.raises(NotPermitted):
        actions.take_back(made, by=factories.user("bureau_officer"), reason="重复登记，予以撤回，共十字。")
    actions.take_back(made, by=by, reason="重复登记，予以撤回，共十字。")
    assert queries.care_visible_to(by).count() == 1
    assert not queries.in_year(queries.care_visible_to(by), 2026).exists()


def test_the_province_sees_who_has_done_nothing(django_assert_num_queries):
    home, idle = factories.studio(), factories.studio()
    actions.record(home.recognition, by=officer_of(home), **GIVEN)
    with django_assert_num_queries(3):
        rows = {row.city.pk: row for row in queries.by_city(2026)}
    done, nothing = rows[home.city_id], rows[idle.city_id]
    assert (done.by_kind, done.talents, done.reached, done.nothing) == ({"training": 1}, 1, 1, False)
    assert (nothing.total, nothing.talents, nothing.missed, nothing.nothing) == (0, 1, 1, True)
    assert queries.by_city(2026)[0].nothing
    assert all(not row.total for row in queries.by_city(2025))


def test_a_neighbour_reads_nothing_of_it():
    home = factories.studio()
    actions.record(home.recognition, by=officer_of(home), **GIVEN)
    assert queries.care_visible_to(factories.user("manager")).count() == 1
    assert queries.care_visible_to(home.lead).count() == 1
    assert not queries.care_visible_to(officer_of(factories.studio())).exists()

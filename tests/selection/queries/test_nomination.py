"""Who sees which dossier, and how a name is found."""

import pytest

from accounts.roles import Role
from selection.models.nomination import plain_name
from selection.queries.nomination import (
    Filter,
    counts_by_state,
    desk_counts,
    listed,
    nominations_visible_to,
    waiting_for,
    ways_of,
)
from tests import factories
from workflow import clock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


def two_cities():
    """One dossier in each of two cities, in one round."""
    here, there = factories.tree(), factories.tree()
    round_ = factories.round_()
    return (
        here,
        there,
        factories.nomination("county_review", round=round_, orgs=here),
        factories.nomination("county_review", round=round_, orgs=there),
    )


SEES_ALL = (
    Role.REVIEWER,
    Role.MANAGER,
    Role.LEADER,
    Role.PUBLISHER,
    Role.SUPERVISOR,
    Role.FINANCE,
    Role.AUDIT_ADMIN,
)


@pytest.mark.parametrize("role", Role.values)
def test_what_each_role_sees(role):
    here, _there, ours, theirs = two_cities()
    expected = {
        Role.UNIT_CLERK: {"unit": {ours.pk}},
        Role.BUREAU_OFFICER: {"county": {ours.pk}, "city": {ours.pk}},
    }.get(role, {})
    for place in ("unit", "county", "city", "province"):
        person = factories.user(role, organisation=here[place])
        seen = {ours.pk, theirs.pk} if role in SEES_ALL else expected.get(place, set())
        assert set(nominations_visible_to(person).values_list("pk", flat=True)) == seen, (role, place)


def test_an_officer_without_an_office_sees_nothing():
    factories.nomination("nominator_review", route="city", county=None)
    assert not nominations_visible_to(factories.user("bureau_officer", "unit_clerk")).exists()


@pytest.mark.parametrize("stored", ["秦　芸", "秦芸", "秦 芸"])
@pytest.mark.parametrize("typed", ["秦芸", "秦　芸", " 秦 芸 ", "芸"])
def test_a_name_is_found_once_with_or_without_its_printed_space(stored, typed):
    found = factories.nomination(nominee=factories.nominee(stored))
    factories.nomination(nominee=factories.nominee("沈雨晴"))
    person = factories.user("manager")
    assert [row.pk for row in listed(person, Filter.of({"q": typed}))] == [found.pk]
    assert plain_name(stored) == "秦芸"


def test_a_dossier_is_found_by_unit_and_by_code():
    row = factories.nomination(code="2026-0042")
    factories.nomination(
        code="2026-0043", orgs={**factories.tree(), "unit": factories.organisation(name="橘园社工站")}
    )
    person = factories.user("manager")
    for typed in ("青禾", "2026-0042", "0042"):
        assert [found.pk for found in listed(person, Filter.of({"q": typed}))] == [row.pk]


@pytest.mark.parametrize(
    "query",
    [
        {"state": "nowhere"},
        {"nominator": "x"},
        {"nominator": "9" * 30},
        {"q": "a\0b"},
        {"round": "\0"},
        {"field": "?"},
    ],
)
def test_a_query_that_makes_no_sense_is_read_as_less(query):
    assert list(listed(factories.user("manager"), Filter.of(query))) == []


def test_counts_by_state_are_of_what_is_visible_and_do_not_shrink_with_the_chosen_state():
    here, _there, _ours, _theirs = two_cities()
    person = factories.user("bureau_officer", organisation=here["city"])
    found = counts_by_state(person, Filter(state="draft"))
    assert [(row["state"], row["n"]) for row in found] == [("county_review", 1)]


def test_the_desk_holds_what_the_office_must_act_on():
    orgs, round_ = factories.tree(), factories.round_()
    rows = {
        s: factories.nomination(s, round=round_, orgs=orgs)
        for s in ("county_review", "nominator_review", "draft")
    }
    factories.nomination("draft", round=factories.round_("screening"), orgs=orgs)
    corrected = factories.nomination("correction", round=factories.round_("screening"), orgs=orgs)
    clerk, county, city = (
        factories.user(role, organisation=orgs[place])
        for role, place in (("unit_clerk", "unit"), ("bureau_officer", "county"), ("bureau_officer", "city"))
    )
    assert set(waiting_for(clerk)) == {rows["draft"], corrected}
    assert set(waiting_for(county)) == {rows["county_review"]}
    assert set(waiting_for(city)) == {rows["nominator_review"]}
    assert desk_counts(city)["nominator_review"]["first"] == rows["nominator_review"].pk


def test_the_routes_of_a_unit_follow_the_tree():
    orgs = factories.tree()
    under_city = factories.organisation("employer", parent=orgs["city"])
    direct = factories.organisation("direct")
    assert list(ways_of(orgs["unit"])) == ["county", "city"]
    assert list(ways_of(under_city)) == ["city"]
    assert list(ways_of(direct)) == ["direct"]
    assert list(ways_of(factories.organisation("employer"))) == []

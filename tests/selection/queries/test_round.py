"""Who sees which round, and how its places are counted."""

import pytest

from selection.queries import round as queries
from tests import factories
from workflow import clock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


@pytest.mark.parametrize(
    ("role", "drafts", "others"),
    [("manager", True, True), ("audit_admin", True, True), ("bureau_officer", False, True), ("unit_clerk", False, True),
     ("expert", False, True), ("studio_lead", False, False), ("system_admin", False, False)],
)  # fmt: skip
def test_who_sees_rounds(role, drafts, others):
    draft, opened = factories.round_("draft"), factories.round_()
    seen = set(queries.rounds_visible_to(factories.user(role)))
    assert (draft in seen, opened in seen) == (drafts, others)


def test_only_the_province_follows_a_round():
    factories.round_()
    assert not queries.rounds_overseen_by(factories.user("bureau_officer")).exists()
    assert queries.rounds_overseen_by(factories.user("supervisor")).exists()


def test_places_are_counted_by_nominator_and_freed_ones_are_not():
    orgs, other, round_ = factories.tree(), factories.tree(), factories.round_()
    factories.quota(round_, orgs["city"], 3)
    factories.quota(round_, other["city"], 2)
    factories.nomination("nominated", round=round_, orgs=orgs)
    factories.nomination("withdrawn", round=round_, orgs=orgs, place_freed=True)
    factories.nomination("withdrawn", round=round_, orgs=orgs, place_freed=False)
    factories.nomination("nominator_review", round=round_, orgs=orgs)
    found = {row.nominator_id: (row.used, row.places, row.left) for row in queries.quota_rows(round_)}
    assert found == {orgs["city"].pk: (2, 3, 1), other["city"].pk: (0, 2, 2)}


def test_the_tile_map_puts_the_cities_of_the_province_in_their_places():
    round_ = factories.round_()
    for code, area in (("330100", "杭州市"), ("330300", "温州市")):
        factories.quota(round_, factories.organisation("city", code=code, area=area), 2)
    factories.quota(round_, factories.organisation("direct"), 1)
    found = queries.tiles(queries.quota_rows(round_))
    assert len(found) == 16
    assert [(i, t.name) for i, t in enumerate(found) if t] == [(3, "省直"), (4, "杭州"), (14, "温州")]


def test_how_far_a_round_is():
    round_ = factories.round_("screening")
    for state in ("draft", "nominated", "qualified", "disqualified", "withdrawn"):
        factories.nomination(state, round=round_)
    found = queries.figures(round_)
    assert (found["filed"], found["nominated"], found["qualified"], found["disqualified"]) == (5, 4, 1, 1)
    assert [step["state"] for step in queries.stages(round_, found)] == ["done", "now", "", "", "", ""]


def test_working_days_left_are_not_guessed_for_a_year_that_is_not_loaded():
    assert queries.working_days_left(factories.NOON.replace(day=4)) == 3
    assert queries.working_days_left(factories.NOON.replace(year=2035)) is None
    assert queries.working_days_left(factories.NOON.replace(month=8)) is None

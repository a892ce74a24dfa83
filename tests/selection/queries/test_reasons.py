"""Why dossiers were found disqualified."""

import pytest
from django.urls import reverse

from selection.queries.reasons import statistics
from tests import factories
from workflow import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def round_():
    row = factories.round_("screening")
    here, there = factories.tree(), factories.tree()
    there["city"].name = "宁波市民政局"
    there["city"].save()
    for orgs, state, grounds in (
        (here, "qualified", []), (here, "in_review", []), (here, "disqualified", ["E04", "E05"]),
        (there, "disqualified", ["E04"]), (there, "disqualified", []), (there, "nominated", []),
        (here, "withdrawn", []), (here, "draft", []),
    ):  # fmt: skip
        factories.nomination(state, round=row, orgs=orgs, grounds=grounds)
    return row


def test_reasons_and_pass_rates_are_of_final_conclusions(round_):
    found = statistics(round_)
    assert (found.came, found.qualified, found.disqualified, found.waiting, found.rate) == (
        6,
        2,
        3,
        1,
        "40.0%",
    )
    assert [(str(line.label)[:3], line.n, line.width) for line in found.rules] == [
        ("E04", 2, "100.0%"), ("E05", 1, "50.0%"), ("逾期未", 1, "50.0%"),
    ]  # fmt: skip
    assert {(str(line.label), line.passed, line.n, line.rate) for line in found.nominators} == {
        ("杭州市民政局", 2, 1, "66.7%"), ("宁波市民政局", 0, 2, "0.0%"),
    }  # fmt: skip


def test_the_page_shows_bars_with_the_numbers_beside_them(client, round_):
    with clock.frozen(factories.NOON):
        client.force_login(factories.user("reviewer"))
        shown = client.get(reverse("qualification_reasons")).content.decode()
        assert shown.count('<svg class="lx-bar"') == 5 and "66.7%" in shown and "逾期未补正" in shown
        client.force_login(factories.user("unit_clerk", organisation=factories.organisation()))
        assert client.get(reverse("qualification_reasons")).status_code == 404


def test_a_round_without_conclusions_says_so():
    found = statistics(factories.round_("screening"))
    assert (found.rate, found.rules, found.nominators) == ("—", [], [])

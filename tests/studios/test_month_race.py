"""Two acts at once make something of one studio's month count: neither is lost from what is kept."""

from __future__ import annotations

from decimal import Decimal

import pytest

from studios.actions import activity as activities
from studios.actions import spending
from studios.queries import month
from tests import factories
from tests.selection.test_races import race

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("turn", range(5))
def test_two_stations_and_a_clerk_confirm_at_once(turn: int) -> None:
    first = factories.activity()
    home = first.studio
    second = factories.activity(home=home)
    expense = factories.expense("submitted", home=home, amount=Decimal("800.00"))
    clerk = factories.user("unit_clerk", organisation=home.host)
    tokens = {row: activities.issue_link(row, by=home.lead) for row in (first, second)}
    outcomes = race(
        *(
            lambda row=row, token=token: activities.cosign(row, token=token, by=activities.station_of(row))
            for row, token in tokens.items()
        ),
        lambda: spending.approve(expense, by=clerk),
    )
    assert outcomes == ["won", "won", "won"]
    (kept,) = month.kept().values()
    assert (kept.activities, kept.attendances, kept.spent) == (2, 74, Decimal("800.00"))
    assert month.differing() == {}

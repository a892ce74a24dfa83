"""Numbers given out one after another, asked for at once: both get theirs, or one is told, and nothing breaks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from accounts.actions import user as accounts
from accounts.models import User
from selection.actions import determination as determinations
from selection.models import Recognition
from tests import factories
from tests.selection.test_races import one_won, race
from workflow import calendar, clock, ledger
from workflow.models import CalendarYear

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
DAY = datetime(2026, 10, 15, 10, 0, tzinfo=clock.ZONE)


def drafted_decision(serial: int) -> Any:
    row, orgs = factories.round_("determination"), factories.tree()
    people = [factories.nomination("cleared", round=row, orgs=orgs)]
    factories.public_notice(row, people, "ended", ends_at=datetime(2026, 10, 13, tzinfo=clock.ZONE))
    who = factories.office()
    with clock.frozen(DAY):
        made = determinations.draft(
            row, by=who["manager"], serial=serial, title="关于公布名单的通知", minute_number="〔2026〕13号"
        )
    return made, who["leader"]


@pytest.mark.parametrize("turn", range(3))
def test_two_rounds_are_decided_in_one_instant(turn: int) -> None:
    decisions = [drafted_decision(serial) for serial in (5, 6)]
    outcomes = race(
        *(lambda made=made, by=by: determinations.confirm(made, by=by) for made, by in decisions), at=DAY
    )
    assert outcomes == ["won", "won"]
    numbers = sorted(Recognition.objects.values_list("certificate_number", flat=True))
    assert numbers == ["领军〔2026〕001", "领军〔2026〕002"]
    assert ledger.verify() == []


@pytest.mark.parametrize("turn", range(3))
def test_two_admins_load_one_year(turn: int) -> None:
    data = {"years": [2031 + turn], "off_ranges": [], "makeup_workdays": [], "notice": "通知"}
    admins = [factories.user("system_admin") for _ in range(2)]
    outcomes = race(*(lambda by=by: calendar.load(data, by=by) for by in admins))
    assert outcomes == ["won", "won"]
    assert list(CalendarYear.objects.filter(year=2031 + turn).values_list("version", flat=True)) == [2, 1]


@pytest.mark.parametrize("turn", range(3))
def test_two_admins_invite_one_name(turn: int) -> None:
    admins = [factories.user("security_admin") for _ in range(2)]
    outcomes = race(
        *(
            lambda by=by: accounts.invite(by=by, username="lihua", name="李华", email="lihua@example.cn")
            for by in admins
        )
    )
    assert one_won(outcomes, "username_taken")
    assert User.objects.filter(username="lihua").count() == 1

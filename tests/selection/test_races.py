"""Two connections reach for one thing at once: exactly one gets it, the other is told, and nothing is half done."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections

from selection.actions import nomination as nominations
from selection.actions import round as rounds
from selection.models import Nomination
from tests import factories
from workflow import clock, ledger
from workflow.actor import SYSTEM
from workflow.errors import Refused
from workflow.models import Message

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

WAIT = 30


def race(*acts: Callable[[], Any], at: Any = factories.NOON) -> list[str]:
    """Run the acts at once, each on a connection of its own; "won" or the refusal's code for each."""
    start = threading.Barrier(len(acts))
    outcomes: dict[int, str] = {}

    def run(number: int, act: Callable[[], Any]) -> None:
        try:
            with clock.frozen(at):
                start.wait(WAIT)
                act()
                outcomes[number] = "won"
        except Refused as refusal:
            outcomes[number] = refusal.code
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT)
    assert len(outcomes) == len(acts), "a thread ended without an outcome"
    return [outcomes[number] for number in range(len(acts))]


def one_won(outcomes: Sequence[str], refused_as: str) -> bool:
    return sorted(outcomes) == sorted(["won", *[refused_as] * (len(outcomes) - 1)])


@pytest.mark.parametrize("turn", range(5))
def test_two_officers_reach_for_the_last_place(turn: int) -> None:
    orgs, round_ = factories.tree(), factories.round_()
    factories.quota(round_, orgs["city"], 1)
    rows = [
        factories.nomination("nominator_review", round=round_, orgs=orgs, originals_checked=True)
        for _ in range(2)
    ]
    officers = [factories.user("bureau_officer", organisation=orgs["city"]) for _ in range(2)]
    outcomes = race(
        *(
            lambda row=row, by=by, rank=rank: nominations.nominate(
                row, by=by, rank=rank, opinion="同意推荐。", background="无。"
            )
            for rank, (row, by) in enumerate(zip(rows, officers, strict=True), start=1)
        )
    )
    assert one_won(outcomes, "quota_exceeded")
    assert sorted(Nomination.objects.values_list("state", flat=True)) == ["nominated", "nominator_review"]
    assert ledger.verify() == []


@pytest.mark.parametrize("turn", range(5))
def test_two_officers_take_the_same_step(turn: int) -> None:
    row = factories.nomination("county_review")
    officers = [factories.user("bureau_officer", organisation=row.county) for _ in range(2)]
    outcomes = race(
        *(
            lambda by=by: nominations.endorse(row, by=by, opinion="同意上报。", originals_checked=True)
            for by in officers
        )
    )
    assert one_won(outcomes, "wrong_state")
    kinds = sorted(ledger.entries_of(row).values_list("kind", flat=True))
    assert kinds == ["nomination.endorse", "refused"]
    assert ledger.verify() == []


def test_a_decline_and_a_nomination_of_one_dossier() -> None:
    orgs, round_ = factories.tree(), factories.round_()
    factories.quota(round_, orgs["city"], 2)
    row = factories.nomination("nominator_review", round=round_, orgs=orgs, originals_checked=True)
    one, other = (factories.user("bureau_officer", organisation=orgs["city"]) for _ in range(2))
    outcomes = race(
        lambda: nominations.nominate(row, by=one, rank=1, opinion="同意推荐。", background="无。"),
        lambda: nominations.decline(row, by=other, reason="本轮名额有限，择优推荐。"),
    )
    assert one_won(outcomes, "wrong_state")
    row.refresh_from_db()
    assert (row.state == "nominated") == (row.nominated_at is not None)


@pytest.mark.parametrize("turn", range(3))
def test_two_units_begin_a_dossier_for_one_person(turn: int) -> None:
    round_, number = factories.round_(), factories.id_number()
    clerks = [factories.user("unit_clerk", organisation=factories.tree()["unit"]) for _ in range(2)]
    outcomes = race(
        *(
            lambda by=by: nominations.create(round_, by=by, name="沈雨晴", id_number=number, route="county")
            for by in clerks
        )
    )
    assert one_won(outcomes, "second_route")
    assert Nomination.objects.count() == 1


def test_many_dossiers_begun_at_once_have_numbers_of_their_own() -> None:
    round_ = factories.round_()
    clerk = factories.user("unit_clerk", organisation=factories.tree()["unit"])
    numbers = [factories.id_number() for _ in range(6)]
    outcomes = race(
        *(
            lambda number=number: nominations.create(
                round_, by=clerk, name="沈雨晴", id_number=number, route="county"
            )
            for number in numbers
        )
    )
    assert outcomes == ["won"] * 6
    assert sorted(Nomination.objects.values_list("code", flat=True)) == [f"2026-000{n}" for n in range(1, 7)]


def test_the_sweep_and_the_manager_close_one_round() -> None:
    round_ = factories.round_()
    factories.user("reviewer")
    manager = factories.user("manager")
    late = factories.CLOSES_AT + timedelta(seconds=1)
    outcomes = race(
        lambda: rounds.close(round_, by=manager),
        lambda: rounds.close(round_, by=SYSTEM),
        at=late,
    )
    assert one_won(outcomes, "wrong_state")
    assert Message.objects.filter(kind="round.closed").count() == 2  # one to the reviewer, one to the manager

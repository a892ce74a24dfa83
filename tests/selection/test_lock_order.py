"""An act that moves many rows meets an act on one of them: one waits for the other, and none is thrown out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import User
from selection.actions import assignment, deliberation, determination, nomination, notice, panel, scoring
from selection.models import Assignment, Determination, Nomination, Round
from studios.actions import grant
from studios.actions import studio as studios
from studios.models import Instalment, Studio
from tests import factories
from tests.selection import stage as stages
from tests.selection.test_races import race
from workflow import clock, ledger

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

TOO_MANY_TO_BE_QUICK = 12
REASON = "因个人原因撤回本轮申报。"


def officer_of(row: Nomination) -> User:
    return factories.user("bureau_officer", organisation=row.nominator)


def withdrawal(row: Nomination) -> Any:
    by = officer_of(row)
    return lambda: nomination.withdraw(row, by=by, reason=REASON)


@pytest.mark.parametrize("turn", range(3))
def test_the_review_begins_while_a_nominee_withdraws(turn: int) -> None:
    with clock.frozen(stages.SCREENING):
        stage = stages.drawn(TOO_MANY_TO_BE_QUICK)
    last = stage.nominations[-1]
    outcomes = race(
        lambda: panel.begin_review(stage.round, by=stage.manager), withdrawal(last), at=stages.REVIEW
    )
    assert outcomes == ["won", "won"]
    assert Nomination.objects.get(pk=last.pk).state == "withdrawn"
    assert ledger.verify() == []


@pytest.mark.parametrize("turn", range(3))
def test_the_list_is_fixed_while_a_nominee_withdraws(turn: int) -> None:
    row, people = factories.scored_round([f"{95 - n}.00" for n in range(TOO_MANY_TO_BE_QUICK)])
    leader = factories.user("leader")
    chosen = [person.pk for person in people]
    outcomes = race(
        lambda: deliberation.propose_list(
            row, by=leader, minute_number="〔2026〕第12号", chosen=chosen, deviations={}
        ),
        withdrawal(people[-1]),
    )
    assert outcomes[1] == "won"
    assert outcomes[0] in ("won", "list_mismatch")


def listed(n: int, state: str, round_state: str) -> tuple[Round, list[Nomination], dict[str, User]]:
    row, orgs = factories.round_(round_state), factories.tree()
    people = [
        factories.nomination(state, round=row, orgs=orgs, nominee=factories.nominee(f"人选{i:02d}号"))
        for i in range(n)
    ]
    return row, people, factories.office()


@pytest.mark.parametrize("turn", range(3))
def test_the_notice_is_posted_while_a_nominee_withdraws(turn: int) -> None:
    row, people, who = listed(TOO_MANY_TO_BE_QUICK, "proposed", "deliberation")
    with clock.frozen(factories.NOON):
        row.proposals.create(minute_number="1", fixed_at=factories.NOON, fixed_by=who["leader"])
        draft = notice.compose(
            row,
            by=who["manager"],
            title="公示",
            body="现予公示。",
            contact="处室，0571-00000000",
            order="pinyin",
            **factories.SAID,
        )
        draft = notice.scan(draft, by=who["publisher"])
    outcomes = race(lambda: notice.post(draft, by=who["publisher"]), withdrawal(people[-1]))
    assert outcomes[1] == "won"
    assert outcomes[0] in ("won", "list_mismatch")


@pytest.mark.parametrize("turn", range(3))
def test_the_decision_is_made_while_a_nominee_withdraws(turn: int) -> None:
    row, people, who = listed(TOO_MANY_TO_BE_QUICK, "cleared", "determination")
    decision = Determination.objects.create(
        round=row, document_number="浙民慈〔2026〕1号", title="通知", minute_number="1"
    )
    outcomes = race(lambda: determination.confirm(decision, by=who["leader"]), withdrawal(people[-1]))
    last = Nomination.objects.get(pk=people[-1].pk).state
    assert (outcomes, last) in [(["won", "won"], "withdrawn"), (["won", "wrong_state"], "recognised")]
    assert row.recognitions.count() == TOO_MANY_TO_BE_QUICK - (last == "withdrawn")


@pytest.mark.parametrize("turn", range(5))
def test_the_sheets_are_opened_while_an_expert_steps_back(turn: int) -> None:
    with clock.frozen(stages.SCREENING):
        stage = stages.in_review(2, per_nominee=3, min_sheets=3)
    with clock.frozen(stages.REVIEW):
        duties = list(Assignment.objects.select_related("expert__user").order_by("pk"))
        for duty in duties:
            stages.submitted(duty, "85")
        asked = scoring.ask_opening(stage.round, by=stage.manager)
    outcomes = race(
        lambda: scoring.open_scores(asked, by=stage.supervisor),
        lambda: assignment.recuse(duties[0], by=duties[0].expert.user, reason="与该人选近三年有合作关系。"),
        at=stages.REVIEW + timedelta(hours=1),
    )
    state = Round.objects.get(pk=stage.round.pk).state
    assert (outcomes, state) in [
        (["won", "not_in_review"], "deliberation"),
        (["sheets_missing", "won"], "review"),
    ]


@pytest.mark.parametrize("turn", range(3))
def test_a_studio_is_terminated_while_an_instalment_is_paid(turn: int) -> None:
    studio = factories.studio()
    factories.studio_exit(studio, "decided")
    leader, finance = factories.user("leader"), factories.user("finance")
    first = factories.instalment(
        "approved", home=studio, requested_by=studio.lead, approved_by=factories.user("manager")
    )
    outcomes = race(
        lambda: studios.terminate(studio, by=leader, reason="依托单位注销，不能继续。"),
        lambda: grant.pay(first, by=finance, voucher="记-0901-01"),
    )
    paid = Instalment.objects.get(pk=first.pk).state
    assert (outcomes, paid) in [
        (["won", "won"], "paid"),
        (["won", "wrong_state"], "cancelled"),
        (["won", "studio_stopped"], "cancelled"),
    ]
    assert Studio.objects.get().state == "terminated"

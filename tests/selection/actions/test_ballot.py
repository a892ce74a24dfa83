"""The panel's secret ballot: who voted is recorded, how is not; two thirds of two thirds; no late vote."""

import pytest
from django.core import serializers

from selection.actions import ballot as ballots
from selection.actions.deliberation import propose_list
from selection.collections.ballot import represent
from selection.errors import BallotRefused
from selection.models import Ballot, BallotLine, BallotPaper, BallotSeat, Nomination, Recusal, Result
from selection.queries.ballot import papers_found
from selection.queries.deliberation import choices, level_at_the_end
from tests import factories
from tests.remembered import remembered
from tests.selection import stage as stages
from workflow import clock
from workflow.errors import NotPermitted, StepRefused
from workflow.models import Entry, Message

pytestmark = pytest.mark.django_db
RECEIPT = "0123-4567-89ab-cdef-{:04d}"


@pytest.fixture(autouse=True)
def during_review():
    with clock.frozen(stages.REVIEW):
        yield


@remembered
def deliberating(*scores, **rules):
    """A round with a full panel whose scores are opened, one score a nominee."""
    stage = stages.in_review(len(scores), **{"ballot": True, **rules})
    stages.scored(stage, [[score] * 5 for score in scores])
    stage.round = stages.opened(stage)
    return stage


def opened(stage, *numbers, kind="confirm"):
    pks = [stage.nominations[n].pk for n in numbers]
    return ballots.open_ballot(stage.round, by=stage.manager, kind=kind, nominations=pks)


def voters(ballot):
    return [seat.expert.user for seat in ballot.seats.select_related("expert__user").order_by("expert__code")]


def cast(ballot, number, choice):
    """The n-th member votes the same on everybody on the own paper."""
    from selection.queries.ballot import lines_for, seat_of

    user = voters(ballot)[number]
    lines = lines_for(ballot, seat_of(ballot, user).expert)
    votes = {line.nomination.code: choice for line in lines}
    return ballots.vote(ballot, by=user, receipt=RECEIPT.format(number), votes=votes)


def counted(stage, ballot, *given):
    for number, choice in enumerate(given):
        cast(ballot, number, choice)
    return ballots.close(Ballot.objects.get(pk=ballot.pk), by=stage.manager)


def propose(stage, *numbers):
    chosen = [stage.nominations[n].pk for n in numbers]
    rows = {c.nomination.pk for c in choices(stage.round)}
    reasons = dict.fromkeys(rows, "会议纪要载明的理由，不少于十个字。")
    leader = factories.user("leader")
    return propose_list(stage.round, by=leader, minute_number="1", chosen=chosen, deviations=reasons)


def test_a_nominee_passed_by_two_thirds_may_be_proposed():
    stage = deliberating("90", "80")
    ballot = counted(stage, opened(stage, 0, 1), *["yes"] * 5, "no", "abstain")
    line = ballot.lines.first()
    assert (line.members, line.present, line.yes, line.no, line.abstained) == (7, 7, 5, 1, 1)
    assert (line.quorum, line.passed) == (True, True)
    propose(stage, 0, 1)
    assert [n.state for n in Nomination.objects.order_by("code")] == ["proposed", "proposed"]


@pytest.mark.parametrize(
    ("given", "quorum", "passed"),
    [
        (["yes"] * 4 + ["no"] * 3, True, False),
        (["yes"] * 4 + ["abstain"], True, True),
        (["yes"] * 4, False, False),
        ([], False, False),
    ],
)
def test_the_count_is_by_integers(given, quorum, passed):
    stage = deliberating("90")
    line = counted(stage, opened(stage, 0), *given).lines.get()
    assert (line.quorum, line.passed) == (quorum, passed)


def test_whom_the_ballot_fails_cannot_be_proposed_and_the_next_moves_up():
    stage = deliberating("90", "80", ceiling=1)
    counted(stage, opened(stage, 0), *["no"] * 7)
    rows = choices(stage.round)
    assert [(c.suggested, c.why_not) for c in rows] == [(False, "ballot_failed"), (True, "")]
    with pytest.raises(BallotRefused):
        propose(stage, 0)
    with pytest.raises(BallotRefused):  # nobody has voted on the next yet
        propose(stage, 1)
    with pytest.raises(BallotRefused):  # a valid count is not repeated
        opened(stage, 0)
    counted(stage, opened(stage, 1), *["yes"] * 7)
    propose(stage, 1)
    assert Nomination.objects.get(pk=stage.nominations[0].pk).reason.startswith("评审组表决未通过")


def test_without_a_quorum_it_may_be_held_again():
    stage = deliberating("90")
    counted(stage, opened(stage, 0), "yes")
    assert counted(stage, opened(stage, 0), *["yes"] * 7).lines.get().passed


def test_no_second_vote_no_late_vote_no_vote_for_another():
    stage = deliberating("90")
    ballot = opened(stage, 0)
    cast(ballot, 0, "yes")
    with pytest.raises(StepRefused) as refusal:
        cast(ballot, 0, "no")
    assert refusal.value.code == "voted_already"
    votes = {stage.nominations[0].code: "yes"}
    for person in (stage.manager, stage.supervisor, factories.expert().user):
        with pytest.raises(NotPermitted):
            ballots.vote(ballot, by=person, receipt=RECEIPT.format(9), votes=votes)
    closed = ballots.close(ballot, by=stage.manager)
    with pytest.raises(StepRefused):
        cast(closed, 1, "yes")
    assert BallotPaper.objects.count() == 1


def test_a_paper_cannot_be_traced_to_a_person():
    stage = deliberating("90", "80")
    ballot = opened(stage, 0, 1)
    for number in (4, 1, 6, 0):
        cast(ballot, number, "yes" if number % 2 else "no")
    assert not {f.name for f in BallotPaper._meta.fields} - {"id", "line", "mark", "choice"}
    papers = list(BallotPaper.objects.order_by("pk"))
    assert [p.mark for p in papers] == sorted(
        p.mark for p in papers
    )  # written anew, none stands where it came
    assert len({p.mark for p in papers}) == 8  # two papers of one voter have nothing in common
    kept = serializers.serialize(
        "json", [*BallotSeat.objects.all(), *Entry.objects.filter(chain=stage.round.chain_key)]
    )
    assert not any(p.mark in kept for p in papers) and "0123-4567" not in kept
    assert set(BallotSeat.objects.exclude(voted_on=None).values_list("voted_on", flat=True)) == {
        clock.today()
    }


def test_while_it_is_open_only_the_turnout_is_known():
    stage = deliberating("90")
    ballot = opened(stage, 0)
    cast(ballot, 0, "no")
    shown = represent(Ballot.objects.get(pk=ballot.pk), stage.manager)
    assert (shown["members"], shown["voted"]) == (7, 1)
    assert [{k: v for k, v in line.items() if v is not None} for line in shown["lines"]] == [
        {"nominee": stage.nominations[0].code, "members": 7}
    ]
    assert papers_found(ballot, RECEIPT.format(0)) == []
    line = BallotLine.objects.get()
    assert (line.present, line.yes, line.no, line.passed) == (None, None, None, None)


def test_the_receipt_leads_the_voter_to_the_own_vote():
    stage = deliberating("90", "80")
    ballot = counted(stage, opened(stage, 0, 1), "yes", "no", "abstain", "yes", "yes")
    assert [choice for _line, choice in papers_found(ballot, RECEIPT.format(1))] == ["no", "no"]
    assert papers_found(ballot, "0" * 20) == []


def test_a_recused_member_has_no_vote_on_that_nominee():
    stage = deliberating("90", "80")
    barred = stage.panel.panelists.filter(number__isnull=False).order_by("expert__code")[0].expert
    factories_recusal(stage.nominations[0], barred)
    ballot = opened(stage, 0, 1)
    assert [line.members for line in ballot.lines.all()] == [6, 7]
    with pytest.raises(BallotRefused):
        votes = {n.code: "yes" for n in stage.nominations}
        ballots.vote(ballot, by=barred.user, receipt=RECEIPT.format(0), votes=votes)
    cast(ballot, 0, "yes")
    assert [line.papers.count() for line in ballot.lines.all()] == [0, 1]


def factories_recusal(nomination, expert):
    Recusal.objects.get_or_create(
        nomination=nomination, expert=expert, defaults={"kind": "declared", "reason": "师生关系"}
    )


def test_a_list_is_not_fixed_while_a_ballot_is_open_nor_without_one():
    stage = deliberating("90")
    with pytest.raises(BallotRefused):
        propose(stage, 0)
    opened(stage, 0)
    with pytest.raises(StepRefused) as refusal:
        propose(stage, 0)
    assert refusal.value.code == "ballot_open"
    with pytest.raises(StepRefused):
        opened(stage, 0)


def test_rules_without_a_ballot_have_none():
    stage = deliberating("90", ballot=False)
    with pytest.raises(StepRefused) as refusal:
        opened(stage, 0)
    assert refusal.value.code == "no_ballot"
    propose(stage, 0)


def test_the_ledger_has_the_count_and_the_digest_of_the_papers():
    stage = deliberating("90")
    ballot = counted(stage, opened(stage, 0), *["yes"] * 7)
    entry = Entry.objects.get(kind="ballot.close")
    assert '"yes":7' in entry.payload and ballots.digest_of(ballot) in entry.payload
    assert Entry.objects.filter(kind="ballot.vote").count() == 7
    assert Message.objects.filter(kind="ballot.opened").count() == 7


def test_the_vote_on_a_tie_at_the_last_place_orders_those_level():
    stage = deliberating("80", "80", ceiling=1, ballot=False)
    rows = choices(stage.round)
    first, second = (c.nomination for c in rows)
    assert {n.pk for n in level_at_the_end(stage.round, rows)} == {first.pk, second.pk}
    ballot = opened(stage, 0, 1, kind="tie")
    for number in range(7):
        votes = {first.code: "no", second.code: "yes"}
        ballots.vote(ballot, by=voters(ballot)[number], receipt=RECEIPT.format(number), votes=votes)
    ballots.close(ballot, by=stage.manager)
    assert [c.nomination.pk for c in choices(stage.round)] == [second.pk, first.pk]
    result = Result.objects.get(nomination=second)
    assert (result.rank, result.order, result.tie_path[-1]) == (1, 1, {"link": "vote", "value": "7"})
    assert level_at_the_end(stage.round, choices(stage.round)) == []

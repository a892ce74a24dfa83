"""The panel's secret ballot during the deliberation: opened, voted, closed and counted by integers."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from hashlib import sha256
from typing import Any

from django.utils.translation import gettext_lazy as _

from selection import policies
from selection.actions.result import recompute
from selection.errors import BallotRefused
from selection.messages import ballot as messages
from selection.models import Ballot, BallotLine, BallotPaper, BallotSeat, Expert, Nomination, Round
from selection.models.round import second_stage_held
from selection.queries import ballot as queries
from selection.queries.deliberation import choices, level_at_the_end, unvoted
from selection.rules.scoring import vote as counted
from workflow import clock, door, kinds, ledger
from workflow.actor import Actor
from workflow.errors import NotPermitted, StepRefused
from workflow.machine import subject_of
from workflow.rules.chain import canonical
from workflow.wording import listed

OPENED = kinds.named("ballot.open", _("开始评审组表决"))
CHOICES = ("yes", "no", "abstain")
SHORTEST_RECEIPT = 16


def new_receipt() -> str:
    """A receipt that nobody can guess: 80 bits, in groups of four."""
    text = secrets.token_hex(10)
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


@door.act
def open_ballot(round_: Round, *, by: Actor, kind: str, nominations: Collection[int]) -> Ballot:
    """Let the panel vote on these nominees (primary keys): whether each may be proposed, or on the order of a tie."""
    if not policies.may_manage_round(round_, by):
        raise NotPermitted(_("只有处室负责人可以组织表决。"))
    row = door.locked(round_)
    _require_time(row)
    chosen = _chosen(row, kind, nominations)
    ballot = Ballot.objects.create(
        round=row, kind=kind, number=row.ballots.count() + 1, opened_at=clock.now(), opened_by_id=by.id
    )
    members = list(queries.members_of(row).order_by("code"))
    BallotSeat.objects.bulk_create(BallotSeat(ballot=ballot, expert=expert) for expert in members)
    lines = _lines(ballot, chosen, members)
    ledger.append(
        by, chain=row.chain_key, kind=OPENED, subject=subject_of(ballot), role="manager", rules_version=row.rules_version,
        payload={
            "kind": kind, "number": ballot.number, "members": [e.code for e in members],
            "nominees": {line.nomination.code: line.members for line in lines},
        },
    )  # fmt: skip
    messages.opened(ballot, members)
    return ballot


def _require_time(round_: Round) -> None:
    if round_.state != Round.State.DELIBERATION or round_.proposals.exists():
        raise StepRefused(_("表决在评议期间、拟认定名单确定之前进行。"), code="wrong_state")
    if not second_stage_held(round_):
        raise StepRefused(_("规则书规定的第二阶段评审尚未进行，不能表决。"), code="second_stage_due")
    if not round_.rulebook.ballot and "vote" not in round_.rulebook.tie_chain:
        raise StepRefused(_("本轮规则没有规定表决。"), code="no_ballot")
    if round_.ballots.filter(state="open").exists():
        raise StepRefused(_("已有一次表决正在进行。"), code="ballot_open")


def _chosen(round_: Round, kind: str, nominations: Collection[int]) -> list[Nomination]:
    rows = {choice.nomination.pk: choice.nomination for choice in choices(round_)}
    wanted = [rows[pk] for pk in rows if pk in set(nominations)]
    if not wanted or len(wanted) != len(set(nominations)):
        raise BallotRefused(_("表决人选须是本轮已评分、尚未列入名单的人选。"))
    if kind == Ballot.Kind.TIE:
        if {n.pk for n in level_at_the_end(round_, choices(round_))} != {n.pk for n in wanted}:
            raise BallotRefused(_("只有末位同分、其余各步均不能分出先后的人选，才表决先后。"))
        return wanted
    if not round_.rulebook.ballot:
        raise StepRefused(_("本轮规则没有规定拟认定人选须经表决。"), code="no_ballot")
    settled = {pk for pk, line in queries.standing(round_).items() if line.quorum}
    if again := [n.nominee.name for n in wanted if n.pk in settled]:
        raise BallotRefused(_("已有有效表决结果，不再表决：%(names)s。") % {"names": listed(again)})
    return wanted


def _lines(ballot: Ballot, chosen: Sequence[Nomination], members: Sequence[Expert]) -> list[BallotLine]:
    barred = queries.barred_pairs(ballot.round, [n.pk for n in chosen])
    lines = [
        BallotLine(
            ballot=ballot, nomination=nomination, ordinal=ordinal,
            members=sum((nomination.pk, expert.pk) not in barred for expert in members),
        )
        for ordinal, nomination in enumerate(sorted(chosen, key=lambda n: n.code), start=1)
    ]  # fmt: skip
    return BallotLine.objects.bulk_create(lines)


# A vote --------------------------------------------------------------------------------------------------------------


@door.act
def vote(ballot: Ballot, *, by: Actor, receipt: str, votes: Mapping[str, str]) -> Ballot:
    """Cast the own vote on every nominee (by code): "yes", "no" or "abstain". It lies under a mark that only `receipt`
    leads to; that this member voted is recorded with the day, not the hour."""
    ballot = door.locked(ballot)
    door.require_open(ballot, "vote", by=by)
    seat = ballot.seats.select_related("expert").select_for_update(of=("self",)).get(expert__user=by.id)
    if seat.voted_on is not None:
        raise StepRefused(_("您已投票，不能更改，也不能再投。"), code="voted_already")
    lines = queries.lines_for(ballot, seat.expert)
    _require_votes(lines, votes)
    if sum(character.isalnum() for character in receipt) < SHORTEST_RECEIPT:
        raise BallotRefused(_("回执号不少于%(n)s个字母或者数字。") % {"n": SHORTEST_RECEIPT})
    seat.voted_on = clock.today()
    seat.save(update_fields=["voted_on"])
    _shuffled_in(
        ballot,
        [
            BallotPaper(
                line=line, mark=queries.mark_of(receipt, line.nomination), choice=votes[line.nomination.code]
            )
            for line in lines
        ],
    )
    return door.take(ballot, "vote", by=by)


def _require_votes(lines: Sequence[BallotLine], votes: Mapping[str, str]) -> None:
    codes = {line.nomination.code for line in lines}
    if votes.keys() != codes or any(choice not in CHOICES for choice in votes.values()):
        raise BallotRefused(_("请对每名人选选择同意、反对或者弃权；应回避的人选不投票。"))


def _shuffled_in(ballot: Ballot, added: Sequence[BallotPaper]) -> None:
    """Write all papers anew in the order of their marks, so that none stands where its vote came."""
    old = BallotPaper.objects.filter(line__ballot=ballot)
    papers = [BallotPaper(line_id=p.line_id, mark=p.mark, choice=p.choice) for p in old]
    if {(p.line_id, p.mark) for p in papers} & {(p.line_id, p.mark) for p in added}:
        raise BallotRefused(_("该回执号已经用过，请换一个。"))
    old.delete()
    BallotPaper.objects.bulk_create(sorted([*papers, *added], key=lambda paper: paper.mark))


# The count -----------------------------------------------------------------------------------------------------------


@door.act
def close(ballot: Ballot, *, by: Actor) -> Ballot:
    """End the ballot and count it. A late vote is refused from here on; the count and the papers' digest go on the
    ledger; the vote on a tie orders the results anew."""
    round_ = door.locked(ballot.round)
    ballot = door.locked(ballot)
    door.require_open(ballot, "close", by=by)
    lines = [_counted(line) for line in ballot.lines.select_related("nomination").order_by("ordinal")]
    moved = door.take(
        ballot, "close", by=by, at=clock.now(),
        payload={"lines": [_recorded(line) for line in lines], "papers": digest_of(ballot)},
    )  # fmt: skip
    if ballot.kind == Ballot.Kind.TIE:
        recompute(round_, by=by, reason=str(_("评审组就末位同分的先后表决")))
    messages.closed(moved)
    return moved


def _counted(line: BallotLine) -> BallotLine:
    found = Counter(paper.choice for paper in line.papers.all())
    line.present, line.yes, line.no = found.total(), found["yes"], found["no"]
    if line.members:
        outcome = counted(members=line.members, present=line.present, yes=line.yes)
        line.quorum, line.passed = outcome.quorum, outcome.passed
    else:
        line.quorum = line.passed = False
    line.save()
    return line


def _recorded(line: BallotLine) -> dict[str, Any]:
    return {
        "nominee": line.nomination.code, "members": line.members, "present": line.present, "yes": line.yes,
        "no": line.no, "quorum": line.quorum, "passed": line.passed,
    }  # fmt: skip


def digest_of(ballot: Ballot) -> str:
    """SHA-256 of every paper, in the order of the marks: who kept a receipt finds the own one among them."""
    rows = BallotPaper.objects.filter(line__ballot=ballot).select_related("line__nomination")
    papers = sorted((row.line.nomination.code, row.mark, row.choice) for row in rows)
    return sha256(canonical({"papers": [list(paper) for paper in papers]})).hexdigest()


def require_passed(round_: Round, nominations: Sequence[Nomination]) -> None:
    """Refuse a list with somebody whom the ballot that the rules ask for has not passed."""
    if lacking := [nomination.nominee.name for nomination in unvoted(round_, nominations)]:
        raise BallotRefused(
            _("以下人选未经评审组表决通过，不能列入拟认定名单：%(names)s。") % {"names": listed(lacking)}
        )

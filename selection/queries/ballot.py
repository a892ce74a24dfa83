"""Ballots: who may see them, who is on them, and what they came to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from django.db.models import Count, Q, QuerySet

from accounts.roles import Role
from selection.models import Assignment, Ballot, BallotLine, BallotSeat, Expert, Nomination, Recusal, Round

READERS = frozenset({Role.MANAGER, Role.LEADER, Role.SUPERVISOR, Role.AUDIT_ADMIN})


def ballots_visible_to(user: Any) -> QuerySet[Ballot]:
    """The office sees every ballot, a member of the panel those with a seat. What was voted is on none while it is open."""
    rows = Ballot.objects.select_related("round", "opened_by").prefetch_related(
        "seats__expert", "lines__nomination__nominee", "lines__nomination__unit", "round__rulebook_versions"
    )
    if user.roles & READERS:
        return rows
    if user.holds(Role.EXPERT):
        return rows.filter(seats__expert__user=user.pk).distinct()
    return rows.none()


def turnout(ballot: Ballot) -> dict[str, int]:
    """How many may vote and how many have: all that anybody learns while the ballot is open."""
    found = ballot.seats.aggregate(members=Count("pk"), voted=Count("pk", filter=Q(voted_on__isnull=False)))
    return {"members": found["members"], "voted": found["voted"]}


def seat_of(ballot: Ballot, user: Any) -> BallotSeat | None:
    """The person's own seat."""
    return ballot.seats.select_related("expert").filter(expert__user=user.pk).first()


def lines_for(ballot: Ballot, expert: Expert) -> list[BallotLine]:
    """The nominees on whom this member votes: all but those recused from."""
    barred = barred_pairs(ballot.round, [line.nomination_id for line in ballot.lines.all()])
    return [line for line in ballot.lines.all() if (line.nomination_id, expert.pk) not in barred]


def barred_pairs(round_: Round, nominations: Iterable[int]) -> set[tuple[int, int]]:
    """(nomination, expert) where the expert may not judge, by whatever way the recusal came."""
    wanted = list(nominations)
    recusals = Recusal.objects.filter(nomination__in=wanted).values_list("nomination", "expert")
    given_up = Assignment.objects.filter(nomination__in=wanted, state="recused", round=round_)
    return set(recusals) | set(given_up.values_list("nomination", "expert"))


def members_of(round_: Round) -> QuerySet[Expert]:
    """Who sits on the round's panel."""
    return Expert.objects.filter(seats__panel__round=round_, seats__number__isnull=False).distinct()


def mark_of(receipt: str, nomination: Nomination) -> str:
    """Under which mark the paper on one nominee lies: only whoever has the receipt can derive it."""
    plain = "".join(character for character in receipt.lower() if character.isalnum())
    return sha256(f"ballot/v1\0{plain}\0{nomination.code}".encode()).hexdigest()


def standing(round_: Round) -> dict[int, BallotLine]:
    """The last count on each nominee, by nomination."""
    rows = BallotLine.objects.filter(ballot__round=round_, ballot__kind="confirm", ballot__state="closed")
    return {row.nomination_id: row for row in rows.order_by("ballot__number")}


def tie_votes(round_: Round) -> Mapping[str, int]:
    """Votes in favour of those whose order was voted on with a quorum, by code."""
    rows = BallotLine.objects.filter(
        ballot__round=round_, ballot__kind="tie", ballot__state="closed", quorum=True
    )
    return {
        code: yes or 0 for code, yes in rows.order_by("ballot__number").values_list("nomination__code", "yes")
    }


def papers_found(ballot: Ballot, receipt: str) -> list[tuple[BallotLine, str]]:
    """What lies under a receipt once the ballot is closed: the voter's own check."""
    if ballot.state != Ballot.State.CLOSED:
        return []
    found = []
    for line in ballot.lines.select_related("nomination__nominee"):
        paper = line.papers.filter(mark=mark_of(receipt, line.nomination)).first()
        if paper is not None:
            found.append((line, paper.choice))
    return found

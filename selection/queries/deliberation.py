"""Results after the opening, and the list that they suggest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet

from accounts.roles import Role
from selection.errors import FloorsInfeasible
from selection.models import Nomination, Proposal, Result, Round
from selection.models.nomination import IN_LIST
from selection.queries.ballot import standing
from selection.queries.groups import groups_of, names_of, with_groups
from selection.rules.result import Ranked, select
from selection.rules.scoring import InfeasibleFloors, Selection
from workflow.actor import Actor
from workflow.wording import listed

OPENED = ("deliberation", "notice", "determination", "published", "archived")  # the scores have been opened
READERS = frozenset({Role.MANAGER, Role.LEADER, Role.SUPERVISOR, Role.AUDIT_ADMIN})


def may_read_results(actor: Actor) -> bool:
    """Scores and ranks stay with those who decide and those who watch."""
    return any(actor.holds(role) for role in READERS)


def rounds_with_results(actor: Actor) -> QuerySet[Round]:
    """The rounds whose scores were opened, for those who may read them."""
    opened = Q(state__in=OPENED) | Q(
        state="review", stage__gt=1
    )  # while the second stage runs, the first is known
    rounds = Round.objects.filter(opened, historical=False)
    return rounds if may_read_results(actor) else rounds.none()


def results_visible_to(actor: Actor) -> QuerySet[Result]:
    """The results this person may read, in rank order."""
    results = Result.objects.select_related("nomination__nominee", "nomination__unit", "nomination__round")
    return results.filter(nomination__round__in=rounds_with_results(actor)).order_by(
        "order", "nomination__code"
    )


def ranking_of(round_: Round) -> QuerySet[Result]:
    """Every result of a round, the best first; what has no score last."""
    rows = Result.objects.filter(nomination__round=round_).select_related(
        "nomination__nominee", "nomination__unit"
    )
    return rows.order_by(
        F("order").asc(nulls_last=True), F("score").desc(nulls_last=True), "nomination__code"
    )


@dataclass(frozen=True)
class Choice:
    """One scored nominee as the meeting sees it: suggested or not, and why not."""

    result: Result
    suggested: bool
    why_not: str

    @property
    def nomination(self) -> Nomination:
        return self.result.nomination


def scored(round_: Round) -> list[Result]:
    """The results that still wait for a decision, the best first; what has no official score last."""
    rows = ranking_of(round_).filter(nomination__state="scored")
    return list(with_groups(rows, "nomination__"))


def choices(round_: Round, waiting: Sequence[Result] | None = None) -> list[Choice]:
    """Down the official ranking within the ceiling, the line, the caps and the minimums; ties never make the list longer.

    Raises FloorsInfeasible, naming the minimums that cannot be met.
    """
    rows = scored(round_) if waiting is None else list(waiting)
    taken = with_groups(round_.nominations.filter(state__in=IN_LIST))
    failed = failed_in_ballot(round_)
    found = _selected(round_, rows, [groups_of(nomination) for nomination in taken], failed)
    chosen = set(found.selected)
    return [
        Choice(r, str(r.nomination_id) in chosen, found.reasons.get(str(r.nomination_id), "below_min_sheets"))
        if str(r.nomination_id) not in chosen
        else Choice(r, True, "")
        for r in rows
    ]


def _selected(
    round_: Round, rows: Iterable[Result], taken: Sequence[frozenset[tuple[str, str]]], failed: frozenset[str]
) -> Selection:
    ranked = [
        Ranked(str(r.nomination_id), r.score, r.order or 0, groups_of(r.nomination))
        for r in rows
        if r.score is not None
    ]
    try:
        return select(round_.rulebook, ranked, taken=taken, failed=failed)
    except InfeasibleFloors as infeasible:
        raise floors_infeasible(round_, infeasible) from infeasible


def floors_infeasible(round_: Round, infeasible: InfeasibleFloors) -> FloorsInfeasible:
    """The refusal that names the minimums in words."""
    names, floors = names_of(infeasible.floors, round_), round_.rulebook.bounds("floors")
    return FloorsInfeasible(listed(f"{names[group]} ≥ {floors[group]}" for group in infeasible.floors))


def failed_in_ballot(round_: Round) -> frozenset[str]:
    """Whom the panel's ballot did not pass although it had its quorum, where the rules ask for one."""
    if not round_.rulebook.ballot:
        return frozenset()
    return frozenset(str(pk) for pk, line in standing(round_).items() if line.quorum and not line.passed)


def unvoted(round_: Round, nominations: Iterable[Nomination]) -> list[Nomination]:
    """Those whom the ballot that the rules ask for has not passed."""
    if not round_.rulebook.ballot:
        return []
    passed = {pk for pk, line in standing(round_).items() if line.passed}
    return [nomination for nomination in nominations if nomination.pk not in passed]


def level_at_the_end(round_: Round, rows: Sequence[Choice]) -> list[Nomination]:
    """Whom only the lot separates at the last place, one of them in and another out: the panel may vote on their order."""
    if "vote" not in round_.rulebook.tie_chain:
        return []
    groups: dict[tuple[object, ...], list[Choice]] = {}
    for choice in rows:
        path = [(step["link"], step["value"]) for step in choice.result.tie_path]
        if path and path[-1][0] == "lot" and "vote" not in dict(path):
            groups.setdefault((choice.result.score, *path[:-1]), []).append(choice)
    for level in groups.values():
        if any(c.suggested for c in level) and any(c.why_not == "no_place" for c in level):
            return [c.nomination for c in level]
    return []


def places_left(round_: Round) -> int:
    """How many more may be proposed."""
    return max(0, round_.rulebook.ceiling - round_.nominations.filter(state__in=IN_LIST).count())


def proposal_of(round_: Round) -> Proposal | None:
    """The list as it was fixed, if it was."""
    return round_.proposals.select_related("fixed_by").first()

"""Pages of the panel's ballots: opened by the manager, filled in by its members, counted."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.roles import Role
from selection.forms.ballot import OpenBallotForm, ReceiptForm, VoteForm
from selection.models import Ballot, Nomination, Round
from selection.queries import ballot as queries
from selection.queries.deliberation import choices, level_at_the_end, rounds_with_results, unvoted
from workflow.errors import Refused


@require_http_methods(["GET", "HEAD", "POST"])
def ballot_list(request: HttpRequest, code: str) -> HttpResponse:
    """The ballots of a round, and the opening of the next."""
    user: Any = request.user
    round_ = get_object_or_404(rounds_with_results(user), code=code)
    nominees, kind, suggested = _next(round_) if _may_open(round_, user) else ([], "", [])
    form = OpenBallotForm(request.POST or None, nominees=nominees, suggested=suggested) if nominees else None
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            ballot = form.take(round_, by=user, kind=kind)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("表决已开始，已通知评审组成员。"))
            return redirect("ballot_detail", ballot.pk)
    ballots = queries.ballots_visible_to(user).filter(round=round_).order_by("number")
    context = {"round": round_, "ballots": ballots, "form": form, "kind": kind, "rules": round_.rulebook}
    status = 422 if form is not None and form.is_bound else 200
    return render(request, "selection/ballot_list.html", context, status=status)


def _may_open(round_: Round, user: Any) -> bool:
    return (
        user.holds(Role.MANAGER)
        and round_.state == Round.State.DELIBERATION
        and not round_.proposals.exists()
        and not round_.ballots.filter(state="open").exists()
    )


def _next(round_: Round) -> tuple[list[Nomination], str, list[int]]:
    """On whom the panel may vote next: first on a tie at the last place, then on whom the ranking suggests."""
    try:
        rows = choices(round_)
    except Refused:
        return [], "", []
    if level := level_at_the_end(round_, rows):
        return level, Ballot.Kind.TIE, [n.pk for n in level]
    settled = {pk for pk, line in queries.standing(round_).items() if line.quorum}
    waiting = [c for c in rows if c.result.score is not None and c.nomination.pk not in settled]
    if not unvoted(round_, [c.nomination for c in waiting]):
        return [], "", []
    return (
        [c.nomination for c in waiting],
        Ballot.Kind.CONFIRM,
        [c.nomination.pk for c in waiting if c.suggested],
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ballot_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The voter's paper; for everybody else the turnout, and the count once it is closed."""
    user: Any = request.user
    ballot = get_object_or_404(queries.ballots_visible_to(user), pk=pk)
    seat = queries.seat_of(ballot, user)
    context: dict[str, Any] = {"ballot": ballot, "round": ballot.round, "seat": seat}
    if ballot.state == Ballot.State.CLOSED:
        return _count(request, ballot, context)
    if seat is None or seat.voted_on is not None:
        return render(request, "selection/ballot_detail.html", context | {"turnout": queries.turnout(ballot)})
    form = VoteForm(request.POST if request.method == "POST" else None, obj=ballot, actor=user)
    if request.method == "POST" and form.is_valid():
        try:
            form.take()
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:  # shown once, never kept: a redirect would have to carry it
            done = {"receipt": form.cleaned_data["receipt"], "turnout": queries.turnout(ballot)}
            return render(request, "selection/ballot_voted.html", context | done)
    status = 422 if form.is_bound else 200
    return render(request, "selection/ballot_vote.html", context | {"form": form}, status=status)


def _count(request: HttpRequest, ballot: Ballot, context: dict[str, Any]) -> HttpResponse:
    form = ReceiptForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        found = queries.papers_found(ballot, form.cleaned_data["receipt"])
        if not found:
            form.add_error("receipt", _("没有这个回执号的票。"))
        context |= {"found": found}
    context |= {"form": form if context["seat"] else None, "turnout": queries.turnout(ballot)}
    return render(request, "selection/ballot_detail.html", context)

"""Ballots, as pages and API share them, and what waits for whoever votes or counts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from selection.forms.ballot import BALLOT_FORMS
from selection.models import Ballot
from selection.queries.ballot import ballots_visible_to, turnout
from workflow import clock, todo
from workflow.actor import Actor
from workflow.collections import Collection, register


def _time(moment: datetime | None) -> str | None:
    return moment.astimezone(clock.ZONE).isoformat() if moment else None


def represent(ballot: Ballot, actor: Actor) -> dict[str, Any]:
    """A ballot: the turnout while it is open, the count once it is closed; no vote with a name, ever."""
    closed = ballot.state == Ballot.State.CLOSED
    return {
        "id": ballot.pk,
        "round": ballot.round.code,
        "kind": ballot.kind,
        "number": ballot.number,
        "state": ballot.state,
        "state_label": str(ballot.get_state_display()),
        "opened_at": _time(ballot.opened_at),
        "closed_at": _time(ballot.closed_at),
        **turnout(ballot),
        "lines": [
            {
                "nominee": line.nomination.code,
                "members": line.members,
                "present": line.present if closed else None,
                "yes": line.yes if closed else None,
                "no": line.no if closed else None,
                "quorum": line.quorum if closed else None,
                "passed": line.passed if closed else None,
            }
            for line in ballot.lines.all()
        ],
    }


register(
    Collection(
        name="ballots",
        model=Ballot,
        visible_to=ballots_visible_to,
        represent=represent,
        url=lambda ballot: reverse("ballot_detail", args=[ballot.pk]),
        forms=BALLOT_FORMS,
        filters=("state", "kind", "round__code"),
    )
)


@todo.register
def waiting(actor: Any) -> Iterator[todo.Todo]:
    """An open ballot: to vote on, or, once everybody has, to close."""
    if actor.holds(Role.EXPERT):
        rows = Ballot.objects.filter(state="open", seats__expert__user=actor.pk, seats__voted_on=None)
        for ballot in rows.select_related("round"):
            url = reverse("ballot_detail", args=[ballot.pk])
            yield todo.Todo(_("评审组投票"), url, note=ballot.round.shown_title, icon="clipboard-check")
    if actor.holds(Role.MANAGER):
        for ballot in Ballot.objects.filter(state="open").select_related("round"):
            found = turnout(ballot)
            note = gettext("%(title)s，已投%(n)s / %(m)s") % {
                "title": ballot.round.shown_title, "n": found["voted"], "m": found["members"],
            }  # fmt: skip
            yield todo.Todo(
                _("跟踪评审组表决"), reverse("ballot_detail", args=[ballot.pk]), note=note, icon="chart-bar"
            )

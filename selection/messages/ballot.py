"""Letters about the panel's ballots."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext

from accounts.queries.people import people_with, recipients
from accounts.roles import Role
from selection.messages.letters import letter
from selection.models import Ballot, Expert
from workflow.outbox import Letter, Recipient, queue


def opened(ballot: Ballot, members: Iterable[Expert]) -> None:
    """To the members of the panel: vote."""

    def write(_to: Recipient) -> Letter:
        words = {"round": ballot.round.shown_title}
        lines = [gettext("%(round)s的评审组表决已开始，请本人投票。投票保密，截止后不再收票。") % words]
        return letter(gettext("请投票：%(round)s") % words, lines, reverse("ballot_detail", args=[ballot.pk]))

    queue(
        recipients([expert.user for expert in members]),
        event=f"ballot.opened:{ballot.pk}",
        kind="ballot.opened",
        write=write,
        about=ballot,
    )


def closed(ballot: Ballot) -> None:
    """To leaders and managers: the count is there."""

    def write(_to: Recipient) -> Letter:
        words = {"round": ballot.round.shown_title, "n": ballot.number}
        lines = [gettext("%(round)s的第%(n)s次评审组表决已截止，计票结果见下页。") % words]
        return letter(
            gettext("评审组表决已计票：%(round)s") % words, lines, reverse("ballot_detail", args=[ballot.pk])
        )

    queue(
        recipients([*people_with(Role.LEADER), *people_with(Role.MANAGER)]),
        event=f"ballot.closed:{ballot.pk}",
        kind="ballot.closed",
        write=write,
        about=ballot,
    )

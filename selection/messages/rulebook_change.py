"""Letters about a change of announced rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.queries.people import people_with, recipients
from accounts.roles import Role
from selection.messages.letters import letter, occasion
from selection.models import RulebookChange
from selection.queries.round import people_concerned
from selection.queries.rulebook_change import differences
from workflow.errors import Sentence
from workflow.outbox import Letter, Recipient, queue


def proposed(change: RulebookChange) -> None:
    """To the other managers: one of them seconds."""
    people = people_with(Role.MANAGER).exclude(pk=change.proposed_by_id or 0)
    _tell(people, change, "proposed", _("请复核规则修改：%(round)s"), [_("理由：%(reason)s")])


def seconded(change: RulebookChange) -> None:
    """To the leaders: it is theirs to approve."""
    _tell(
        people_with(Role.LEADER), change, "seconded", _("请批准规则修改：%(round)s"), [_("理由：%(reason)s")]
    )


def declined(change: RulebookChange) -> None:
    """To whoever proposed it."""
    _tell([change.proposed_by], change, "declined", _("规则修改未予同意：%(round)s"), [_("意见：%(remark)s")])


def approved(change: RulebookChange) -> None:
    """To the proposer, and to everybody who was told of the call: what is different from now on."""
    people = [change.proposed_by, *people_concerned(change.round), *people_with(Role.REVIEWER)]
    path = reverse("call_public", args=[change.round.code])
    _tell(people, change, "approved", _("规则更正：%(round)s"), [_("更正理由：%(reason)s")], path)


def _tell(
    people: Iterable[User | None],
    change: RulebookChange,
    what: str,
    subject: Sentence,
    lines: Sequence[Sentence],
    path: str = "",
) -> None:
    kind = f"rulebookchange.{what}"
    path = path or reverse("rulebook_change_detail", args=[change.pk])

    def write(_to: Recipient) -> Letter:
        words = {"round": change.round.shown_title, "reason": change.reason, "remark": change.remark}
        body = [str(line) % words for line in lines]
        body += [
            gettext("%(label)s：原为%(old)s，改为%(new)s。")
            % {"label": row.label, "old": row.old, "new": row.new}
            for row in differences(change.before, change.after)
        ]
        return letter(str(subject) % words, body, path)

    queue(recipients(people), event=f"{kind}:{occasion(change)}", kind=kind, write=write, about=change)

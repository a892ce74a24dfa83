"""Who hears of a revocation under way and of a correction of the list."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext

from accounts.models import User
from accounts.queries.people import people_with, recipients
from accounts.roles import Role
from selection.messages.letters import clerks_of, letter, occasion, officers_of
from selection.models import Revocation, RollCorrection
from workflow import outbox
from workflow.machine import Machine
from workflow.outbox import Letter, Recipient


def started(revocation: Revocation) -> None:
    """The talent's unit and nominator: the facts, and until when a statement is heard."""
    nomination = revocation.nomination

    def write(_to: Recipient) -> Letter:
        words = {"name": nomination.nominee.name, "due": revocation.statement_due.isoformat()}
        lines = [
            gettext("拟撤销%(name)s的认定，现告知事实和依据，请转告本人。") % words,
            gettext("事由：%(ground)s") % {"ground": revocation.get_ground_display()},
            revocation.facts,
            gettext("可以在%(due)s前书面陈述申辩，也可以提交证据。") % words,
        ]
        return letter(gettext("拟撤销认定告知书"), lines, reverse("nomination_detail", args=[nomination.pk]))

    _queue([*clerks_of(nomination), *officers_of(nomination)], revocation, "started", write)


def heard(revocation: Revocation) -> None:
    """The leader decides when the period is over."""

    def write(_to: Recipient) -> Letter:
        words = {"name": revocation.nomination.nominee.name, "due": revocation.statement_due.isoformat()}
        line = gettext("%(name)s的陈述申辩已记录，%(due)s期满后请决定是否撤销。") % words
        return letter(gettext("撤销认定待决定"), [line], _page(revocation))

    _queue(people_with(Role.LEADER), revocation, "heard", write)


def dropped(revocation: Revocation) -> None:
    """The talent's unit and nominator: the title stays."""
    nomination = revocation.nomination

    def write(_to: Recipient) -> Letter:
        line = gettext("经研究，不撤销%(name)s的认定，认定继续有效。") % {"name": nomination.nominee.name}
        return letter(gettext("不予撤销认定"), [line], reverse("nomination_detail", args=[nomination.pk]))

    _queue([*clerks_of(nomination), *officers_of(nomination)], revocation, "dropped", write)


def correction_drafted(correction: RollCorrection) -> None:
    """The publishers put it before the public."""

    def write(_to: Recipient) -> Letter:
        words = {"before": correction.before, "after": correction.after}
        line = gettext("已公布名单有一处更正待公布：“%(before)s”更正为“%(after)s”。") % words
        return letter(gettext("名单更正待公布"), [line], reverse("correction_detail", args=[correction.pk]))

    _queue(people_with(Role.PUBLISHER), correction, "drafted", write)


def corrected(correction: RollCorrection) -> None:
    """The unit and the nominator of whoever stands in the line."""
    nomination = correction.recognition.nomination
    if nomination is None:
        return

    def write(_to: Recipient) -> Letter:
        words = {"before": correction.before, "after": correction.after}
        line = gettext("已公布名单中“%(before)s”更正为“%(after)s”。") % words
        page = reverse("result_public", args=[correction.recognition.round.code])
        return letter(gettext("认定名单已更正"), [line], page)

    _queue([*clerks_of(nomination), *officers_of(nomination)], correction, "published", write)


def _page(revocation: Revocation) -> str:
    return reverse("revocation_detail", args=[revocation.pk])


def _queue(people: Iterable[User], about: Machine, kind: str, write: outbox.Writer) -> None:
    name = f"{about._meta.model_name}.{kind}"
    outbox.queue(recipients(people), event=f"{name}:{occasion(about)}", kind=name, write=write, about=about)

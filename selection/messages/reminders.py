"""Letters before a deadline: each level of each deadline once a person, however often the job runs."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext

from accounts.queries.people import recipients
from selection.messages.letters import letter, page_of
from selection.messages.panel import sheets_missing
from selection.models import Nomination, Round
from selection.queries.reminders import Due
from workflow import clock
from workflow.outbox import Letter, Recipient, queue


def remind(due: Due) -> None:
    """Queue the reminder of one deadline."""
    event = f"reminder.{due.what}:{due.obj.pk}:{due.on}:{due.level}"
    if isinstance(due.obj, Nomination):
        _correction(due, due.obj, event)
    elif due.what == "scoring":
        sheets_missing(due.obj, due.people, event=event, days=due.left)
    else:
        _closing(due, due.obj, event)


def _closing(due: Due, round_: Round, event: str) -> None:
    def write(_to: Recipient) -> Letter:
        assert round_.closes_at is not None
        at = round_.closes_at.astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M")
        names = {"round": round_.shown_title, "at": at, "n": due.left}
        lines = [gettext("%(round)s的申报将于%(at)s截止，还有%(n)s个工作日。您还有未办的申报。") % names]
        return letter(gettext("申报即将截止：%(round)s") % names, lines, reverse("nomination_list"))

    queue(recipients(due.people), event=event, kind="reminder.closing", write=write, about=round_)


def _correction(due: Due, nomination: Nomination, event: str) -> None:
    def write(_to: Recipient) -> Letter:
        names = {"name": nomination.nominee.name, "code": nomination.code, "due": due.on, "n": due.left}
        lines = [gettext("%(name)s的申报（%(code)s）须在%(due)s前补正，还有%(n)s个工作日。") % names]
        return letter(gettext("补正即将到期：%(name)s（%(code)s）") % names, lines, page_of(nomination))

    queue(recipients(due.people), event=event, kind="reminder.correction", write=write, about=nomination)

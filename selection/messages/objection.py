"""Who hears of an objection. No message repeats what the objector said, or who it was."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from accounts.queries.people import people_with, recipients
from accounts.roles import Role
from selection.models import Nomination, Objection
from workflow import outbox
from workflow.outbox import Letter, Recipient

Words = Callable[[Objection], tuple[str, str]]


def lodged(objection: Objection) -> None:
    """The managers: something waits for a decision on admission."""
    link = reverse("objection_detail", args=[objection.pk])

    def write(_to: Recipient) -> Letter:
        body = gettext("收到一件%(kind)s，请于%(due)s前决定是否受理。\n%(link)s")
        words = {
            "kind": objection.get_kind_display(),
            "due": objection.admit_due.isoformat(),
            "link": settings.SITE_URL + link,
        }
        return Letter(gettext("收到异议"), body % words, link)

    outbox.queue(
        recipients(people_with(Role.MANAGER)),
        event=f"objection.lodged:{objection.pk}", kind="objection.lodged", write=write, about=objection,
    )  # fmt: skip


def nominee_side(nomination: Nomination) -> list[Recipient]:
    """The unit's clerks and the nominator's officers."""
    return recipients(
        [
            *people_with(Role.UNIT_CLERK, organisation=nomination.unit_id),
            *people_with(Role.BUREAU_OFFICER, organisation=nomination.nominator_id),
        ]
    )


def admitted(objection: Objection) -> None:
    """The investigator gets the case; the nominee's side only the issue, in neutral words."""
    link = reverse("objection_detail", args=[objection.pk])

    def order(_to: Recipient) -> Letter:
        body = gettext("请核查一件已受理的异议，期限%(due)s。\n%(link)s")
        words = {"due": objection.conclude_due, "link": settings.SITE_URL + link}
        return Letter(gettext("异议核查"), body % words, link)

    if objection.investigator is not None:
        outbox.queue(
            recipients([objection.investigator]),
            event=f"objection.assigned:{objection.pk}", kind="objection.assigned", write=order, about=objection,
        )  # fmt: skip
    _tell_nominee(objection, "admitted", issue_words)


def concluded(objection: Objection) -> None:
    """The nominee's side hears the outcome; the leader, what only the leader decides."""
    _tell_nominee(objection, "concluded", outcome_words)
    if objection.state == "upheld" and objection.material:
        _tell_leader(objection)


def issue_words(objection: Objection) -> tuple[str, str]:
    """Subject and words of the neutral issue."""
    body = gettext("%(name)s有一件异议已受理，核查事项：%(issue)s。结论作出前暂停办理。")
    words = {"name": objection.nomination.nominee.name, "issue": objection.neutral_issue}
    return gettext("异议已受理"), body % words


def outcome_words(objection: Objection) -> tuple[str, str]:
    """Subject and words of the outcome."""
    body = gettext("%(name)s的异议核查事项：%(issue)s。结果：%(state)s。")
    words = {
        "name": objection.nomination.nominee.name,
        "issue": objection.neutral_issue,
        "state": objection.get_state_display(),
    }
    return gettext("异议核查结果"), body % words


def _tell_nominee(objection: Objection, event: str, words: Words) -> None:
    def write(_to: Recipient) -> Letter:
        subject, body = words(objection)
        return Letter(subject, body)

    _queue(nominee_side(objection.nomination), objection, f"nominee.{event}", write)


def _tell_leader(objection: Objection) -> None:
    link = reverse("determination_list")

    def write(_to: Recipient) -> Letter:
        body = gettext("%(name)s有异议查实且影响认定，请决定是否取消人选。\n%(link)s")
        words = {"name": objection.nomination.nominee.name, "link": settings.SITE_URL + link}
        return Letter(gettext("请决定是否取消人选"), body % words, link)

    _queue(recipients(people_with(Role.LEADER)), objection, "leader", write)


def _queue(to: Iterable[Recipient], objection: Objection, event: str, write: outbox.Writer) -> None:
    outbox.queue(
        to, event=f"objection.{event}:{objection.pk}", kind=f"objection.{event}", write=write,
        about=objection.nomination,
    )  # fmt: skip


def removed(nomination: Nomination) -> None:
    """The nominee's side and the manager."""

    def write(_to: Recipient) -> Letter:
        body = gettext("经核查并研究决定，取消%(name)s的拟认定人选资格。")
        return Letter(gettext("人选已取消"), body % {"name": nomination.nominee.name})

    to = [*nominee_side(nomination), *recipients(people_with(Role.MANAGER))]
    outbox.queue(
        to,
        event=f"nomination.removed:{nomination.pk}",
        kind="nomination.removed",
        write=write,
        about=nomination,
    )

"""Who hears of an objection. No message repeats what the objector said, or who it was."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from accounts.models import User
from accounts.queries.people import people_with, recipients
from accounts.roles import Role
from selection.models import Appeal, Nomination, Objection
from selection.queries.objection import managers_for
from workflow import outbox
from workflow.outbox import Letter, Recipient

Line = Callable[[], str]
Words = Callable[[Objection], tuple[str, str]]


def lodged(objection: Objection) -> None:
    """The managers: something waits for a decision on admission."""
    words = {"kind": objection.get_kind_display(), "due": _day(objection.admit_due)}
    _tell(
        managers_for(objection.nomination), objection, "lodged", lambda: gettext("收到异议"),
        lambda: gettext("收到一件%(kind)s，请于%(due)s前决定是否受理。") % words,
    )  # fmt: skip


def _day(day: date | None) -> str:
    return day.isoformat() if day else gettext("日历导入后确定的日期")


def _tell(
    people: Iterable[User], objection: Objection, event: str, subject: Line, line: Line, *, again: str = ""
) -> None:
    """A line and the way to the case; nothing of what it holds."""
    link = reverse("objection_detail", args=[objection.pk])

    def write(_to: Recipient) -> Letter:
        return Letter(subject(), f"{line()}\n{settings.SITE_URL}{link}", link)

    outbox.queue(
        recipients(people), event=f"objection.{event}:{objection.pk}{again}", kind=f"objection.{event}",
        write=write, about=objection,
    )  # fmt: skip


def handlers(objection: Objection) -> list[User]:
    """The managers on no side and the investigators."""
    return [*managers_for(objection.nomination), *objection.investigators.all()]


def supplemented(objection: Objection) -> None:
    """The handlers: there is more to read."""
    _tell(
        handlers(objection), objection, "supplemented", lambda: gettext("异议补充了材料"),
        lambda: gettext("一件异议的提出人补充了材料，请查看。"),
    )  # fmt: skip


def stated(objection: Objection) -> None:
    """The handlers: the candidate's side has answered."""
    _tell(
        handlers(objection), objection, "stated", lambda: gettext("人选已经陈述"),
        lambda: gettext("人选一方已就核查事项作出陈述，请查看。"),
    )  # fmt: skip


def stood_aside(objection: Objection) -> None:
    """The managers: somebody else must be named."""
    again = f":{objection.nomination.declared_interests.count()}"
    _tell(
        managers_for(objection.nomination), objection, "stood_aside", lambda: gettext("经办人申明回避"),
        lambda: gettext("一件异议的经办人申明回避，请核对核查人。"), again=again,
    )  # fmt: skip


def appealed(appeal: Appeal) -> None:
    """The leaders and those managers who have not concluded on it."""
    case = appeal.objection
    people = [
        person
        for person in (*people_with(Role.LEADER), *people_with(Role.MANAGER))
        if not case.concerns(person)
    ]
    due = _day(appeal.decide_due)
    _tell(
        people, case, "appealed", lambda: gettext("收到复查申请"),
        lambda: gettext("一件异议的提出人申请复查，请于%(due)s前决定。") % {"due": due},
    )  # fmt: skip


def reopened(objection: Objection) -> None:
    """The nominee's side: it is looked at again."""
    _tell_nominee(objection, "reopened", issue_words)


def nominee_side(nomination: Nomination) -> list[Recipient]:
    """The unit's clerks and the nominator's officers."""
    return recipients(
        [
            *people_with(Role.UNIT_CLERK, organisation=nomination.unit_id),
            *people_with(Role.BUREAU_OFFICER, organisation=nomination.nominator_id),
        ]
    )


def admitted(objection: Objection, people: Iterable[User]) -> None:
    """The investigators get the case; the nominee's side only the issue, in neutral words."""
    assigned(objection, people)
    _tell_nominee(objection, "admitted", issue_words)


def assigned(objection: Objection, people: Iterable[User]) -> None:
    """Whoever was named to investigate."""
    due = _day(objection.conclude_due)
    _tell(
        people, objection, "assigned", lambda: gettext("异议核查"),
        lambda: gettext("请核查一件已受理的异议，期限%(due)s。") % {"due": due},
    )  # fmt: skip


def concluded(objection: Objection) -> None:
    """The nominee's side hears the outcome; the leader, what only the leader decides."""
    _tell_nominee(objection, "concluded", outcome_words)
    if objection.state == "upheld" and objection.material:
        tell_leader(objection)


def issue_words(objection: Objection) -> tuple[str, str]:
    """Subject and words of the neutral issue."""
    body = gettext(
        "%(name)s有一件异议已受理，核查事项：%(issue)s。结论作出前暂停办理。请于%(due)s前陈述。\n%(link)s"
    )
    link = reverse("objection_issue", args=[objection.pk])
    words = {
        "name": objection.nomination.nominee.name, "issue": objection.neutral_issue,
        "due": _day(objection.statement_due), "link": settings.SITE_URL + link,
    }  # fmt: skip
    return gettext("异议已受理"), body % words


def outcome_words(objection: Objection) -> tuple[str, str]:
    """Subject and words of the outcome."""
    body = gettext("%(name)s的异议核查事项：%(issue)s。结果：%(state)s。")
    words = {
        "name": objection.nomination.nominee.name,
        "issue": objection.neutral_issue,
        "state": objection.outcome,
    }
    return gettext("异议核查结果"), body % words


def _tell_nominee(objection: Objection, event: str, words: Words) -> None:
    def write(_to: Recipient) -> Letter:
        subject, body = words(objection)
        return Letter(subject, body)

    once = f"{objection.pk}:{objection.decided_at.isoformat()}" if objection.decided_at else f"{objection.pk}"
    _queue(nominee_side(objection.nomination), objection, f"nominee.{event}", write, once)


def tell_leader(objection: Objection) -> None:
    """What only the leader decides: whether somebody is taken off the list, or a recognition is revoked."""
    link = reverse("determination_list")

    def write(_to: Recipient) -> Letter:
        body = gettext("%(name)s有异议查实且影响认定，请决定是否取消人选。\n%(link)s")
        words = {"name": objection.nomination.nominee.name, "link": settings.SITE_URL + link}
        return Letter(gettext("请决定是否取消人选"), body % words, link)

    _queue(recipients(people_with(Role.LEADER)), objection, "leader", write, str(objection.pk))


def _queue(
    to: Iterable[Recipient], objection: Objection, event: str, write: outbox.Writer, once: str
) -> None:
    outbox.queue(
        to, event=f"objection.{event}:{once}", kind=f"objection.{event}", write=write,
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

"""Who hears of a notice: those who must act on it, and the offices of those who are on it."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from accounts.models import User
from accounts.queries.people import people_with, recipients
from accounts.roles import Role
from selection.models import PublicNotice, Round
from workflow import clock, outbox
from workflow.outbox import Letter, Recipient


def to_check(notice: PublicNotice) -> None:
    """The publishers, who check and post."""
    link = reverse("office_notice", args=[notice.pk])

    def write(_to: Recipient) -> Letter:
        body = gettext("“%(title)s”已拟好，请作隐私检查后发布。\n%(link)s")
        return Letter(
            gettext("公示待审核发布"), body % {"title": notice.title, "link": settings.SITE_URL + link}, link
        )

    to = recipients(people_with(Role.PUBLISHER).exclude(pk=notice.composed_by_id))
    outbox.queue(to, event=f"notice.composed:{notice.pk}", kind="notice.composed", write=write, about=notice)


def concerned(notice: PublicNotice) -> list[Recipient]:
    """The clerks and officers of the nominees on the list, the manager and the supervisor."""
    pairs = notice.entries.values_list("nomination__unit_id", "nomination__nominator_id")
    units, nominators = {unit for unit, _n in pairs}, {nominator for _u, nominator in pairs}
    people: list[User] = [
        *people_with(Role.UNIT_CLERK).filter(organisation__in=units),
        *people_with(Role.BUREAU_OFFICER).filter(organisation__in=nominators),
        *people_with(Role.MANAGER),
        *people_with(Role.SUPERVISOR),
    ]
    return recipients(people)


def posted(notice: PublicNotice) -> None:
    """The notice is up, until when."""
    link = reverse("notice_public", args=[notice.number])

    def write(_to: Recipient) -> Letter:
        assert notice.ends_at is not None
        until = notice.ends_at.astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M")
        body = gettext("“%(title)s”已发布，公示至%(until)s。\n%(link)s")
        words = {"title": notice.title, "until": until, "link": settings.SITE_URL + link}
        return Letter(gettext("公示已发布"), body % words, link)

    outbox.queue(
        concerned(notice), event=f"notice.posted:{notice.pk}", kind="notice.posted", write=write, about=notice
    )


def approved(notice: PublicNotice) -> None:
    """The managers: it goes up at the set time."""
    link = reverse("office_notice", args=[notice.pk])

    def write(_to: Recipient) -> Letter:
        assert notice.post_at is not None
        at = notice.post_at.astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M")
        body = gettext("“%(title)s”已审定，将于%(at)s自动发布；此前不能修改。\n%(link)s")
        words = {"title": notice.title, "at": at, "link": settings.SITE_URL + link}
        return Letter(gettext("公示已审定，定时发布"), body % words, link)

    event = f"notice.approved:{notice.pk}:{notice.approved_at}"
    outbox.queue(
        recipients(people_with(Role.MANAGER)), event=event, kind="notice.approved", write=write, about=notice
    )


def recalled(notice: PublicNotice, reason: str) -> None:
    """The managers and the publishers: it does not go up, and why."""
    link = reverse("office_notice", args=[notice.pk])

    def write(_to: Recipient) -> Letter:
        body = gettext("“%(title)s”的审定已撤回，不再定时发布：%(reason)s\n%(link)s")
        words = {"title": notice.title, "reason": reason, "link": settings.SITE_URL + link}
        return Letter(gettext("公示未能定时发布"), body % words, link)

    to = recipients([*people_with(Role.MANAGER), *people_with(Role.PUBLISHER)])
    event = f"notice.recalled:{notice.pk}:{clock.now().isoformat()}"
    outbox.queue(to, event=event, kind="notice.recalled", write=write, about=notice)


def extended(notice: PublicNotice) -> None:
    """Whoever was told of the posting: the page was away, the period ends later."""
    link = reverse("notice_public", args=[notice.number])

    def write(_to: Recipient) -> Letter:
        body = gettext("因公示页面中断，“%(title)s”的公示期延长1个工作日，至%(day)s 24:00止。\n%(link)s")
        words = {"title": notice.title, "day": notice.last_day, "link": settings.SITE_URL + link}
        return Letter(gettext("公示期延长"), body % words, link)

    event = f"notice.extended:{notice.pk}:{notice.ends_at}"
    outbox.queue(concerned(notice), event=event, kind="notice.extended", write=write, about=notice)


def superseded(old: PublicNotice, copy: PublicNotice) -> None:
    """The managers, who correct the copy."""
    link = reverse("office_notice", args=[copy.pk])

    def write(_to: Recipient) -> Letter:
        body = gettext("“%(title)s”已停用，更正稿待修改、检查和重新发布。\n%(link)s")
        return Letter(
            gettext("公示须更正"), body % {"title": old.title, "link": settings.SITE_URL + link}, link
        )

    to = recipients(people_with(Role.MANAGER))
    outbox.queue(to, event=f"notice.superseded:{old.pk}", kind="notice.superseded", write=write, about=copy)


def stage_ended(round_: Round) -> None:
    """The managers, who draft the determination."""
    link = reverse("determination_list")

    def write(_to: Recipient) -> Letter:
        body = gettext("%(round)s公示期满，请拟写认定决定。\n%(link)s")
        words = {"round": round_.shown_title, "link": settings.SITE_URL + link}
        return Letter(gettext("公示期满"), body % words, link)

    to = recipients(people_with(Role.MANAGER))
    outbox.queue(
        to, event=f"round.end_notice:{round_.pk}", kind="round.end_notice", write=write, about=round_
    )

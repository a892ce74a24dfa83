"""Who hears of the decision and of its publication."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext

from accounts.queries.people import people_with, recipients
from accounts.roles import Role
from selection.models import Determination, Nomination, Round
from workflow import outbox
from workflow.outbox import Letter, Recipient


def to_confirm(determination: Determination) -> None:
    """The leader decides."""
    link = reverse("determination_detail", args=[determination.pk])

    def write(_to: Recipient) -> Letter:
        words = {"number": determination.document_number, "link": settings.SITE_URL + link}
        return Letter(
            gettext("认定决定待审定"), gettext("%(number)s已拟好，请审定。\n%(link)s") % words, link
        )

    outbox.queue(
        recipients(people_with(Role.LEADER)),
        event=f"determination.drafted:{determination.pk}", kind="determination.drafted", write=write,
        about=determination,
    )  # fmt: skip


def decided(determination: Determination, nominations: Sequence[Nomination]) -> None:
    """The publishers publish; the others hear of it when it is public."""
    link = reverse("determination_detail", args=[determination.pk])

    def write(_to: Recipient) -> Letter:
        words = {
            "number": determination.document_number,
            "n": len(nominations),
            "link": settings.SITE_URL + link,
        }
        body = gettext("%(number)s已决定，认定%(n)s人，请公布结果。\n%(link)s")
        return Letter(gettext("认定结果待公布"), body % words, link)

    outbox.queue(
        recipients(people_with(Role.PUBLISHER)),
        event=f"determination.confirmed:{determination.pk}", kind="determination.confirmed", write=write,
        about=determination,
    )  # fmt: skip


def published(round_: Round) -> None:
    """The units and nominators of everyone who was on the list."""
    _tell_of_result(
        round_, round_.nominations.filter(state="recognised"), f"round.published:{round_.pk}", round_
    )


def supplemented(determination: Determination) -> None:
    """The units and nominators of those who join the list."""
    joined = Nomination.objects.filter(recognition__determination=determination)
    _tell_of_result(determination.round, joined, f"determination.published:{determination.pk}", determination)


def lapsed(nomination: Nomination) -> None:
    """The unit and the nominator: the candidacy is over."""
    link = reverse("nomination_detail", args=[nomination.pk])

    def write(_to: Recipient) -> Letter:
        words = {
            "name": nomination.nominee.name,
            "round": nomination.round.shown_title,
            "reason": nomination.reason,
            "link": settings.SITE_URL + link,
        }
        body = gettext("%(name)s在%(round)s中不再认定。\n理由：%(reason)s\n%(link)s")
        return Letter(gettext("人选不再认定"), body % words, link)

    people = [
        *people_with(Role.UNIT_CLERK, organisation=nomination.unit_id),
        *people_with(Role.BUREAU_OFFICER, organisation=nomination.nominator_id),
    ]
    event = f"nomination.lapsed:{nomination.pk}"
    outbox.queue(recipients(people), event=event, kind="nomination.lapsed", write=write, about=nomination)


def _tell_of_result(
    round_: Round, recognised: QuerySet[Nomination], event: str, about: Round | Determination
) -> None:
    link = reverse("result_public", args=[round_.code])
    pairs = list(recognised.values_list("unit_id", "nominator_id"))
    units, nominators = {unit for unit, _n in pairs}, {nominator for _u, nominator in pairs}

    def write(_to: Recipient) -> Letter:
        words = {"round": round_.shown_title, "link": settings.SITE_URL + link}
        return Letter(gettext("认定结果已公布"), gettext("%(round)s认定结果已公布。\n%(link)s") % words, link)

    people = [
        *people_with(Role.UNIT_CLERK).filter(organisation__in=units),
        *people_with(Role.BUREAU_OFFICER).filter(organisation__in=nominators),
        *people_with(Role.MANAGER),
    ]
    outbox.queue(
        recipients(people),
        event=event,
        kind="round.published",
        write=write,
        about=about,
    )

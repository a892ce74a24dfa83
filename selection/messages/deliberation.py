"""Who hears that the proposed list is fixed."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from accounts.queries.people import people_with, recipients
from accounts.roles import Role
from selection.models import Proposal
from workflow import outbox
from workflow.outbox import Letter, Recipient


def list_fixed(proposal: Proposal) -> None:
    """The manager, who writes the notice next."""
    round_ = proposal.round
    link = reverse("notice_compose", args=[round_.code])

    def write(_to: Recipient) -> Letter:
        body = gettext("%(round)s的拟认定名单已确定（%(minutes)s），请拟写公示。\n%(link)s") % {
            "round": round_.shown_title,
            "minutes": proposal.minute_number,
            "link": settings.SITE_URL + link,
        }
        return Letter(gettext("拟认定名单已确定"), body, link)

    outbox.queue(
        recipients(people_with(Role.MANAGER)),
        event=f"proposal.fixed:{proposal.pk}",
        kind="proposal.fixed",
        write=write,
        about=round_,
    )

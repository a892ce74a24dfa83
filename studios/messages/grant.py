"""What those concerned with an instalment are told."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from studios.messages.studio import instant, tell
from studios.models import Instalment
from studios.queries import grant, studio
from workflow.actor import Actor
from workflow.machine import step_named


def _tell(
    people: Iterable[User], instalment: Instalment, step: str, *, by: Actor, more: str = "", mark: str = ""
) -> None:
    declared = step_named(Instalment, step)
    label = declared.label if declared else step
    facts = {
        "studio": instalment.studio.name,
        "number": instalment.number,
        "amount": f"{instalment.amount:,.2f}",
        "step": label,
        "name": str(by.name),
        "more": more,
    }
    tell(
        people,
        event=f"instalment.{step}:{instalment.pk}:{mark}{instant()}",
        kind=f"instalment.{step}",
        about=instalment,
        path=reverse("instalment_detail", args=[instalment.pk]),
        but=by,
        subject=lambda: _("%(studio)s第%(number)s期：%(step)s") % facts,
        body=lambda: (
            _("%(studio)s第%(number)s期资助%(amount)s元，由%(name)s办理“%(step)s”。%(more)s") % facts
        ),
    )


def requested(instalment: Instalment, *, by: Actor) -> None:
    """The managers, who approve."""
    _tell(studio.managers(), instalment, "request", by=by)


def approved(instalment: Instalment, *, by: Actor) -> None:
    """Finance, who pay; and the talent."""
    _tell([*grant.payers(), *studio.lead_of(instalment.studio)], instalment, "approve", by=by)


def paid(instalment: Instalment, *, by: Actor) -> None:
    """The talent and the host unit, whose account received it."""
    _tell(studio.receivers_of(instalment.studio), instalment, "pay", by=by, more=instalment.voucher or "")


def waived(instalment: Instalment, code: str, condition: str, *, by: Actor, reason: str) -> None:
    """The managers and the talent: a condition of this instalment is waived, and why."""
    _tell(
        [*studio.managers(), *studio.lead_of(instalment.studio)], instalment, "waive", by=by,
        more=_("条件：%(condition)s。理由：%(reason)s") % {"condition": condition, "reason": reason},
        mark=f"{code}:",
    )  # fmt: skip


def moved(instalment: Instalment, step: str, *, by: Actor, reason: str) -> None:
    """Withheld, released or cancelled, with the reason."""
    _tell(studio.receivers_of(instalment.studio), instalment, step, by=by, more=reason)

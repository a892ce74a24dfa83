"""What those concerned with a studio are told."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.queries.people import recipients
from studios.models import Agreement, Studio
from studios.queries import studio as queries
from workflow import clock, outbox
from workflow.actor import Actor
from workflow.machine import step_named
from workflow.outbox import Letter, Recipient

Text = Callable[[], str]


def tell(
    people: Iterable[User],
    *,
    event: str,
    kind: str,
    about: models.Model,
    path: str,
    subject: Text,
    body: Text,
    but: Actor | None = None,
) -> None:
    """Queue one letter a person, in the person's language, with the page's link; not to the one who acted."""

    def write(_recipient: Recipient) -> Letter:
        return Letter(subject(), f"{body()}\n\n{settings.SITE_URL}{path}", path)

    addressed = [person for person in people if but is None or person.pk != but.id]
    outbox.queue(recipients(addressed), event=event, kind=kind, write=write, about=about)


def instant() -> str:
    """What tells one event from the next of its kind."""
    return f"{clock.now():%Y%m%d%H%M%S%f}"


def page_of(studio: Studio) -> str:
    """The studio's page."""
    return reverse("studio_detail", args=[studio.pk])


def established(studio: Studio) -> None:
    """The manager names the lead and records the agreement; host and city learn of the studio."""
    told = [*queries.managers(), *queries.hosts_of(studio), *queries.officers_of(studio)]
    tell(
        told,
        event=f"studio.established:{studio.pk}",
        kind="studio.established",
        about=studio,
        path=page_of(studio),
        subject=lambda: _("%(studio)s已设立，待签协议") % {"studio": studio.name},
        body=lambda: (
            _("%(studio)s已设立，依托单位为%(host)s。下一步：指定领军人才账号，签订并登记三方协议。")
            % {"studio": studio.name, "host": studio.host.name}
        ),
    )


def lead_named(studio: Studio, lead: User, *, by: Actor) -> None:
    """The person who leads from now on."""
    tell(
        [lead],
        event=f"studio.lead:{studio.pk}:{lead.pk}:{instant()}",
        kind="studio.lead",
        about=studio,
        but=by,
        path=page_of(studio),
        subject=lambda: _("您的账号已用于办理%(studio)s的事项") % {"studio": studio.name},
        body=lambda: _("您可以用本账号查看%(studio)s，申请拨款，提交报告。") % {"studio": studio.name},
    )


def agreed(studio: Studio, agreement: Agreement, count: int, *, by: Actor) -> None:
    """The agreement stands, with its award and its number of instalments."""
    tell(
        queries.concerned_with(studio),
        event=f"studio.agreed:{studio.pk}",
        kind="studio.agreed",
        about=studio,
        but=by,
        path=page_of(studio),
        subject=lambda: _("%(studio)s的协议已登记") % {"studio": studio.name},
        body=lambda: (
            _("协议编号%(number)s，资助金额%(award)s元，分%(count)s期拨付至依托单位账户。")
            % {"number": agreement.number, "award": f"{agreement.award:,.2f}", "count": count}
        ),
    )


def moved(studio: Studio, step: str, *, by: Actor, reason: str = "") -> None:
    """Any other step of the studio, in the words of its button, with the reason."""
    declared = step_named(Studio, step)
    label = declared.label if declared else step

    def body() -> str:
        text = _("%(studio)s已办理“%(step)s”，现为“%(state)s”。") % {
            "studio": studio.name,
            "step": label,
            "state": studio.get_state_display(),
        }
        return text + (_("理由：%(reason)s") % {"reason": reason} if reason else "")

    tell(
        queries.concerned_with(studio),
        event=f"studio.{step}:{studio.pk}:{instant()}",
        kind=f"studio.{step}",
        about=studio,
        path=page_of(studio),
        but=by,
        body=body,
        subject=lambda: _("%(studio)s：%(step)s") % {"studio": studio.name, "step": label},
    )

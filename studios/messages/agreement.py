"""Who learns of the versions of an agreement."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from studios.messages.studio import instant, tell
from studios.models import AgreementVersion
from studios.queries import studio as queries
from workflow.actor import Actor


def page_of(version: AgreementVersion) -> str:
    """The agreement's page."""
    return reverse("studio_agreement", args=[version.studio_id])


def drawn_up(version: AgreementVersion, *, by: Actor) -> None:
    """The talent and the host unit may read it before they sign."""
    words = {"studio": version.studio.name, "number": version.number}
    tell(
        queries.receivers_of(version.studio), event=f"agreement.drawn_up:{version.pk}", kind="agreement.drawn_up",
        about=version, but=by, path=page_of(version),
        subject=lambda: _("%(studio)s的协议已拟定，请核对并签署") % words,
        body=lambda: _("协议第%(number)s版已拟定，请下载核对条款、金额和账户，签署后交主管处室登记。") % words,
    )  # fmt: skip


def in_force(version: AgreementVersion, *, by: Actor) -> None:
    """An amendment holds."""
    words = {"studio": version.studio.name, "number": version.number}
    tell(
        queries.concerned_with(version.studio), event=f"agreement.in_force:{version.pk}:{instant()}",
        kind="agreement.in_force", about=version, but=by, path=page_of(version),
        subject=lambda: _("%(studio)s的协议变更已生效") % words,
        body=lambda: _("协议第%(number)s版三方已签齐，即日生效，原版本被替代。") % words,
    )  # fmt: skip

"""A role was given, a role was ended."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import RoleGrant
from accounts.roles import Role
from workflow import outbox
from workflow.outbox import Letter, Recipient


def granted(grant: RoleGrant) -> None:
    """Tell the person of the new role."""

    def write(recipient: Recipient) -> Letter:
        words = {"name": recipient.name, "role": Role(grant.role).label, "since": grant.since.isoformat()}
        return Letter(
            _("您已获授“%(role)s”角色") % words,
            _("%(name)s：自%(since)s起，您在领选系统中担任“%(role)s”。如有疑问，请联系安全管理员。") % words
            + _link(reverse("home")),
            reverse("home"),
        )

    _queue(grant, "granted", write)


def ended(grant: RoleGrant) -> None:
    """Tell the person that the role has ended."""

    def write(recipient: Recipient) -> Letter:
        words = {"name": recipient.name, "role": Role(grant.role).label}
        return Letter(
            _("您的“%(role)s”角色已终止") % words,
            _("%(name)s：您在领选系统中的“%(role)s”角色已终止。如有疑问，请联系安全管理员。") % words
            + _link(reverse("account")),
            reverse("account"),
        )

    _queue(grant, "ended", write)


def _queue(grant: RoleGrant, what: str, write: outbox.Writer) -> None:
    kind = f"role.{what}"
    outbox.queue([grant.user.recipient], event=f"{kind}:{grant.pk}", kind=kind, write=write, about=grant.user)


def _link(path: str) -> str:
    return f"\n\n{settings.SITE_URL}{path}"

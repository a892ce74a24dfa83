"""Who may do what with accounts, organisations and settings."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from workflow.actor import SYSTEM_ROLE, Actor
from workflow.errors import NotPermitted, Sentence

READS_LEDGER = frozenset({Role.MANAGER, Role.SUPERVISOR, Role.AUDIT_ADMIN})
READS_PAYLOADS = frozenset({Role.SUPERVISOR, Role.AUDIT_ADMIN})
READS_ACCOUNTS = frozenset({Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})


def holds_any(actor: Actor, roles: frozenset[Role]) -> bool:
    """Whether the actor holds one of the roles."""
    return any(actor.holds(role) for role in roles)


def require(actor: Actor, role: Role, what: Sentence) -> None:
    """Raise `NotPermitted` unless the actor holds the role or is the system itself."""
    if not (actor.holds(role) or actor.holds(SYSTEM_ROLE)):
        raise NotPermitted(_("您的身份不能办理“%(step)s”。") % {"step": what})

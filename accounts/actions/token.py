"""Tokens of the API: shown once, kept as a digest."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from accounts import policies
from accounts.errors import AccountRefused
from accounts.models import ApiToken, User
from accounts.roles import Role
from workflow import clock, door, kinds, ledger
from workflow.actor import Actor

ISSUED = kinds.named("token.issued", _("签发接口令牌"))
DEFAULT_DAYS, MAX_DAYS = 90, 366


@door.act
def issue(user: User, *, by: Actor, days: int = DEFAULT_DAYS) -> str:
    """A new token for a person, good for so many days."""
    policies.require(by, Role.SECURITY_ADMIN, _("签发接口令牌"))
    if not user.is_active:
        raise AccountRefused(_("该账号已停用。"), code="closed")
    if not 1 <= days <= MAX_DAYS:
        raise AccountRefused(_("令牌有效期应为1至%(max)s天。") % {"max": MAX_DAYS}, code="days")
    token = ApiToken.new_token()
    row = ApiToken.objects.create(
        user=user, digest=ApiToken.digest_of(token), expires_at=clock.now() + timedelta(days=days)
    )
    ledger.append(
        by,
        chain=ledger.OFFICE,
        kind=ISSUED,
        subject=f"accounts.user:{user.pk}",
        payload={"expires_at": row.expires_at.isoformat()},
    )
    return token

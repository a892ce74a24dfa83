"""Accounts: opened by the security administrator, then the person's own."""

from __future__ import annotations

from django.contrib.auth.tokens import default_token_generator
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext_lazy as _

from accounts import messages, policies
from accounts.errors import AccountRefused
from accounts.models import Organisation, User
from accounts.roles import Role
from workflow import clock, door, kinds, ledger
from workflow.actor import Actor
from workflow.errors import NotPermitted

OPENED = kinds.named("account.opened", _("开通账号"))
LINK_SENT = kinds.named("account.password_link", _("发送密码设置链接"))
PASSWORD_SET = kinds.named("account.password_set", _("设置密码"))
CLOSED = kinds.named("account.closed", _("停用账号"))
REOPENED = kinds.named("account.reopened", _("恢复账号"))


@door.act
def invite(
    *, by: Actor, username: str, name: str, email: str, organisation: Organisation | None = None
) -> User:
    """Open an account without a password and send its person the link to set one."""
    policies.require(by, Role.SECURITY_ADMIN, _("开通账号"))
    ledger.queue_up(ledger.OFFICE)  # two who open the same account come one after the other
    if User.objects.filter(username__iexact=username).exists():
        raise AccountRefused(_("账号%(username)s已存在。") % {"username": username}, code="username_taken")
    user = User.objects.create_user(username, None, name=name, email=email, organisation=organisation)
    _record(by, OPENED, user, {"username": username, "organisation": str(organisation or "")})
    _send_link(user)
    return user


@door.act
def send_password_link(user: User, *, by: Actor) -> User:
    """Send a person the link to set a new password; the present one stays good until then."""
    policies.require(by, Role.SECURITY_ADMIN, _("发送密码设置链接"))
    if not user.is_active:
        raise AccountRefused(_("该账号已停用。"), code="closed")
    _record(by, LINK_SENT, user, {})
    _send_link(user)
    return user


def _send_link(user: User) -> None:
    uid, token = urlsafe_base64_encode(force_bytes(user.pk)), default_token_generator.make_token(user)
    event = f"account.password_link:{user.pk}:{clock.now().isoformat()}"
    messages.account.password_link(user, uid=uid, token=token, event=event)


@door.act
def set_password(user: User, *, by: Actor, password: str) -> User:
    """Set one's own password."""
    if str(by.id) != str(user.pk):
        raise NotPermitted(_("只能设置本人的密码。"))
    user.set_password(password)
    user.save(update_fields=["password"])
    _record(by, PASSWORD_SET, user, {})
    return user


@door.act
def close(user: User, *, by: Actor) -> User:
    """Close an account: nobody signs in with it, its tokens are refused, its past stays."""
    return _set_active(user, by, active=False)


@door.act
def reopen(user: User, *, by: Actor) -> User:
    """Open a closed account again, with the roles still in force."""
    return _set_active(user, by, active=True)


def _set_active(user: User, by: Actor, *, active: bool) -> User:
    what = _("恢复账号") if active else _("停用账号")
    policies.require(by, Role.SECURITY_ADMIN, what)
    if str(by.id) == str(user.pk):
        raise NotPermitted(_("不能停用或者恢复本人的账号。"))
    if user.is_active == active:
        raise AccountRefused(_("该账号状态未变。"), code="unchanged")
    user.is_active = active
    user.save(update_fields=["is_active"])
    _record(by, REOPENED if active else CLOSED, user, {})
    return user


@door.act
def choose_language(user: User, *, by: Actor, language: str) -> User:
    """Keep the language in which a person reads pages and messages."""
    if str(by.id) != str(user.pk):
        raise NotPermitted(_("只能选择本人的语言。"))
    if user.language != language:
        user.language = language
        user.save(update_fields=["language"])
    return user


def _record(by: Actor, kind: str, user: User, payload: dict[str, str]) -> None:
    ledger.append(by, chain=ledger.OFFICE, kind=kind, subject=f"accounts.user:{user.pk}", payload=payload)

"""Signing in and out: every attempt stands on the record, five failures lock the account for 15 minutes."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth import authenticate
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.errors import SignInRefused
from accounts.models import SignInFailure, User
from workflow import clock, door, kinds, ledger
from workflow.actor import PUBLIC

MAX_FAILURES = 5
WINDOW = timedelta(minutes=15)

SIGNED_IN = kinds.named("account.signed_in", _("登录"))
SIGNED_OUT = kinds.named("account.signed_out", _("退出登录"))
FAILED = kinds.named("account.sign_in_failed", _("登录未成功"))
LOCKED = kinds.named("account.locked", _("账号锁定"))


def sign_in(username: str, password: str) -> User:
    """The person whose name and password these are. Raises `SignInRefused`."""
    key = SignInFailure.key_of(username)
    attempt = _begin(key)
    _refuse_if_locked(attempt)
    user = authenticate(username=username.strip(), password=password)
    if not isinstance(user, User):
        raise _failure(attempt, username)
    _admit(user, key)
    return user


@door.act
def _begin(key: str) -> SignInFailure:
    """Count the attempt before it is looked at, so that guesses sent side by side do not slip through."""
    return SignInFailure.objects.create(account_key=key)


def _refuse_if_locked(attempt: SignInFailure) -> None:
    until = _locked_until(
        SignInFailure.objects.filter(account_key=attempt.account_key).exclude(pk=attempt.pk)
    )
    if until is not None and clock.now() < until:
        _forget(attempt)  # it does not make the lock longer
        time = until.astimezone(clock.ZONE).strftime("%H:%M:%S")
        raise SignInRefused(
            _("连续5次错误，账号已锁定，%(time)s后可再次登录。") % {"time": time}, code="locked"
        )


def _locked_until(failures: QuerySet[SignInFailure]) -> datetime | None:
    times = list(failures.order_by("-at").values_list("at", flat=True)[:MAX_FAILURES])
    if len(times) == MAX_FAILURES and times[0] - times[-1] < WINDOW:
        return times[0] + WINDOW
    return None


@door.act
def _forget(attempt: SignInFailure) -> None:
    attempt.delete()


@door.act
def _failure(attempt: SignInFailure, username: str) -> SignInRefused:
    """Record a failure; what to tell. The ledger names the account only if there is one."""
    user = User.objects.filter(username=username.strip()).first()
    subject = f"accounts.user:{user.pk}" if user else f"accounts.sign-in:{attempt.account_key[:16]}"
    ledger.append(PUBLIC, chain=ledger.OFFICE, kind=FAILED, subject=subject, payload={})
    failures = SignInFailure.objects.filter(account_key=attempt.account_key)
    if _locked_until(failures) is not None:
        ledger.append(PUBLIC, chain=ledger.OFFICE, kind=LOCKED, subject=subject, payload={})
        return SignInRefused(_("账号或密码不正确。连续5次错误，账号已锁定15分钟。"), code="locked")
    left = MAX_FAILURES - failures.filter(at__gt=clock.now() - WINDOW).count()
    return SignInRefused(_("账号或密码不正确，还可尝试%(left)s次。") % {"left": left})


@door.act
def _admit(user: User, key: str) -> None:
    SignInFailure.objects.filter(account_key=key).delete()
    ledger.append(user, chain=ledger.OFFICE, kind=SIGNED_IN, subject=f"accounts.user:{user.pk}", payload={})


@door.act
def sign_out(user: User) -> None:
    """Record that the person left."""
    ledger.append(user, chain=ledger.OFFICE, kind=SIGNED_OUT, subject=f"accounts.user:{user.pk}", payload={})

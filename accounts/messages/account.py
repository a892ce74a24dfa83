"""An account was opened, or its password is to be set anew."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from workflow import outbox
from workflow.outbox import Letter, Recipient


def password_link(user: User, *, uid: str, token: str, event: str) -> None:
    """Send the person the one-time link under which the password is set. It stands in the e-mail alone."""
    path = reverse("set_password", args=[uid, token])

    def write(recipient: Recipient) -> Letter:
        words = {
            "name": recipient.name,
            "username": user.username,
            "hours": settings.PASSWORD_RESET_TIMEOUT // 3600,
        }
        return Letter(
            _("请设置领选系统密码"),
            _("%(name)s：您的账号是%(username)s。请在%(hours)s小时内打开以下链接设置密码，链接只能使用一次。")
            % words
            + f"\n\n{settings.SITE_URL}{path}",
        )

    outbox.queue([user.recipient], event=event, kind="account.password_link", write=write, about=user)

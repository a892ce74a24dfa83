"""Failed attempts to sign in: five in a quarter of an hour lock the account for a quarter of an hour."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from workflow import clock
from workflow.crypto import keyed_hash


class SignInFailure(models.Model):
    """One failed attempt. The name typed is kept as a keyed hash: some type a password there."""

    account_key = models.CharField(max_length=64)
    at = models.DateTimeField(_("时间"), default=clock.now)

    class Meta:
        ordering = ("-at",)
        indexes = (models.Index(fields=("account_key", "at"), name="failures_of_an_account"),)

    def __str__(self) -> str:
        return f"{self.account_key[:8]} {self.at:%Y-%m-%d %H:%M}"

    @staticmethod
    def key_of(username: str) -> str:
        """Under what the attempts on one account are counted, whether the account exists or not."""
        return keyed_hash(username.strip().lower(), "sign-in")

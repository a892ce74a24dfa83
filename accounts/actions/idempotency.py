"""One request, one effect: a repeated request under the same key is answered as the first time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import IdempotentAnswer, User
from workflow import clock
from workflow.errors import Refused

Answer = tuple[int, str]  # status and body


class KeyReused(Refused):
    """The key belongs to another request."""

    code = "idempotency_key_reused"


@transaction.atomic
def once(user: User, key: str, digest: str, answer: Callable[[], Answer]) -> Answer:
    """Answer, and keep the answer in the same transaction; under a known key, the answer that was kept.

    The row is written first: a second request under the key waits for the first to end. Raises `KeyReused`.
    """
    row, made = _claim(user, key, digest)
    if row.digest != digest:
        raise KeyReused(_("该Idempotency-Key已用于另一请求。"))
    if made:
        row.status, row.body = answer()
        row.save(update_fields=["status", "body"])
    return row.status, row.body


def _claim(user: User, key: str, digest: str) -> tuple[IdempotentAnswer, bool]:
    known = IdempotentAnswer.objects.filter(user=user, key=key).first()
    if known is not None:
        return known, False
    try:
        with transaction.atomic():
            return IdempotentAnswer.objects.create(user=user, key=key, digest=digest), True
    except IntegrityError:
        return IdempotentAnswer.objects.get(user=user, key=key), False


def forget_old() -> int:
    """Delete the answers that are older than `IDEMPOTENCY_DAYS`; how many. After that a key may be used again."""
    kept_since = clock.now() - timedelta(days=settings.IDEMPOTENCY_DAYS)
    deleted, _each = IdempotentAnswer.objects.filter(created_at__lt=kept_since).delete()
    return deleted

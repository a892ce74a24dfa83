"""Jobs of the accounts. Due work is found by query, so a missed, doubled or killed run is harmless."""

from __future__ import annotations

from celery import shared_task

from accounts.actions import idempotency


@shared_task
def forget_old_answers() -> None:
    """Answers to repeated API requests are kept for a term."""
    idempotency.forget_old()

"""Jobs of the workflow. Due work is found by query, so a missed, doubled or killed run is harmless."""

from __future__ import annotations

from celery import shared_task

from workflow import outbox


@shared_task
def deliver_messages() -> None:
    """Send what waits in the outbox."""
    while outbox.deliver_batch() == outbox.BATCH:
        pass

"""Jobs of the selection: due work is found by query, each item in its own transaction, so that a killed run loses nothing."""

from __future__ import annotations

from celery import shared_task

from selection.actions import notice, qualification, reminders, round


@shared_task
def take_due_steps() -> None:
    """Every step whose time has come."""
    round.close_due_rounds()
    qualification.disqualify_overdue_corrections()
    notice.end_due_notices()
    notice.clear_due_nominations()


@shared_task
def remind() -> None:
    """Every reminder that is due, once each."""
    reminders.send_due_reminders()

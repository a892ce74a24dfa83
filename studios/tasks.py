"""Jobs of the studios: due work is found by query."""

from __future__ import annotations

from celery import shared_task

from studios.actions import exit, month, recovery, rectification, report, spending_files, studio


@shared_task
def establish_studios() -> None:
    """A studio for every recognition that was published and has none."""
    studio.establish_due_studios()


@shared_task
def follow_revocations() -> None:
    """Studios whose title was revoked end; what is unpaid is cancelled, what must come back is ordered."""
    exit.follow_revocations()


@shared_task
def remind_of_recoveries() -> None:
    """The reminders of money to be given back, each level once."""
    recovery.send_due_reminders()


@shared_task
def scan_vouchers() -> None:
    """The vouchers that came while no scanner could be reached."""
    spending_files.scan_waiting()


@shared_task
def remind_of_reports() -> None:
    """The reports of the year ahead; the reminders and the ladder of overdue reports, each level once."""
    report.plan_due_reports()
    report.send_due_reminders()
    rectification.send_due_alerts()


@shared_task
def keep_months() -> None:
    """The kept months of studios are counted anew: what was loaded in bulk, or written past the door, is put right."""
    month.rebuild()

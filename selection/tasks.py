"""Jobs of the selection: due work is found by query, each item in its own transaction, so that a killed run loses nothing.

One task a sweep: a sweep that fails does not keep the others from their work.
"""

from __future__ import annotations

from celery import shared_task

from selection.actions import (
    attachment,
    board,
    evidence,
    notice,
    notice_schedule,
    objection_case,
    qualification,
    reminders,
    round,
    seat,
)


@shared_task
def close_due_rounds() -> None:
    """Rounds whose closing time has come."""
    round.close_due_rounds()


@shared_task
def disqualify_overdue_corrections() -> None:
    """Dossiers that were not corrected in time."""
    qualification.disqualify_overdue_corrections()


@shared_task
def post_due_notices() -> None:
    """Notices approved for a time that has come."""
    notice_schedule.post_due_notices()


@shared_task
def end_due_notices() -> None:
    """Notices whose period is over."""
    notice.end_due_notices()


@shared_task
def clear_due_nominations() -> None:
    """Nominees whose own period is over and against whom nothing is open."""
    notice.clear_due_nominations()


@shared_task
def remind() -> None:
    """Every reminder that is due, once each."""
    reminders.send_due_reminders()


@shared_task
def warn_of_ending_boards() -> None:
    """Boards of federations whose term ends soon or has ended, once each."""
    board.warn_of_ending_boards()


@shared_task
def scan_attachments() -> None:
    """Files that no scanner has seen yet, where one is configured."""
    attachment.scan_waiting()
    evidence.scan_waiting()


@shared_task
def drop_orphaned_files() -> None:
    """Files that belong to no record."""
    attachment.drop_orphans()
    evidence.drop_unclaimed()


@shared_task
def count_open_days() -> None:
    """Deadlines of objections that waited for a calendar."""
    objection_case.count_open_days()


SWEEPS = (
    close_due_rounds,
    disqualify_overdue_corrections,
    post_due_notices,
    end_due_notices,
    clear_due_nominations,
    count_open_days,
)


def take_due_steps() -> None:
    """Every step whose time has come, here and now: what the timetable does piece by piece."""
    for sweep in SWEEPS:
        sweep()


@shared_task
def vacate_barred_seats() -> None:
    """Experts whom the integrity register bars, on draws that are not opened."""
    seat.vacate_barred()

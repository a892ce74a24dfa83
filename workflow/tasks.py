"""Jobs of the workflow. Due work is found by query, so a missed, doubled or killed run is harmless."""

from __future__ import annotations

from celery import shared_task

from workflow import jobfiles, jobs, outbox


@shared_task
def deliver_messages() -> None:
    """Send what waits in the outbox."""
    while outbox.deliver_batch() == outbox.BATCH:
        pass


@shared_task
def run_jobs() -> None:
    """Do the long work that waits."""
    jobs.run_waiting()


@shared_task
def remove_job_files() -> None:
    """Files of jobs are kept for a day."""
    jobfiles.remove_old()

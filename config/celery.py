"""The job worker's application and the only timetable."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("lingxuan")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Sweeps: each finds its due work by query, so a missed or doubled beat is harmless. task -> every so many seconds
_SWEEPS = {
    "accounts.tasks.forget_old_answers": 3600.0,
    "workflow.tasks.deliver_messages": 2.0,
    "workflow.tasks.run_jobs": 2.0,
    "workflow.tasks.remove_job_files": 600.0,
    "selection.tasks.close_due_rounds": 2.0,
    "selection.tasks.disqualify_overdue_corrections": 10.0,
    "selection.tasks.post_due_notices": 2.0,
    "selection.tasks.end_due_notices": 2.0,
    "selection.tasks.clear_due_nominations": 2.0,
    "selection.tasks.remind": 60.0,
    "selection.tasks.count_open_days": 60.0,
    "selection.tasks.scan_attachments": 10.0,
    "selection.tasks.drop_orphaned_files": 3600.0,
    "selection.tasks.warn_of_ending_boards": 600.0,
    "selection.tasks.vacate_barred_seats": 10.0,
    "studios.tasks.establish_studios": 5.0,
    "studios.tasks.follow_revocations": 10.0,
    "studios.tasks.scan_vouchers": 30.0,
    "studios.tasks.remind_of_reports": 60.0,
    "studios.tasks.remind_of_recoveries": 60.0,
    "studios.tasks.keep_months": 3600.0,
}
app.conf.beat_schedule = {
    task: {"task": task, "schedule": seconds, "options": {"expires": 2 * seconds + 1}}
    for task, seconds in _SWEEPS.items()
}

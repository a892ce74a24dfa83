"""The job worker's application and the only timetable."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("lingxuan")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Sweeps: each finds its due work by query, so a missed or doubled beat is harmless.
app.conf.beat_schedule = {
    "deliver messages": {"task": "workflow.tasks.deliver_messages", "schedule": 2.0, "options": {"expires": 5}},
    "due steps of rounds": {"task": "selection.tasks.take_due_steps", "schedule": 2.0, "options": {"expires": 5}},
    "new studios": {"task": "studios.tasks.establish_studios", "schedule": 5.0, "options": {"expires": 10}},
    "remind of reports": {"task": "studios.tasks.remind_of_reports", "schedule": 60.0, "options": {"expires": 120}},
    "remind of deadlines": {"task": "selection.tasks.remind", "schedule": 60.0, "options": {"expires": 120}},
}

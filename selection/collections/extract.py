"""The long work of an export."""

from __future__ import annotations

from tempfile import TemporaryFile
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from selection.actions import extract as actions
from selection.documents.table import MEDIA, WRITERS
from selection.queries.extract import headings, lines, rows_for_export
from workflow import clock, jobs
from workflow.jobs import Kind, Progress
from workflow.models import Job


def export(job: Job, progress: Progress) -> dict[str, Any]:
    """Write the list into a file row by row, keep it with the job and put it on the ledger."""
    person = User.objects.get(pk=job.started_by)
    rows = rows_for_export(person, job.given["query"])
    total = rows.count()
    progress.begin(total)
    form, count = job.given["form"], 0

    def counted(number: int) -> None:
        nonlocal count
        count = number
        progress.at(number)

    with TemporaryFile() as content:
        WRITERS[form](content, headings(), lines(rows, masked=True, at=counted))
        progress.writing()
        name = _("申报名单_%(at)s.%(form)s") % {"at": clock.now().strftime("%Y%m%d_%H%M"), "form": form}
        actions.record_export(
            job, by=person, name=name, media_type=MEDIA[form], content=content, rows=count,
            finish=lambda: progress.finish({"rows": count}),
        )  # fmt: skip
    return {"rows": count}


jobs.register(actions.EXPORT, Kind(gettext_lazy("导出申报名单"), export))

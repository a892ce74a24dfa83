"""The long work of writing a round's record."""

from __future__ import annotations

from tempfile import TemporaryFile
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from selection.actions import record as actions
from selection.documents.record import write_zip
from selection.models import Round
from selection.queries.record import attachments
from workflow import jobs
from workflow.jobs import Kind, Progress
from workflow.models import Job

OTHER_FILES = 20  # besides the attachments


def export(job: Job, progress: Progress) -> dict[str, Any]:
    """Write the archive, keep it with the job and put it on the ledger."""
    person, round_ = User.objects.get(pk=job.started_by), Round.objects.get(pk=job.given["round"])
    progress.begin(OTHER_FILES + len(attachments(round_)))
    with TemporaryFile() as content:
        written = actions.Export(round_, lambda row: write_zip(row, content, written=progress.at))
        progress.writing()
        result = {"entries": written.entries, "manifest": written.manifest}
        actions.record_export(
            job, by=person, written=written, name=_("评选档案_%(code)s.zip") % {"code": round_.code}, content=content,
            finish=lambda: progress.finish(result),
        )  # fmt: skip
    return result


jobs.register(actions.EXPORT, Kind(gettext_lazy("导出评选档案"), export))

"""The long work on the network: checking a file, bringing in what is clean."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from selection.documents.workbook import Workbook
from selection.errors import BadFile
from studios.actions import network as actions
from studios.forms.network import Intake, read
from studios.queries.network import counties_of
from workflow import jobfiles, jobs
from workflow.jobs import Kind, Progress
from workflow.models import Job

MOST_LISTED = 20_000


@contextmanager
def _opened(check: Job) -> Iterator[Workbook]:
    file = jobfiles.of(check, "input")
    if file is None:
        raise BadFile(_("上传的文件只保留一天，现已删除。请重新上传。"), code="file_gone")
    with TemporaryFile() as content:
        jobfiles.copy_to(file, content)
        yield Workbook(file.name, content)


def _read(job: Job, person: User, progress: Progress) -> Intake:
    with _opened(job) as book:
        progress.begin(1)
        return read(book, counties=counties_of(person))


def check(job: Job, progress: Progress) -> dict[str, Any]:
    """Read all of the file and write down what is wrong; nothing is brought in."""
    intake = _read(job, User.objects.get(pk=job.started_by), progress)
    return {
        "rows": intake.read,
        "clean": len(intake.rows),
        "fault_count": len(intake.faults),
        "faults": [fault.as_list() for fault in intake.faults[:MOST_LISTED]],
    }


def bring_in(job: Job, progress: Progress) -> dict[str, Any]:
    """Read the file again, and bring in what the check found clean, all or none."""
    person, checked = User.objects.get(pk=job.started_by), Job.objects.get(pk=job.given["check"])
    intake = _read(checked, person, progress)
    if len(intake.rows) != checked.result["clean"]:
        raise BadFile(_("核对之后情况有变，没有导入任何内容。请重新上传核对。"), code="changed_meanwhile")
    file = jobfiles.of(checked, "input")
    progress.writing(_("正在写入%(n)s行") % {"n": len(intake.rows)})
    left = intake.read - len(intake.rows)
    actions.bring_in(
        intake.rows, by=person, file_digest=file.sha256 if file else "", hold=progress.hold,
        finish=lambda n: progress.finish({"imported": n, "left_out": left}),
    )  # fmt: skip
    jobfiles.remove(checked)
    return {"imported": len(intake.rows), "left_out": left}


jobs.register(
    actions.CHECK,
    Kind(gettext_lazy("核对站点文件"), check, lambda job: reverse("network_import_result", args=[job.pk])),
)
jobs.register(actions.IMPORT, Kind(gettext_lazy("导入站点"), bring_in, lambda job: reverse("network_list")))

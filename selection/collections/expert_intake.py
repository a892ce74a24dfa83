"""The long work on the pool: checking a file, bringing in what is clean, writing a list."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from selection.actions import expert_intake as actions
from selection.documents.table import MEDIA, WRITERS
from selection.documents.workbook import Workbook
from selection.errors import BadFile
from selection.forms.expert_intake import read
from selection.queries.expert_extract import headings, lines, rows_for_export
from workflow import clock, jobfiles, jobs
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


def check(job: Job, progress: Progress) -> dict[str, Any]:
    """Read all of the file and write down what is wrong; nothing is brought in."""
    with _opened(job) as book:
        intake = read(book, begin=progress.begin, at=progress.at)
    return {
        "people": len(intake.people),
        "rows": intake.rows,
        "clean_rows": [one.row for one in intake.clean_people],
        "clean_lines": len(intake.clean_lines),
        "lines": len(intake.lines),
        "fault_count": len(intake.faults),
        "faults": [fault.as_list() for fault in intake.faults[:MOST_LISTED]],
    }


def bring_in(job: Job, progress: Progress) -> dict[str, Any]:
    """Read the file again, and bring in what the check found clean, all or none."""
    person, checked = User.objects.get(pk=job.started_by), Job.objects.get(pk=job.given["check"])
    with _opened(checked) as book:
        intake = read(book, begin=progress.begin, at=progress.at)
    people = intake.clean_people
    if [one.row for one in people] != checked.result["clean_rows"]:
        raise BadFile(_("核对之后情况有变，没有导入任何内容。请重新上传核对。"), code="changed_meanwhile")
    file = jobfiles.of(checked, "input")
    progress.writing(_("正在一次写入%(n)s人") % {"n": len(people)})
    result = {"imported": len(people), "left_out": len(intake.people) - len(people)}
    actions.import_experts(
        by=person, people=people, lines=intake.clean_lines, file_digest=file.sha256 if file else "",
        hold=progress.hold, finish=lambda: progress.finish(result),
    )  # fmt: skip
    jobfiles.remove(checked)
    return result


def export(job: Job, progress: Progress) -> dict[str, Any]:
    """Write the list into a file row by row, keep it with the job and put it on the ledger."""
    person = User.objects.get(pk=job.started_by)
    rows = rows_for_export(person, job.given["query"])
    total = rows.count()
    progress.begin(total)
    form = job.given["form"]
    with TemporaryFile() as content:
        WRITERS[form](content, headings(), lines(rows, at=progress.at))
        progress.writing()
        name = _("专家名单_%(at)s.%(form)s") % {"at": clock.now().strftime("%Y%m%d_%H%M"), "form": form}
        actions.record_export(
            job, by=person, name=name, media_type=MEDIA[form], content=content, rows=total,
            finish=lambda: progress.finish({"rows": total}),
        )  # fmt: skip
    return {"rows": total}


jobs.register(
    actions.CHECK,
    Kind(gettext_lazy("核对专家文件"), check, lambda job: reverse("expert_import_result", args=[job.pk])),
)
jobs.register(actions.IMPORT, Kind(gettext_lazy("导入专家"), bring_in, lambda job: reverse("expert_list")))
jobs.register(actions.EXPORT, Kind(gettext_lazy("导出专家名单"), export))

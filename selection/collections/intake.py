"""The long work of an import: checking a file, and bringing in what was found clean."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from selection.actions import intake as actions
from selection.documents.workbook import Workbook
from selection.errors import BadFile
from selection.forms.intake import read
from selection.models import Round
from workflow import jobfiles, jobs
from workflow.jobs import Kind, Progress
from workflow.models import Job

MOST_LISTED = 20_000  # faults kept with their places; a file with more is told their number


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
    person, round_ = _who(job), Round.objects.get(code=job.given["round"])
    with _opened(job) as book:
        intake = read(book, round_, by=person, begin=progress.begin, at=progress.at)
    return {
        "people": len(intake.people),
        "rows": intake.rows,
        "clean_rows": [one.row for one in intake.clean],
        "fault_count": len(intake.faults),
        "faults": [fault.as_list() for fault in intake.faults[:MOST_LISTED]],
    }


def bring_in(job: Job, progress: Progress) -> dict[str, Any]:
    """Read the file again, and bring in those whom the check found clean, all or none."""
    person, checked = _who(job), Job.objects.get(pk=job.given["check"])
    round_ = Round.objects.get(code=checked.given["round"])
    with _opened(checked) as book:
        intake = read(book, round_, by=person, begin=progress.begin, at=progress.at)
    people = intake.clean
    if [one.row for one in people] != checked.result["clean_rows"]:
        raise BadFile(_("核对之后情况有变，没有导入任何内容。请重新上传核对。"), code="changed_meanwhile")
    file = jobfiles.of(checked, "input")
    progress.writing(_("正在一次写入%(n)s份") % {"n": len(people)}, total=actions.rows_to_write(people))
    result = {"imported": len(people), "left_out": len(intake.people) - len(people), "round": round_.code}
    actions.import_nominations(
        round_, by=person, people=people, file_digest=file.sha256 if file else "",
        hold=progress.hold, finish=lambda _n: progress.finish(result), at=progress.within,
    )  # fmt: skip
    jobfiles.remove(checked)
    return result


def _who(job: Job) -> User:
    return User.objects.get(pk=job.started_by)


jobs.register(
    actions.CHECK,
    Kind(gettext_lazy("核对导入文件"), check, lambda job: reverse("nomination_import_result", args=[job.pk])),
)
jobs.register(
    actions.IMPORT,
    Kind(
        gettext_lazy("导入申报"),
        bring_in,
        lambda job: f"{reverse('nomination_list')}?round={job.result.get('round', '')}&state=draft",
    ),
)

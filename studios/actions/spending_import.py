"""Files of expenses: checked by a job that writes nothing, then brought in, all or none."""

from __future__ import annotations

from typing import IO

from django.utils.translation import gettext as _

from studios.actions.spending import require_open
from studios.models import Studio
from workflow import door, jobfiles, jobs
from workflow.actor import Actor
from workflow.errors import StepRefused
from workflow.models import Job

CHECK, IMPORT = "spending.check", "spending.import"  # kinds of jobs


@door.act
def begin_check(studio: Studio, *, by: Actor, name: str, content: IO[bytes]) -> Job:
    """Have a file checked."""
    require_open(studio, by)
    job = jobs.start(CHECK, by=by, given={"studio": studio.pk}, about=name[:120])
    jobfiles.put(job, "input", name, "application/octet-stream", content)
    return job


@door.act
def begin_import(studio: Studio, *, check: Job, by: Actor) -> Job:
    """Bring in a file in which the check found no fault. Asked for twice, it stays one job."""
    require_open(studio, by)
    if check.kind != CHECK or check.status != Job.Status.DONE or check.started_by != str(by.id):
        raise StepRefused(_("核对尚未完成。"), code="not_checked")
    if check.given.get("studio") != studio.pk or not check.result.get("rows") or check.result["fault_count"]:
        raise StepRefused(_("文件有问题，改正全部问题后重新上传，才能导入。"), code="not_clean")
    given = {"check": check.pk, "studio": studio.pk}
    return jobs.start(IMPORT, by=by, given=given, key=f"{IMPORT}:{check.pk}", about=check.about)

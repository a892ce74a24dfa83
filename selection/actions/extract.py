"""Taking a list out of the system: asked for, done by a job, on the ledger with its rows and the digest of its file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import IO, Any

from django.utils.translation import gettext_lazy as _

from selection.queries.extract import may_unmask
from workflow import door, jobfiles, jobs, kinds, ledger
from workflow.actor import Actor
from workflow.errors import NotPermitted, StepRefused
from workflow.models import Job, JobFile

EXPORT = "nominations.export"  # the kind of job
EXPORTED = kinds.named("nominations.exported", _("导出申报名单"))
SHORTEST_REASON = 10


@door.act
def begin_export(*, by: Actor, query: str, form: str, masked: bool = True, reason: str = "") -> Job:
    """Have the list exported. Identity numbers and phones in clear: only by who may, and with a reason."""
    if not masked:
        if not may_unmask(by):
            raise NotPermitted(_("只有处室负责人可以导出未脱敏的名单。"))
        if len(reason.strip()) < SHORTEST_REASON:
            raise StepRefused(_("导出未脱敏的名单须填写理由，不少于10个字。"), code="reason_required")
    given = {"query": query, "form": form, "masked": masked, "reason": reason.strip()}
    return jobs.start(EXPORT, by=by, given=given)


@door.act
def record_export(
    job: Job, *, by: Actor, name: str, media_type: str, content: IO[bytes], rows: int, finish: Callable[[], None]
) -> JobFile:  # fmt: skip
    """Keep the file with its job and write down what left: whose, how many rows, masked or why not, under which digest."""
    given: Mapping[str, Any] = job.given
    if not given["masked"] and not may_unmask(by):
        raise NotPermitted(_("只有处室负责人可以导出未脱敏的名单。"))
    file = jobfiles.put(job, "output", name, media_type, content)
    payload = {
        "rows": rows, "sha256": file.sha256, "form": given["form"], "masked": given["masked"],
        "reason": given["reason"], "query": given["query"],
    }  # fmt: skip
    ledger.append(by, chain=ledger.OFFICE, kind=EXPORTED, subject=f"workflow.job:{job.pk}", payload=payload)
    finish()
    return file

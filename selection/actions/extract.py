"""Taking a list out of the system: asked for, done by a job, on the ledger with its rows and the digest of its file.

Identity numbers and phones are masked; in clear a list leaves by two hands only (actions/export.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import IO, Any

from django.utils.translation import gettext_lazy as _

from workflow import door, jobfiles, jobs, kinds, ledger
from workflow.actor import Actor
from workflow.models import Job, JobFile

EXPORT = "nominations.export"  # the kind of job
EXPORTED = kinds.named("nominations.exported", _("导出申报名单"))


@door.act
def begin_export(*, by: Actor, query: str, form: str) -> Job:
    """Have the list exported, masked."""
    return jobs.start(EXPORT, by=by, given={"query": query, "form": form})


@door.act
def record_export(
    job: Job, *, by: Actor, name: str, media_type: str, content: IO[bytes], rows: int, finish: Callable[[], None]
) -> JobFile:  # fmt: skip
    """Keep the file with its job and write down what left: whose, how many rows, under which digest."""
    given: Mapping[str, Any] = job.given
    file = jobfiles.put(job, "output", name, media_type, content)
    payload = {
        "rows": rows, "sha256": file.sha256, "form": given["form"], "masked": True, "query": given["query"],
    }  # fmt: skip
    ledger.append(by, chain=ledger.OFFICE, kind=EXPORTED, subject=f"workflow.job:{job.pk}", payload=payload)
    finish()
    return file

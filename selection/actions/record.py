"""Taking the record of a round out of the system: on the office's chain, so that the round's own record stays as it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import IO

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from selection import policies
from selection.documents import record as documents
from selection.models import Round
from selection.models.record import RecordExport
from selection.queries.record import held_end_of
from workflow import door, jobfiles, jobs, kinds, ledger
from workflow.actor import Actor
from workflow.errors import NotPermitted, StepRefused
from workflow.machine import subject_of
from workflow.models import Job, JobFile

EXPORT = "record.export"  # the kind of job
EXPORTED = kinds.named("record.exported", _("导出评选档案"))
SHORTEST_REASON = 10
MEDIA_TYPE = "application/zip"


@door.act
def begin_export(round_: Round, *, by: Actor, reason: str) -> Job:
    """Have the record written by a worker, for a reason."""
    _require(round_, by, reason)
    return jobs.start(EXPORT, by=by, given={"round": round_.pk, "reason": reason.strip()}, about=round_.code)


def _require(round_: Round, by: Actor, reason: str) -> None:
    if not policies.may_export_record(round_, by):
        raise NotPermitted(_("只有审计管理员和处室负责人可以导出评选档案。"))
    if round_.historical or round_.state == Round.State.DRAFT:
        raise StepRefused(_("本轮尚未启动，没有可以导出的档案。"), code="wrong_state")
    if len(reason.strip()) < SHORTEST_REASON:
        raise StepRefused(_("请写明导出的理由，不少于10个字。"), code="reason_required")


@door.act
def record_export(
    job: Job, *, by: Actor, written: Export, name: str, content: IO[bytes], finish: Callable[[], None]
) -> JobFile:  # fmt: skip
    """Keep the archive with its job for a day and write down what left, under which digest."""
    file = jobfiles.put(job, "output", name, MEDIA_TYPE, content)
    _note(written, by=by, reason=job.given["reason"])
    finish()
    return file


class Export:
    """One record as it was written: read in one transaction, so that no step falls in between."""

    def __init__(self, round_: Round, write: Callable[[Round], str]) -> None:
        with transaction.atomic():
            self.round = door.locked(round_)
            end = held_end_of(self.round)  # nothing is added to the chain while the record is written
            self.stage, self.entries, self.head = self.round.state, end.count, end.head
            self.manifest = write(self.round)


def export_to_folder(round_: Round, folder: Path, *, by: Actor, reason: str) -> RecordExport:
    """Write the record into a folder that is new or empty. Raises FileExistsError."""
    _require(round_, by, reason)
    written = Export(round_, lambda row: documents.write_folder(row, folder))
    return _note(written, by=by, reason=reason)


@door.act
def _note(written: Export, *, by: Actor, reason: str) -> RecordExport:
    row = RecordExport.objects.create(
        round=written.round, stage=written.stage, entries=written.entries, head=written.head, manifest=written.manifest,
        reason=reason.strip()[:500], exported_by=str(by.name),
    )  # fmt: skip
    payload = {
        "round": written.round.code, "state": row.stage, "count": row.entries, "head": row.head,
        "manifest": row.manifest, "reason": row.reason,
    }  # fmt: skip
    ledger.append(by, chain=ledger.OFFICE, kind=EXPORTED, subject=subject_of(written.round), payload=payload)
    return row

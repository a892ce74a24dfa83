"""Long work, done by a worker and shown on a page that can be left.

A worker finds what waits by query and claims it under a lease; while it works it renews the lease. A killed worker's job
is claimed again when the lease runs out, and begins anew: a handler writes all it writes in one transaction that ends
with `Progress.finish`, so that a second run finds either nothing done or the job done.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext

from workflow import clock, whisper
from workflow.actor import Actor
from workflow.errors import Refused, Sentence
from workflow.models import Job

LEASE = timedelta(seconds=60)
WRITING_LEASE = timedelta(minutes=10)  # an act that is one transaction cannot renew its lease on the way
MAX_ATTEMPTS = 3
SECONDS_BETWEEN_NOTES = 0.5


class Cancelled(Exception):
    """Whoever started the job asked for its end, or another worker holds it now."""


@dataclass(frozen=True)
class Kind:
    """What a kind of job is called, who does it, and the page that shows what came of it."""

    label: Sentence
    run: Callable[[Job, Progress], dict[str, Any]]
    url: Callable[[Job], str] = lambda job: ""


_kinds: dict[str, Kind] = {}


def register(name: str, kind: Kind) -> None:
    """Make a kind of job known. A name is registered once."""
    if name in _kinds:
        raise ValueError(f"job {name!r} is registered already")
    _kinds[name] = kind


def kind_of(job: Job) -> Kind:
    """The kind of a job."""
    return _kinds[job.kind]


class Progress:
    """How a handler says how far it is. Every note renews the lease and asks whether to stop."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self._noted = 0.0

    def begin(self, total: int, phase: Sentence = "") -> None:
        """So much is to be done in this phase."""
        self._note(total=total, done=0, phase=str(phase)[:80])

    def at(self, done: int) -> None:
        """So much is done; written down twice a second at most."""
        if time.monotonic() - self._noted >= SECONDS_BETWEEN_NOTES:
            self._note(done=done)

    def writing(self, phase: Sentence = "", total: int | None = None) -> None:
        """From here on all is one transaction: call before it opens. So much is written in it; `within` says how far."""
        counted = {} if total is None else {"total": total, "done": 0}
        self._note(lease=WRITING_LEASE, phase=str(phase)[:80], **counted)

    def within(self, done: int) -> None:
        """So much is written inside the transaction: said beside the database, which shows nothing before its end."""
        if time.monotonic() - self._noted >= SECONDS_BETWEEN_NOTES:
            self._noted = time.monotonic()
            whisper.tell(self.job, done)

    def _note(self, *, lease: timedelta = LEASE, **values: Any) -> None:
        self._noted = time.monotonic()
        if not _held(self.job).filter(cancel_asked=False).update(lease_until=clock.now() + lease, **values):
            raise Cancelled

    def hold(self) -> None:
        """Inside the transaction that writes, first: nobody else has the job, nobody has cancelled it."""
        ours = _held(self.job).filter(cancel_asked=False).select_for_update()
        if ours.values_list("pk", flat=True).first() is None:
            raise Cancelled

    def finish(self, result: Mapping[str, Any]) -> None:
        """Inside the transaction that writes, last: the job is done exactly if what it wrote is there."""
        _finish(self.job, Job.Status.DONE, result=dict(result))


def far(job: Job) -> int:
    """How much of a job is done, what it is writing just now included."""
    if job.status != Job.Status.RUNNING:
        return job.done
    return min(job.total, max(job.done, whisper.heard(job)))


def _held(job: Job) -> QuerySet[Job]:
    return Job.objects.filter(pk=job.pk, status=Job.Status.RUNNING, holder=job.holder)


@transaction.atomic
def start(kind: str, *, by: Actor, given: Mapping[str, Any], key: str = "", about: str = "") -> Job:
    """Queue a job, or find the one that was started under this key."""
    if kind not in _kinds:
        raise LookupError(f"no job of kind {kind!r}")
    job, _new = Job.objects.get_or_create(
        key=key or secrets.token_hex(16),
        defaults={
            "kind": kind,
            "started_by": str(by.id),
            "started_by_name": str(by.name)[:60],
            "language": translation.get_language() or "zh-hans",
            "given": dict(given),
            "about": about,
        },
    )
    transaction.on_commit(_wake, robust=True)
    return job


def _wake() -> None:
    from workflow.tasks import run_jobs  # the tasks import this module

    run_jobs.apply_async(retry=False)


def started_by(actor: Actor) -> QuerySet[Job]:
    """The jobs of one person: nobody sees another's."""
    return Job.objects.filter(started_by=str(actor.id))


def cancel(job: Job) -> None:
    """Ask for the end of a job; one that nobody has taken up ends at once."""
    Job.objects.filter(pk=job.pk, status=Job.Status.QUEUED).update(
        status=Job.Status.CANCELLED, cancel_asked=True, finished_at=clock.now()
    )
    Job.objects.filter(pk=job.pk, status=Job.Status.RUNNING).update(cancel_asked=True)


def run_waiting() -> int:
    """Do what waits, one job after the other; how many."""
    count = 0
    while (job := claim()) is not None:
        run(job)
        count += 1
    return count


def claim(wanted: Job | None = None) -> Job | None:
    """Take up a job that waits, or one whose worker is gone. After too many attempts it has failed."""
    present = clock.now()
    with transaction.atomic():
        due = Job.objects.filter(
            Q(status=Job.Status.QUEUED) | Q(status=Job.Status.RUNNING, lease_until__lt=present)
        )
        due = due.filter(pk=wanted.pk) if wanted else due
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        job = due.order_by("pk").first()
        if job is None:
            return None
        if job.attempts >= MAX_ATTEMPTS:
            _fail(job, gettext("处理中断%(n)s次，已停止。请联系系统管理员。") % {"n": job.attempts})
            return claim(wanted)
        job.attempts, job.holder = job.attempts + 1, secrets.token_hex(16)
        job.status, job.lease_until, job.done = Job.Status.RUNNING, present + LEASE, 0
        job.save(update_fields=["attempts", "holder", "status", "lease_until", "done"])
    return job


def run(job: Job) -> None:
    """Do a claimed job to its end, in the language of who started it."""
    with translation.override(job.language):
        _run(job)


def _run(job: Job) -> None:
    try:
        result = kind_of(job).run(job, Progress(job))
    except Cancelled:
        _finish(job, Job.Status.CANCELLED)
    except Refused as refusal:
        _fail(job, str(refusal))
    else:
        _finish(job, Job.Status.DONE, result=result)


def run_now(job: Job) -> Job:
    """Do a small job at once, unless a worker has taken it up already; as it then stands."""
    claimed = claim(job)
    if claimed is not None:
        run(claimed)
    job.refresh_from_db()
    return job


def _fail(job: Job, sentence: str) -> None:
    _finish(job, Job.Status.FAILED, error=sentence[:500])


def _finish(job: Job, status: str, **values: Any) -> None:
    if values.get("result") is None:
        values.pop("result", None)
    if status == Job.Status.DONE:
        values["done"] = F("total")
    _held(job).update(status=status, finished_at=clock.now(), lease_until=None, **values)

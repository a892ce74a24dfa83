"""One step on many dossiers: frozen and looked at first, then taken by all of them or by none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from selection.errors import BulkRefused
from selection.models import Nomination, Quota
from selection.models.bulk import BulkRun
from workflow import clock, door, jobs, kinds, ledger
from workflow.actor import Actor
from workflow.errors import NotPermitted, Refused, StepRefused
from workflow.machine import subject_of
from workflow.models import Job

CONFIRMED = kinds.named("bulkrun.confirm", _("确认批量办理"))
BULK = "nominations.bulk"  # the kind of job
AT_ONCE = 50  # more are left to a worker

Take = Callable[[Nomination], Any]


@door.act
def freeze(*, by: User, step: str, chosen: Sequence[Sequence[Any]]) -> BulkRun:
    """Fix the list with what the preview says of each."""
    return BulkRun.objects.create(
        step=step, created_by=by, created_at=clock.now(), chosen=[list(row) for row in chosen]
    )


@door.act
def confirm(run: BulkRun, *, by: Actor, reason: str = "") -> tuple[BulkRun, bool, Job | None]:
    """Confirm the list, once: the run, whether this was the first time, and the job if it is a long one."""
    row = BulkRun.objects.select_for_update().get(pk=run.pk)
    if row.created_by_id != by.id:
        raise NotPermitted(_("只能确认本人核对的批量办理。"))
    if row.confirmed_at is not None:
        return row, False, None
    if not row.passing:
        raise StepRefused(_("没有可以办理的申报。"), code="nobody_passes")
    row.confirmed_at, row.reason = clock.now(), reason
    row.save(update_fields=["confirmed_at", "reason"])
    payload = {"step": row.step, "reason": reason, "codes": [code for _pk, code, *_rest in row.passing]}
    ledger.append(by, chain=row.chain_key, kind=CONFIRMED, subject=subject_of(row), payload=payload)
    long = len(row.passing) > AT_ONCE
    job = jobs.start(BULK, by=by, given={"run": row.pk}, key=f"{BULK}:{row.pk}") if long else None
    return row, True, job


@door.act
def take_all(
    run: BulkRun,
    *,
    by: Actor,
    take: Take,
    hold: Callable[[], None] = lambda: None,
    finish: Callable[[], None] = lambda: None,
) -> BulkRun:
    """Take the step on every passing dossier in one act. Raises `BulkRefused` naming all that refuse: then none is taken."""
    hold()
    row = BulkRun.objects.select_for_update().get(pk=run.pk)
    if row.confirmed_at is None or row.finished_at is not None:
        return row
    ids = [pk for pk, *_rest in row.passing]
    rows = Nomination.objects.filter(pk__in=ids)
    door.hold(Quota.objects.filter(pk__in=_quotas(rows)))
    door.hold(rows)
    found = rows.select_related("round", "nominee", "unit", "county", "nominator").in_bulk(ids)
    if refused := [why for pk in ids if (why := _refusal(found[pk], take))]:
        raise BulkRefused(refused)
    row.taken, row.finished_at = ids, clock.now()
    row.save(update_fields=["taken", "finished_at"])
    finish()
    return row


def _quotas(rows: Any) -> list[int]:
    """The places of these dossiers' nominators: whoever withdraws one locks them before the dossier."""
    pairs = set(rows.values_list("round", "nominator"))
    quotas = Quota.objects.filter(
        round__in={pair[0] for pair in pairs}, nominator__in={pair[1] for pair in pairs}
    )
    return [pk for pk, *pair in quotas.values_list("pk", "round", "nominator") if tuple(pair) in pairs]


def _refusal(row: Nomination, take: Take) -> list[Any]:
    try:
        with transaction.atomic():
            take(row)
    except Refused as refusal:
        return [row.pk, row.code, row.nominee.name, str(refusal)]
    return []


@door.act
def record_refusals(
    run: BulkRun, *, by: Actor, refused: Sequence[Sequence[Any]], finish: Callable[[], None] = lambda: None
) -> BulkRun:  # fmt: skip
    """Nothing was taken: keep by which dossiers."""
    row = BulkRun.objects.select_for_update().get(pk=run.pk)
    if row.finished_at is None and row.created_by_id == by.id:
        row.refused, row.finished_at = [list(one) for one in refused], clock.now()
        row.save(update_fields=["refused", "finished_at"])
    finish()
    return row

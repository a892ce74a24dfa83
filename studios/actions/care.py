"""Measures of care: entered by the bureau that took them, taken back with the reason."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from selection.models import Recognition
from studios import policies
from studios.errors import CareRefused
from studios.models import CareMeasure
from studios.queries import care as queries
from workflow import clock, door, kinds, ledger
from workflow.actor import Actor
from workflow.errors import NotPermitted
from workflow.machine import subject_of

RECORDED = kinds.named("caremeasure.recorded", _("登记关爱措施"))
TAKEN_BACK = kinds.named("caremeasure.taken_back", _("撤回关爱措施"))
EXPORTED = kinds.named("caremeasure.exported", _("导出关爱措施"))
SHORTEST_REASON = 10


@door.act
def record(
    recognition: Recognition,
    *,
    by: Actor,
    kind: str,
    given_on: date,
    note: str,
    evidence: str = "",
    amount: Decimal | None = None,
) -> CareMeasure:
    """Enter what the officer's bureau did for a talent of its own area."""
    office, city = _office_of(by)
    if not queries.talents_of(office).filter(pk=recognition.pk).exists():
        raise NotPermitted(_("只能登记本地区人才的关爱措施。"))
    if given_on > clock.today():
        raise CareRefused(_("日期不能晚于今天。"), code="future")
    made = CareMeasure.objects.create(
        recognition=recognition, office=office, city=city, kind=kind, given_on=given_on,
        note=note.strip(), evidence=evidence.strip(), amount=amount, recorded_by_id=by.id, recorded_at=clock.now(),
    )  # fmt: skip
    payload = {
        "talent": recognition.name_key, "kind": kind, "on": given_on.isoformat(), "note": made.note,
        "evidence": made.evidence, "amount": str(amount) if amount is not None else "",
    }  # fmt: skip
    _enter(made, RECORDED, by, payload)
    return made


def _office_of(by: Actor) -> tuple[Organisation, Organisation]:
    """The officer's bureau and the city that it belongs to."""
    row = Organisation.objects.select_related("parent").filter(pk=by.organisation_id).first()
    city = queries.city_of(row) if row is not None else None
    if row is None or city is None or not policies.may_record_care(None, by):
        raise NotPermitted(_("只有市、县民政局经办可以登记关爱措施。"))
    return row, city


@door.act
def take_back(measure: CareMeasure, *, by: Actor, reason: str) -> CareMeasure:
    """What was entered by mistake; the line is kept and counts no more."""
    row = CareMeasure.objects.select_for_update().get(pk=measure.pk)
    if (
        not isinstance(by, User)
        or row.office_id != by.organisation_id
        or not policies.may_record_care(None, by)
    ):
        raise NotPermitted(_("只有登记单位的经办可以撤回。"))
    if row.taken_back_at is not None:
        raise CareRefused(_("该条已经撤回。"), code="taken_back")
    if len(reason.strip()) < SHORTEST_REASON:
        raise CareRefused(_("请填写理由，不少于10个字。"), code="reason_required")
    row.taken_back_at, row.taken_back_why = clock.now(), reason.strip()[:300]
    row.save(update_fields=["taken_back_at", "taken_back_why"])
    _enter(row, TAKEN_BACK, by, {"reason": row.taken_back_why})
    return row


@door.act
def record_export(*, by: Actor, rows: int, query: str) -> None:
    """Write down what left."""
    payload = {"rows": rows, "query": query}
    ledger.append(by, chain="studios", kind=EXPORTED, subject="studios.caremeasure", payload=payload)


def _enter(row: CareMeasure, kind: str, by: Actor, payload: dict[str, str]) -> None:
    ledger.append(by, chain=row.chain_key, kind=kind, subject=subject_of(row), payload=payload)

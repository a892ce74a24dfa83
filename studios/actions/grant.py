"""What is done with an instalment: asked for, approved and paid by three persons."""

from __future__ import annotations

from typing import Any
from unicodedata import normalize

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from studios.errors import ConditionNotLocked, NumberTaken
from studios.messages import grant as messages
from studios.models import GateWaiver, Instalment, Studio, gate_words
from studios.models.gate import to_waive
from workflow import clock, door
from workflow.actor import Actor

LONGEST_NUMBER = 60
LONGEST_REASON = 2000


@door.act
def request(instalment: Instalment, *, by: Actor, note: str = "") -> Instalment:
    """The talent asks for an instalment."""
    moved = door.take(instalment, "request", by=by, requester=by, at=clock.now(), note=note)
    messages.requested(moved, by=by)
    return moved


@door.act
def approve(instalment: Instalment, *, by: Actor) -> Instalment:
    """The manager approves what was asked for."""
    moved = door.take(instalment, "approve", by=by, approver=by, at=clock.now())
    messages.approved(moved, by=by)
    return moved


@door.act
def pay(instalment: Instalment, *, by: Actor, voucher: str) -> Instalment:
    """Finance record the payment; one voucher pays one instalment, however its number is typed."""
    number = voucher_number(voucher)
    payload = {"voucher": number, "amount": str(instalment.amount)}
    try:
        moved = door.take(instalment, "pay", by=by, payer=by, at=clock.now(), voucher=number, payload=payload)
    except IntegrityError as clash:
        raise NumberTaken(_("凭证号%(number)s已用于另一笔支付。") % {"number": number}) from clash
    messages.paid(moved, by=by)
    return moved


def voucher_number(typed: str) -> str:
    """A voucher's number as it is kept and compared, however it is typed."""
    number = normalize("NFKC", typed).strip()
    if not 0 < len(number) <= LONGEST_NUMBER:  # what looks like one character may stand for several
        raise NumberTaken(_("凭证号应为1至%(n)s个字符。") % {"n": LONGEST_NUMBER}, code="bad_number")
    return number


@door.act
def withhold(instalment: Instalment, *, by: Actor, reason: str) -> Instalment:
    """Hold an instalment back."""
    return _move(instalment, "withhold", by, reason)


@door.act
def release(instalment: Instalment, *, by: Actor, reason: str) -> Instalment:
    """Let it go its way again, from the beginning."""
    return _move(instalment, "release", by, reason)


@door.act
def cancel(instalment: Instalment, *, by: Actor, reason: str) -> Instalment:
    """Give an instalment up for good."""
    return _move(instalment, "cancel", by, reason)


@door.act
def waive(instalment: Instalment, *, by: Actor, condition: str, reason: str) -> Instalment:
    """Let this instalment pass one condition that it does not meet, for a reason that stays on the record."""
    row = door.locked(instalment)
    door.require_open(row, "waive", by=by)
    locked = next((found for found in to_waive(row) if found.code == condition), None)
    if locked is None:
        raise ConditionNotLocked(_("该条件已经满足，或者不能豁免。"))
    payload = {"condition": condition, "stood": gate_words.why_not(locked, row)}
    moved = door.take(row, "waive", by=by, reason=reason, payload=payload)
    facts: dict[str, Any] = {"code": condition, "reason": reason, "waived_by": by, "waived_at": clock.now()}
    GateWaiver.objects.create(instalment=moved, **facts)
    messages.waived(moved, condition, gate_words.asked(locked), by=by, reason=reason)
    return moved


@door.act
def cancel_unpaid(studio: Studio, *, by: Actor, reason: str) -> int:
    """Cancel whatever of the award is not paid yet, in the same act as what ended the studio; how many it was.

    The whole of it is nothing where nothing is unpaid: it may be called again.
    """
    door.hold(Instalment.objects.filter(studio=studio))
    unpaid = list(Instalment.objects.filter(studio=studio, state__in=Instalment.UNPAID))
    for instalment in unpaid:
        door.take(instalment, "cancel", by=by, reason=reason[:LONGEST_REASON])
    return len(unpaid)


def _move(instalment: Instalment, step: str, by: Actor, reason: str) -> Instalment:
    moved = door.take(instalment, step, by=by, reason=reason)
    messages.moved(moved, step, by=by, reason=reason)
    return moved

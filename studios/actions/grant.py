"""What is done with an instalment: asked for, approved and paid by three persons."""

from __future__ import annotations

from unicodedata import normalize

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from studios.errors import NumberTaken
from studios.messages import grant as messages
from studios.models import Instalment
from workflow import clock, door
from workflow.actor import Actor

LONGEST_NUMBER = 60


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
    number = normalize("NFKC", voucher).strip()
    if not 0 < len(number) <= LONGEST_NUMBER:  # what looks like one character may stand for several
        raise NumberTaken(_("凭证号应为1至%(n)s个字符。") % {"n": LONGEST_NUMBER}, code="bad_number")
    payload = {"voucher": number, "amount": str(instalment.amount)}
    try:
        moved = door.take(instalment, "pay", by=by, payer=by, at=clock.now(), voucher=number, payload=payload)
    except IntegrityError as clash:
        raise NumberTaken(_("凭证号%(number)s已用于另一笔支付。") % {"number": number}) from clash
    messages.paid(moved, by=by)
    return moved


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


def _move(instalment: Instalment, step: str, by: Actor, reason: str) -> Instalment:
    moved = door.take(instalment, step, by=by, reason=reason)
    messages.moved(moved, step, by=by, reason=reason)
    return moved

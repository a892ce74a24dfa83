"""Verifying the ledger on the page, which itself is put on the record."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts import policies
from workflow import door, kinds, ledger
from workflow.actor import Actor
from workflow.errors import NotPermitted
from workflow.ledger import Fault

VERIFIED = kinds.named("ledger.verified", _("校验存证链"))


def verify(*, by: Actor) -> list[Fault]:
    """The first fault of each chain; none if all are whole."""
    if not policies.holds_any(by, policies.READS_PAYLOADS):
        raise NotPermitted(_("您的身份不能办理“%(step)s”。") % {"step": _("校验存证链")})
    faults = ledger.verify()  # outside the act: reading every entry must not hold up the writers
    _record(by, faults)
    return faults


@door.act
def _record(by: Actor, faults: list[Fault]) -> None:
    found = [f"{fault.chain} {fault.seq} {fault.what}" for fault in faults]
    ledger.append(by, chain=ledger.OFFICE, kind=VERIFIED, subject="workflow.chain", payload={"faults": found})

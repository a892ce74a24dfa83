"""A nominee beyond a rule that is generally so: the nominator asks with a reason, the province decides."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from selection import policies
from selection.messages import waiver as messages
from selection.models import Nomination, Waiver
from workflow import clock, door, kinds, ledger
from workflow.actor import Actor
from workflow.errors import NotPermitted, StepRefused
from workflow.machine import subject_of

OPENED = kinds.named("waiver.open", _("登记放宽申请"))


@door.act
def ask(nomination: Nomination, *, by: Actor, rule: str, reason: str) -> Waiver:
    """Ask the province to release this nominee from a soft rule that is not kept. Without a reason it is refused."""
    row = door.locked(nomination)
    if policies.may_nominate(row, by):  # to anybody else the door says that it is not theirs
        _require_needed(row, rule)
    elif not policies.may_ask_waiver(row, by):
        raise NotPermitted(_("只有推荐单位经办可以申请放宽。"))
    moved = door.take(row, "ask_waiver", by=by, reason=reason, payload={"rule": rule})
    asked_by = by if isinstance(by, User) else None
    waiver = Waiver.objects.create(
        nomination=moved, rule=rule, reason=reason.strip(), asked_by=asked_by, asked_at=clock.now()
    )
    ledger.append(
        by,
        chain=waiver.chain_key,
        kind=OPENED,
        subject=subject_of(waiver),
        rules_version=waiver.rules_version,
        payload={"nomination": moved.code, "rule": rule, "reason": waiver.reason},
    )
    messages.asked(waiver)
    return waiver


def _require_needed(nomination: Nomination, rule: str) -> None:
    if rule in {found.rule for found in nomination.waivable}:
        return
    standing = nomination.waivers.exclude(state=Waiver.State.REFUSED).filter(rule=rule)
    if standing.exists():
        raise StepRefused(_("该项已申请放宽，不必重复。"), code="waiver_standing")
    raise StepRefused(_("%(rule)s没有需要放宽的情形。") % {"rule": rule}, code="waiver_not_needed")


@door.act
def approve(waiver: Waiver, *, by: Actor, remark: str = "") -> Waiver:
    """Release the nominee from the rule; experts will read that it was so."""
    return _decide(waiver, "approve", by, remark)


@door.act
def refuse(waiver: Waiver, *, by: Actor, reason: str) -> Waiver:
    """Hold to the rule, with the reason."""
    return _decide(waiver, "refuse", by, reason)


def _decide(waiver: Waiver, step: str, by: Actor, remark: str) -> Waiver:
    door.locked(waiver.nomination)  # nobody concludes on the dossier meanwhile
    moved = door.take(
        waiver,
        step,
        by=by,
        reason=remark,
        remark=remark.strip(),
        decided_by=by if isinstance(by, User) else None,
        at=clock.now(),
        payload={"rule": waiver.rule},
    )
    messages.decided(moved)
    return moved

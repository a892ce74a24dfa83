"""How a new version of the rules for studios comes about: one proposes it, another adopts it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from studios import policies
from studios.errors import ProgrammeRefused
from studios.messages import programme as messages
from studios.models import ProgrammeProposal, ProgrammeVersion
from studios.models.programme import in_force
from studios.rules.programme import BadProgramme, Programme
from workflow import clock, door, kinds, ledger
from workflow.actor import Actor
from workflow.errors import NotPermitted
from workflow.machine import subject_of

PROPOSED = kinds.named("programme.propose", gettext_lazy("提出修改管理办法"))
CHAIN = "studios"


@door.act
def propose(
    *, by: Actor, content: Mapping[str, Any], basis: str, reason: str, effective_from: date
) -> ProgrammeProposal:
    """Propose the next version. Raises `ProgrammeRefused` for content that is no programme or changes nothing."""
    if not policies.may_propose_programme(None, by):
        raise NotPermitted(_("只有处室负责人可以提出修改管理办法。"))
    try:
        rules = Programme.from_dict(content)
    except BadProgramme as fault:
        raise ProgrammeRefused(_("管理办法内容有误：%(where)s。") % {"where": fault.where}) from fault
    present = in_force()
    if present is not None and rules.digest == present.digest:
        raise ProgrammeRefused(_("与现行版本相同，没有可以发布的修改。"), code="unchanged")
    if effective_from < clock.today():
        raise ProgrammeRefused(_("施行日期不能早于今天。"), code="past")
    ledger.queue_up(ledger.OFFICE)  # two at once: the second finds the first
    if ProgrammeProposal.objects.filter(state=ProgrammeProposal.State.PROPOSED).exists():
        raise ProgrammeRefused(_("已有一项修改待批准。"), code="proposal_open")
    assert isinstance(by, User)
    proposal = ProgrammeProposal.objects.create(
        content=rules.to_dict(), digest=rules.digest, basis=basis, reason=reason, effective_from=effective_from,
        proposed_by=by, proposed_at=clock.now(),
    )  # fmt: skip
    payload = {
        "digest": rules.digest,
        "basis": basis,
        "reason": reason,
        "effective_from": effective_from.isoformat(),
    }
    ledger.append(by, chain=CHAIN, kind=PROPOSED, subject=subject_of(proposal), payload=payload)
    messages.proposed(proposal, by=by)
    return proposal


@door.act
def adopt(proposal: ProgrammeProposal, *, by: Actor) -> ProgrammeProposal:
    """Make it the next version: for agreements signed from its day on, never for those signed before."""
    assert isinstance(by, User)
    row = door.locked(proposal)
    payload = {"digest": row.digest, "basis": row.basis, "effective_from": row.effective_from.isoformat()}
    moved = door.take(row, "adopt", by=by, leader=by, at=clock.now(), payload=payload)
    last = ProgrammeVersion.objects.aggregate(n=Max("version"))["n"] or 0
    moved.version = ProgrammeVersion.objects.create(
        version=last + 1, effective_from=max(moved.effective_from, clock.today()), basis=moved.basis,
        content=moved.content, digest=moved.digest, reason=moved.reason, adopted_by=by, adopted_at=clock.now(),
    )  # fmt: skip
    moved.save(update_fields=["version"])
    messages.decided(moved, by=by)
    return moved


@door.act
def decline(proposal: ProgrammeProposal, *, by: Actor, reason: str) -> ProgrammeProposal:
    """It does not become a version."""
    assert isinstance(by, User)
    moved = door.take(proposal, "decline", by=by, leader=by, at=clock.now(), reason=reason)
    messages.decided(moved, by=by)
    return moved


@door.act
def withdraw(proposal: ProgrammeProposal, *, by: Actor) -> ProgrammeProposal:
    """Who proposed it takes it back."""
    return door.take(proposal, "withdraw", by=by)

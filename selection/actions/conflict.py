"""Recusals asked for and decided by two persons, and those found late."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from selection.actions import assignment as assignments
from selection.errors import ConflictOfInterest
from selection.messages import conflict as messages
from selection.models import Assignment, Expert, Nomination, Recusal, RecusalRequest, Round
from selection.models.nominee import plain_name
from selection.queries.conflict import conflicted_duties
from workflow import clock, door, kinds, ledger
from workflow.actor import Actor
from workflow.errors import StepRefused
from workflow.machine import subject_of

OPENED = kinds.named("recusalrequest.open", _("登记回避申请"))


@door.act
def name_unsuitable(
    nomination: Nomination, *, by: Actor, name: str, reason: str, unit_name: str = "", id_number: str = ""
) -> RecusalRequest:
    """Ask to leave a person out as an expert for this nominee. Of an identity number only its keyed hash is kept."""
    row = door.locked(nomination)
    key = plain_name(name)
    _require_new(row, key, unit_name.strip())
    moved = door.take(row, "name_unsuitable", by=by, reason=reason)
    request = RecusalRequest.objects.create(
        nomination=moved, name=name.strip(), name_key=key, unit_name=unit_name.strip(),
        person_hash=Expert.hash_of(id_number), reason=reason.strip(),
        asked_by=by if isinstance(by, User) else None, asked_at=clock.now(),
    )  # fmt: skip
    ledger.append(
        by, chain=request.chain_key, kind=OPENED, subject=subject_of(request), rules_version=request.rules_version,
        payload={"nomination": moved.code, "request": request.pk},
    )  # fmt: skip
    messages.asked(request)
    return request


def _require_new(nomination: Nomination, key: str, unit_name: str) -> None:
    standing = nomination.recusal_requests.exclude(state=RecusalRequest.State.WITHDRAWN)
    if standing.filter(name_key=key, unit_name=unit_name).exists():
        raise StepRefused(_("已对此人提出过回避申请，不必重复。"), code="named_already")


@door.act
def propose(
    request: RecusalRequest, *, by: Actor, verdict: str, opinion: str, expert: Expert | None = None
) -> RecusalRequest:
    """The manager's opinion, and whom of the pool the request means; it takes effect when the supervisor confirms."""
    moved = door.take(
        request, "propose", by=by, reason=opinion, verdict=verdict, opinion=opinion.strip(), expert=expert,
        proposed_by=by if isinstance(by, User) else None, at=clock.now(),
        payload={"verdict": verdict, "expert": expert.code if expert else ""},
    )  # fmt: skip
    messages.proposed(moved)
    return moved


@door.act
def confirm(request: RecusalRequest, *, by: Actor, remark: str = "") -> RecusalRequest:
    """Decide as was proposed. Upheld, it binds every draw and every way in from now on."""
    moved = door.take(
        request, "confirm", by=by, reason=remark, remark=remark.strip(),
        confirmed_by=by if isinstance(by, User) else None, at=clock.now(), payload={"verdict": request.verdict},
    )  # fmt: skip
    if moved.state == RecusalRequest.State.UPHELD and moved.expert is not None:
        ground, reason = Recusal.Ground.UNSUITABLE, str(Recusal.Ground.UNSUITABLE.label)
        _record(moved.nomination, moved.expert, Recusal.Kind.REQUESTED, ground, reason)
    messages.decided(moved)
    return moved


@door.act
def send_back(request: RecusalRequest, *, by: Actor, reason: str) -> RecusalRequest:
    """The supervisor does not agree: the manager proposes anew."""
    moved = door.take(request, "send_back", by=by, reason=reason, remark=reason.strip())
    messages.sent_back(moved)
    return moved


@door.act
def withdraw(request: RecusalRequest, *, by: Actor) -> RecusalRequest:
    """Who asked does not ask any more."""
    return door.take(request, "withdraw", by=by)


@door.act
def bar(
    assignment: Assignment, *, by: Actor, reason: str, ground: str = Recusal.Ground.DECLARED.value
) -> Assignment:
    """A conflict found after the draw: it is recorded, the sheet voided and kept, and another expert drawn."""
    duty = assignments.vacate(assignment, "bar", by=by, reason=reason)
    _record(duty.nomination, duty.expert, Recusal.Kind.DERIVED, ground, reason)
    messages.barred(duty, assignments.replace(duty))
    return duty


@door.act
def bar_found(round_: Round, *, by: Actor) -> list[Assignment]:
    """Take every duty away on which the records now show a conflict, each with its reasons; nobody else is moved."""
    found = conflicted_duties(door.locked(round_))
    if not found:
        raise ConflictOfInterest(_("没有新发现的回避情形。"), code="no_conflict_found")
    return [
        bar(duty, by=by, reason="；".join(row.reason for row in rows), ground=rows[0].ground)
        for duty, rows in found
    ]


def _record(nomination: Nomination, expert: Expert, kind: str, ground: str, reason: str) -> None:
    Recusal.objects.get_or_create(
        nomination=nomination, expert=expert,
        defaults={"kind": kind, "ground": ground, "reason": reason[:300]},
    )  # fmt: skip

"""A disqualification looked at again: the unit asks in time, a manager who did not review answers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from selection.actions import qualification
from selection.messages import recheck as messages
from selection.models import RecheckRequest
from workflow import calendar, clock, door
from workflow.actor import Actor
from workflow.errors import StepRefused


@door.act
def request(recheck: RecheckRequest, *, by: Actor, statement: str) -> RecheckRequest:
    """Ask, with the reason; the answer is due so many working days later."""
    if not statement.strip():
        raise StepRefused(_("请写明申请复核的理由。"), code="reason_required")
    nomination = door.locked(recheck.nomination)
    due = calendar.due_after(clock.today(), nomination.round.rulebook.recheck_answer_days)
    moved = door.take(
        recheck, "request", by=by, statement=statement.strip(), requested_by=_person(by), due=due,
        payload={"statement": statement.strip(), "due": due.isoformat()},
    )  # fmt: skip
    messages.requested(moved)
    return moved


@door.act
def uphold(recheck: RecheckRequest, *, by: Actor, reason: str) -> RecheckRequest:
    """The unit was right: the dossier is reinstated in the same act."""
    nomination = door.locked(recheck.nomination)
    moved = door.take(recheck, "uphold", by=by, reason=reason, answered_by=_person(by))
    qualification.reinstate(nomination, by=by, reason=reason)
    messages.answered(moved)
    return moved


@door.act
def refuse(recheck: RecheckRequest, *, by: Actor, reason: str) -> RecheckRequest:
    """The disqualification stands."""
    door.locked(recheck.nomination)
    moved = door.take(recheck, "refuse", by=by, reason=reason, answered_by=_person(by))
    messages.answered(moved)
    return moved


def _person(by: Actor) -> User | None:
    return by if isinstance(by, User) else None

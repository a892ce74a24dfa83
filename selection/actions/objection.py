"""Objections: lodged by anybody, handled by two, known to no one else."""

from __future__ import annotations

import secrets

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from selection.errors import ConflictOfInterest
from selection.messages import objection as messages
from selection.models import Nomination, NoticeEntry, Objection
from selection.queries.objection import investigators_for, objections_visible_to
from workflow import calendar, clock, crypto, door, kinds, ledger
from workflow.actor import PUBLIC, Actor
from workflow.errors import NotPermitted, StepRefused
from workflow.machine import subject_of

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # no I, O, 0, 1: the code is read out and copied by hand
CODE_LENGTH = 12
ADMIT_DAYS, INVESTIGATE_DAYS = 3, 10  # working days

LODGED = kinds.named("objection.lodged", _("提出异议"))
VIEWED = kinds.named("objection.identity_viewed", _("查看异议人身份"))


@door.act
def lodge(
    entry: NoticeEntry,
    *,
    by: Actor,
    kind: str,
    facts: str,
    name: str = "",
    contact: str = "",
    form_key: str = "",
) -> Objection:
    """Record what somebody says against one nominee. At the end of the period and after it is a complaint.

    The same form sent twice is one objection.
    """
    notice = door.locked(entry.notice)
    door.hold(
        Nomination.objects.filter(pk=entry.nomination_id)
    )  # in time or too late, but never beside a clearing
    sent_before = Objection.objects.filter(form_key=form_key).first() if form_key else None
    if sent_before is not None:
        return sent_before
    if notice.posted_at is None:
        raise StepRefused(_("该公示尚未发布。"), code="notice_not_posted")
    present = clock.now()
    objection = Objection.objects.create(
        notice=notice,
        nomination_id=entry.nomination_id,
        code="".join(secrets.choice(ALPHABET) for _n in range(CODE_LENGTH)),
        form_key=form_key or None,
        kind=kind if _in_period(entry) else Objection.Kind.COMPLAINT,
        objector_name=name,
        objector_contact=contact,
        facts=facts,
        lodged_at=present,
        admit_due=calendar.due_after(present.date(), ADMIT_DAYS),
    )
    _record(objection, by)
    messages.lodged(objection)
    return objection


def _in_period(entry: NoticeEntry) -> bool:
    """Until 24:00 of the last day: its last second is in time, the next is not."""
    notice = entry.notice
    ends_at = entry.ends_at or notice.ends_at
    return notice.state in ("posted", "superseded") and ends_at is not None and clock.now() < ends_at


def _record(objection: Objection, by: Actor) -> None:
    """The ledger can prove that the facts were not altered, and gives nobody away."""
    ledger.append(
        by,
        chain=objection.chain_key,
        kind=LODGED,
        subject=subject_of(objection),
        rules_version=objection.rules_version,
        payload={"kind": str(objection.kind), "facts": crypto.keyed_hash(objection.facts, "objection facts")},
    )


@door.act
def admit(objection: Objection, *, by: Actor, investigator: User, neutral_issue: str) -> Objection:
    """Admit it: the candidate is held, an uninvolved person investigates within ten working days."""
    row = door.locked(objection)
    if not investigators_for(row.nomination).filter(pk=investigator.pk).exists():
        raise ConflictOfInterest(_("核查人不能是参与过该人选推荐、初审或评分的人。"))
    due = calendar.due_after(clock.today(), INVESTIGATE_DAYS)
    payload = {"investigator": str(investigator.pk), "neutral_issue": neutral_issue, "conclude_due": due}
    row = door.take(
        row, "admit", by=by, payload=payload,
        investigator=investigator, neutral_issue=neutral_issue, conclude_due=due,
    )  # fmt: skip
    messages.admitted(row)
    return row


@door.act
def refuse(objection: Objection, *, by: Actor, ground: str) -> Objection:
    """Not admissible, on a listed ground."""
    return door.take(objection, "refuse", by=by, payload={"ground": ground}, ground=ground, at=clock.now())


@door.act
def uphold(objection: Objection, *, by: Actor, conclusion: str, material: bool = False) -> Objection:
    """The objection is right; a material one goes to the leader, who removes the candidate."""
    row = door.take(
        objection, "uphold", by=by, payload={"material": material},
        conclusion=conclusion, material=material, at=clock.now(),
    )  # fmt: skip
    messages.concluded(row)
    return row


@door.act
def dismiss(objection: Objection, *, by: Actor, conclusion: str) -> Objection:
    """The objection is not right: the candidate's case goes on."""
    row = door.take(objection, "dismiss", by=by, conclusion=conclusion, at=clock.now())
    messages.concluded(row)
    return row


@door.act
def withdraw(objection: Objection, *, by: Actor, reason: str = "") -> Objection:
    """Taken back, by the manager with a reason or by whoever holds the query code."""
    words = str(_("异议人凭查询码撤回。")) if by is PUBLIC else reason
    row = door.take(objection, "withdraw", by=by, reason=words, at=clock.now())
    if row.neutral_issue:
        messages.concluded(row)
    return row


@door.act
def view_identity(objection: Objection, *, by: Actor, reason: str) -> Objection:
    """Show a handler who objects. Every view stands on the ledger, with its reason."""
    row = objections_visible_to(by).filter(pk=objection.pk).first()
    if row is None:
        raise NotPermitted(_("只有经办该异议的人可以查看异议人。"))
    ledger.append(
        by, chain=row.chain_key, kind=VIEWED, subject=subject_of(row), rules_version=row.rules_version,
        payload={"reason": reason},
    )  # fmt: skip
    return row


@door.act
def remove(nomination: Nomination, *, by: Actor, reason: str) -> Nomination:
    """The leader takes a candidate off the list: an objection was upheld and is material."""
    row = door.take(nomination, "remove", by=by, reason=reason)
    messages.removed(row)
    return row

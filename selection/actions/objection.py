"""Objections: lodged by anybody, handled by two, known to no one else."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from selection.actions import evidence
from selection.errors import ConflictOfInterest
from selection.messages import objection as messages
from selection.models import Nomination, NoticeEntry, Objection
from selection.models.objection import INVESTIGATORS_NEEDED
from selection.models.objection_days import (
    ADMIT_DAYS,
    APPEAL_DAYS,
    EXTENDED_DAYS,
    INVESTIGATE_DAYS,
    REPLY_DAYS,
    STATEMENT_DAYS,
    due,
)
from selection.queries.objection import investigators_for, objections_visible_to
from workflow import clock, crypto, door, kinds, ledger
from workflow.actor import PUBLIC, Actor
from workflow.errors import NotPermitted, OutsideWindow, StepRefused
from workflow.machine import subject_of

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # no I, O, 0, 1: the code is read out and copied by hand
CODE_LENGTH = 12
SAME_TEXT = 50  # times one text may be signed by different people against one nominee

LODGED = kinds.named("objection.lodged", _("提出异议"))
VIEWED = kinds.named("objection.viewed", _("查看异议"))
IDENTITY_VIEWED = kinds.named("objection.identity_viewed", _("查看异议人身份"))
SUPPLEMENTED = kinds.named("objection.supplemented", _("补充异议材料"))


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
    channel: str = Objection.Channel.ONLINE,
    postmarked_on: date | None = None,
) -> Objection:
    """Record what somebody says against one nominee. At the end of the period and after it is a complaint.

    The same form sent twice is one objection. A letter is as early as its postmark.
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
    in_time = _in_period(entry) if postmarked_on is None else _posted_in_period(entry, postmarked_on)
    same = _hash_of(entry, facts)
    _require_new(same, name)
    objection = Objection.objects.create(
        notice=notice,
        nomination_id=entry.nomination_id,
        code="".join(secrets.choice(ALPHABET) for _n in range(CODE_LENGTH)),
        form_key=form_key or None,
        kind=kind if in_time else Objection.Kind.COMPLAINT,
        channel=channel,
        postmarked_on=postmarked_on,
        entered_by=by if isinstance(by, User) else None,
        objector_name=name,
        objector_contact=contact,
        facts=facts,
        facts_hash=same,
        lodged_at=present,
        admit_due=due(present.date(), ADMIT_DAYS),
    )
    _record(objection, by)
    paper = channel != Objection.Channel.ONLINE
    evidence.claim(objection, by=by, form_key=form_key, source="paper" if paper else "objector")
    messages.lodged(objection)
    return objection


def _hash_of(entry: NoticeEntry, facts: str) -> str:
    """Finds the same text again, however it was spaced."""
    words = f"{entry.notice_id}:{entry.nomination_id}:{''.join(facts.split())}"
    return crypto.keyed_hash(words, "objection facts, plain")


def _require_new(same: str, name: str) -> None:
    """One text is one objection for each who signs it; and no flood of one text."""
    before = list(Objection.objects.filter(facts_hash=same)[: SAME_TEXT + 1])
    if any(row.objector_name == name for row in before):
        raise StepRefused(_("内容相同的材料已经登记，不必重复提交。"), code="repeated")
    if len(before) >= SAME_TEXT:
        raise StepRefused(_("已有多件内容相同的材料登记，正在办理，不再重复登记。"), code="repeated")


def _in_period(entry: NoticeEntry) -> bool:
    """Until 24:00 of the last day: its last second is in time, the next is not."""
    notice = entry.notice
    ends_at = entry.ends_at or notice.ends_at
    return notice.state in ("posted", "superseded") and ends_at is not None and clock.now() < ends_at


def _posted_in_period(entry: NoticeEntry, day: date) -> bool:
    """By postmark: from the day of posting to the last day of the nominee's own period."""
    ends_at = entry.ends_at or entry.notice.ends_at
    posted_at = entry.notice.posted_at
    if ends_at is None or posted_at is None:
        return False
    return posted_at.astimezone(clock.ZONE).date() <= day < ends_at.astimezone(clock.ZONE).date()


def _record(objection: Objection, by: Actor) -> None:
    """The ledger can prove that the facts were not altered, and gives nobody away."""
    ledger.append(
        by,
        chain=objection.chain_key,
        kind=LODGED,
        subject=subject_of(objection),
        rules_version=objection.rules_version,
        payload={
            "kind": str(objection.kind),
            "channel": str(objection.channel),
            "facts": crypto.keyed_hash(objection.facts, "objection facts"),
        },
    )


@door.act
def supplement(objection: Objection, *, by: Actor, text: str, form_key: str = "") -> Objection:
    """Whoever holds the code adds to what was said, once, while nothing is concluded."""
    row = door.locked(objection)
    if row.state not in ("lodged", "admitted"):
        raise OutsideWindow(_("本件已经办结，不能再补充材料。"))
    if row.supplemented_at is not None:
        raise StepRefused(_("补充材料只能提交一次。"), code="supplemented")
    row.supplement, row.supplemented_at = text, clock.now()
    row.save(update_fields=["supplement", "supplemented_at"])
    ledger.append(
        by, chain=row.chain_key, kind=SUPPLEMENTED, subject=subject_of(row), rules_version=row.rules_version,
        payload={"text": crypto.keyed_hash(text, "objection facts")},
    )  # fmt: skip
    evidence.claim(row, by=by, form_key=form_key, source="supplement")
    messages.supplemented(row)
    return row


@door.act
def admit(
    objection: Objection, *, by: Actor, investigators: Iterable[User], neutral_issue: str, grade: str = "B"
) -> Objection:
    """Admit it: the candidate is held, two uninvolved people investigate within ten working days."""
    row = door.locked(objection)
    people = _require_fit(row, investigators)
    today = clock.today()
    given: dict[str, Any] = {
        "neutral_issue": neutral_issue, "grade": grade, "conclude_due": due(today, INVESTIGATE_DAYS),
    }  # fmt: skip
    payload = {"investigators": [str(person.pk) for person in people], **given}
    row = door.take(
        row, "admit", by=by, payload=payload, at=clock.now(), statement_due=due(today, STATEMENT_DAYS), **given
    )  # fmt: skip
    row.investigators.set(people)
    messages.admitted(row, people)
    return row


def _require_fit(objection: Objection, people: Iterable[User]) -> list[User]:
    """Two at the least, none of whom has a part in the case."""
    named = list(people)
    fit = set(investigators_for(objection.nomination).values_list("pk", flat=True))
    fit |= {person.pk for person in objection.fit_investigators()}
    if any(person.pk not in fit for person in named):
        raise ConflictOfInterest(_("核查人不能是参与过该人选推荐、初审、评分或此前核查的人，也不能与该人选有利害关系。"))  # fmt: skip
    if len({person.pk for person in named}) < INVESTIGATORS_NEEDED:
        raise StepRefused(_("核查人不少于两名。"), code="too_few_investigators")
    return named


@door.act
def name_investigators(objection: Objection, *, by: Actor, investigators: Iterable[User]) -> Objection:
    """Name others, or more."""
    row = door.locked(objection)
    people = _require_fit(row, investigators)
    before = set(row.investigators.values_list("pk", flat=True))
    payload = {"investigators": [str(person.pk) for person in people]}
    row = door.take(row, "name_investigators", by=by, payload=payload)
    row.investigators.set(people)
    messages.assigned(row, [person for person in people if person.pk not in before])
    return row


@door.act
def refuse(objection: Objection, *, by: Actor, ground: str) -> Objection:
    """Not admissible, on a listed ground."""
    return door.take(objection, "refuse", by=by, payload={"ground": ground}, ground=ground, **_decided(by))


@door.act
def extend(objection: Objection, *, by: Actor, reason: str) -> Objection:
    """Once, to thirty working days from the admission; the objector reads why."""
    row = door.locked(objection)
    start = row.admitted_at.astimezone(clock.ZONE).date() if row.admitted_at else clock.today()
    until = due(start, EXTENDED_DAYS)
    return door.take(
        row,
        "extend",
        by=by,
        reason=reason,
        payload={"conclude_due": until},
        conclude_due=until,
        at=clock.now(),
    )


@door.act
def note_silence(objection: Objection, *, by: Actor) -> Objection:
    """The candidate was asked and has said nothing in time."""
    return door.take(objection, "note_silence", by=by, at=clock.now())


@door.act
def uphold(
    objection: Objection,
    *,
    by: Actor,
    conclusion: str,
    partly: bool = False,
    material: bool = False,
    appealed_from: User | None = None,
) -> Objection:
    """The objection is right, or right in part; a material one goes to the leader, who removes the candidate.

    On appeal the record keeps who concluded first: the appeal says who decided it.
    """
    row = door.take(
        objection, "uphold", by=by, payload={"material": material, "partly": partly},
        conclusion=conclusion, partly=partly, material=material, **_decided(appealed_from or by),
    )  # fmt: skip
    messages.concluded(row)
    return row


@door.act
def dismiss(
    objection: Objection, *, by: Actor, conclusion: str, appealed_from: User | None = None
) -> Objection:
    """The objection is not right: the candidate's case goes on."""
    row = door.take(objection, "dismiss", by=by, conclusion=conclusion, **_decided(appealed_from or by))
    messages.concluded(row)
    return row


def _decided(by: Actor) -> dict[str, Any]:
    today = clock.today()
    return {
        "concluded_by": by, "at": clock.now(), "reply_due": due(today, REPLY_DAYS),
        "appeal_due": due(today, APPEAL_DAYS),
    }  # fmt: skip


@door.act
def answer(objection: Objection, *, by: Actor, reply: str) -> Objection:
    """The written reply to whoever objected in real name."""
    return door.take(objection, "answer", by=by, reply=reply, at=clock.now())


@door.act
def verify(objection: Objection, *, by: Actor, conclusion: str, material: bool = False) -> Objection:
    """What became of a complaint after the period. It holds nobody; a material one goes to the leader."""
    row = door.take(
        objection, "verify", by=by, payload={"material": material},
        conclusion=conclusion, material=material, concluded_by=by, at=clock.now(),
    )  # fmt: skip
    if material:
        messages.tell_leader(row)
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
def view(objection: Objection, *, by: Actor) -> Objection:
    """Open a case. Every view by a handler stands on the ledger."""
    return _seen(objection, VIEWED, by, {})


@door.act
def view_identity(objection: Objection, *, by: Actor, reason: str) -> Objection:
    """Show a handler who objects. Every view stands on the ledger, with its reason."""
    return _seen(objection, IDENTITY_VIEWED, by, {"reason": reason})


def _seen(objection: Objection, kind: str, by: Actor, payload: dict[str, Any]) -> Objection:
    row = objections_visible_to(by).filter(pk=objection.pk).first()
    if row is None:
        raise NotPermitted(_("只有经办该异议的人可以查看异议人。"))
    ledger.append(
        by, chain=row.chain_key, kind=kind, subject=subject_of(row), rules_version=row.rules_version,
        payload=payload,
    )  # fmt: skip
    return row


@door.act
def remove(nomination: Nomination, *, by: Actor, reason: str) -> Nomination:
    """The leader takes a candidate off the list: an objection was upheld and is material."""
    row = door.take(nomination, "remove", by=by, reason=reason)
    messages.removed(row)
    return row

"""After the publication: a title is taken away in due form, a printed line is corrected in the open."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from selection.actions import nomination as nominations
from selection.actions.integrity import bar_after_revocation
from selection.messages import revocation as messages
from selection.models import Nomination, Recognition, Revocation, RollCorrection
from selection.models.nomination import plain_name
from selection.models.revocation import STATEMENT_DAYS
from selection.rules.roll import printed_name
from workflow import calendar, clock, door, kinds, ledger
from workflow.actor import Actor
from workflow.errors import NotPermitted, StepRefused
from workflow.machine import subject_of

STARTED = kinds.named("revocation.started", _("启动撤销程序"))
DRAFTED = kinds.named("rollcorrection.drafted", _("拟写名单更正"))


@door.act
def start(nomination: Nomination, *, by: Actor, ground: str, facts: str) -> Revocation:
    """Tell the talent the facts; at least five working days are left for a statement."""
    row = door.locked(nomination)
    if not by.holds(Role.MANAGER):
        raise NotPermitted(_("您的身份不能启动撤销程序。"))
    if row.state != "recognised":
        raise StepRefused(_("只有已认定的人才可以启动撤销程序。"), code="wrong_state")
    if row.revocations.filter(state__in=Revocation.OPEN).exists():
        raise StepRefused(_("该人才已有撤销程序在办。"), code="already_started")
    made = Revocation.objects.create(
        nomination=row, ground=ground, facts=facts, started_by_id=by.id, started_at=clock.now(),
        statement_due=calendar.due_after(clock.today(), STATEMENT_DAYS),
    )  # fmt: skip
    payload = {"ground": ground, "facts": facts, "statement_due": made.statement_due}
    ledger.append(
        by, chain=made.chain_key, kind=STARTED, subject=subject_of(made), rules_version=made.rules_version,
        payload=payload,
    )  # fmt: skip
    messages.started(made)
    return made


@door.act
def hear(revocation: Revocation, *, by: Actor, statement: str = "", on: date | None = None) -> Revocation:
    """Record what the talent said, or, once the period is over, that nothing was said."""
    row = door.locked(revocation)
    text = statement.strip()
    if not text and clock.today() <= row.statement_due:
        words = _("陈述申辩期限至%(day)s，期满前不能记为未提出陈述。") % {
            "day": row.statement_due.isoformat()
        }
        raise StepRefused(words, code="statement_period_running")
    row = door.take(
        row,
        "hear",
        by=by,
        statement=text,
        on=on or clock.today(),
        payload={"made": bool(text), "statement": text},
    )
    messages.heard(row)
    return row


@door.act
def decide(
    revocation: Revocation, *, by: Actor, minute_number: str, document_number: str, reason: str
) -> Revocation:
    """Revoke: the decision and the end of the title in one act."""
    row = door.locked(revocation)
    door.hold(Nomination.objects.filter(pk=row.nomination_id))
    payload = {
        "minute_number": minute_number, "document_number": document_number, "ground": row.ground,
        "statement_due": row.statement_due, "statement_made": bool(row.statement), "heard_on": row.heard_on,
    }  # fmt: skip
    row = door.take(
        row, "decide", by=by, reason=reason, payload=payload, minute_number=minute_number,
        document_number=document_number, at=clock.now(),
    )  # fmt: skip
    nominations.revoke(row.nomination, by=by, reason=reason)
    Recognition.objects.filter(nomination_id=row.nomination_id).update(revocation_number=document_number)
    bar_after_revocation(
        row.nomination, by=by, ground=row.ground, document_number=document_number, facts=row.facts,
        origin=subject_of(row),
    )  # fmt: skip
    ledger.publish_heads(by, occasion=f"revocation {document_number}")
    return row


@door.act
def drop(revocation: Revocation, *, by: Actor, reason: str) -> Revocation:
    """The title stays."""
    row = door.take(revocation, "drop", by=by, reason=reason, at=clock.now())
    messages.dropped(row)
    return row


# Corrections of a published line ---------------------------------------------------------------------------------


@door.act
def draft_correction(
    recognition: Recognition, *, by: Actor, place: str, after: str, basis: str, why: str
) -> RollCorrection:
    """Say what a printed line should read; a publisher who did not write it puts it before the public."""
    Recognition.objects.select_for_update(no_key=True).get(pk=recognition.pk)
    if not by.holds(Role.MANAGER):
        raise NotPermitted(_("您的身份不能拟写名单更正。"))
    made = RollCorrection(
        recognition=recognition,
        place=place,
        basis=basis,
        why=why,
        drafted_by_id=by.id,
        drafted_at=clock.now(),
    )
    made.before, made.after = made.printed_now, _as_printed(place, after)
    if not made.after or made.after == made.before:
        raise StepRefused(_("更正后的文字与原文相同。"), code="nothing_changed")
    if recognition.corrections.filter(state="drafted", place=place).exists():
        raise StepRefused(_("该栏已有一份更正待公布。"), code="draft_exists")
    made.save()
    ledger.append(
        by, chain=made.chain_key, kind=DRAFTED, subject=subject_of(made), rules_version=made.rules_version,
        payload={
            "ordinal": recognition.ordinal, "place": place, "before": made.before, "after": made.after,
            "basis": basis, "why": why,
        },
    )  # fmt: skip
    messages.correction_drafted(made)
    return made


def _as_printed(place: str, text: str) -> str:
    if place == RollCorrection.Place.NAME:
        return printed_name(text)
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


@door.act
def publish_correction(correction: RollCorrection, *, by: Actor) -> RollCorrection:
    """The line reads as corrected from now on, with the text that was printed beside it."""
    row = door.locked(correction)
    Recognition.objects.select_for_update(no_key=True).get(pk=row.recognition_id)
    payload = {"place": row.place, "before": row.before, "after": row.after, "basis": row.basis}
    row = door.take(row, "publish", by=by, at=clock.now(), payload=payload)
    recognition = row.recognition
    if row.place == RollCorrection.Place.NAME:
        recognition.name, recognition.name_key = row.after, plain_name(row.after)
    else:
        recognition.affiliations = row.after.split("\n")
    recognition.save(update_fields=["name", "name_key", "affiliations"])
    messages.corrected(row)
    return row


@door.act
def drop_correction(correction: RollCorrection, *, by: Actor, reason: str) -> RollCorrection:
    """The line stays as it is."""
    return door.take(correction, "drop", by=by, reason=reason)

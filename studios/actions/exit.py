"""The way out of a studio: notice, statement, decision and all that follows from it; what a revocation brings."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from selection.actions.integrity import bar as enter_bar
from selection.models import Bar
from studios import policies
from studios.actions import recovery
from studios.actions import studio as studios
from studios.errors import ExitRefused
from studios.messages import exit as messages
from studios.models import Exit, Reappointment, Studio
from studios.queries import exit as queries
from studios.queries.assessment import unqualified_times
from studios.queries.recovery import recoverable
from studios.rules.exit import GROUNDS, may_be_reappointed
from workflow import calendar, clock, door, kinds, ledger
from workflow.actor import SYSTEM, Actor
from workflow.errors import NotPermitted, StepRefused
from workflow.machine import subject_of

TWICE = 2
STARTED = kinds.named("exit.started", _("启动退出或者终止程序"))
REAPPOINTED = kinds.named("studio.reappointment", _("续聘意见"))


@door.act
def start(studio: Studio, *, by: Actor, ground: str, facts: str) -> Exit:
    """Tell the studio the facts. Where it is blamed, working days are left for a statement; a withdrawal needs none."""
    row = door.locked(studio)
    if not policies.may_begin_exit(row, by):
        raise NotPermitted(_("您的身份不能启动退出程序。"))
    if row.state not in Studio.LIVING:
        raise ExitRefused(_("该工作室已经结束。"), code="studio_ended")
    if row.exits.filter(state__in=Exit.OPEN).exists():
        raise ExitRefused(_("该工作室已有退出程序在办。"), code="already_started")
    if ground == Exit.Ground.UNQUALIFIED and unqualified_times(row) < TWICE:
        raise ExitRefused(_("该工作室考核不合格未满两次。"), code="not_unqualified_twice")
    made = Exit(
        studio=row, ground=ground, facts=facts.strip(), started_by_id=by.id, started_at=clock.now()
    )  # fmt: skip
    if made.blames:
        days = row.programme.statement_working_days
        made.statement_due = calendar.due_after(clock.today(), days)
    made.save()
    payload = {"ground": ground, "facts": made.facts, "statement_due": _iso(made.statement_due)}
    ledger.append(by, chain=made.chain_key, kind=STARTED, subject=subject_of(made), payload=payload)
    messages.started(made, by=by)
    return made


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


@door.act
def hear(exit_: Exit, *, by: Actor, statement: str = "", on: date | None = None) -> Exit:
    """Record what the studio said, or, once the period is over, that nothing was said."""
    row = door.locked(exit_)
    text = statement.strip()
    if row.statement_due and not text and clock.today() <= row.statement_due:
        words = _("陈述申辩期限至%(day)s，期满前不能记为未提出陈述。")
        raise StepRefused(words % {"day": _iso(row.statement_due)}, code="statement_period_running")
    if on is not None and not row.started_at.astimezone(clock.ZONE).date() <= on <= clock.today():
        raise ExitRefused(_("收到陈述的日期应在告知之日至今天之间。"), code="bad_day")
    payload = {"made": bool(text), "statement": text}
    moved = door.take(row, "hear", by=by, statement=text, on=on or clock.today(), payload=payload)
    messages.heard(moved, by=by)
    return moved


@door.act
def decide(exit_: Exit, *, by: Actor, minute_number: str, document_number: str, reason: str) -> Exit:
    """End the studio: what is unpaid is cancelled, what must come back is ordered, the bar entered, all in one act."""
    row = door.locked(exit_)
    studio = door.locked(row.studio)
    door.hold(studio.instalments.all())
    amount = to_recover(studio, row.ground)
    moved = door.take(
        row, "decide", by=by, reason=reason, minute_number=minute_number, document_number=document_number,
        recovered=amount or None, at=clock.now(),
        payload={
            "minute_number": minute_number, "document_number": document_number, "ground": row.ground,
            "recovered": str(amount),
        },
    )  # fmt: skip
    studios.terminate(studio, by=by, reason=_ended(moved, reason))
    _recover(studio, by=by, amount=amount, ground=GROUNDS[row.ground].recovery, reason=_ended(moved, reason))
    _bar(moved, by=by)
    messages.decided(moved, by=by)
    return moved


def _ended(found: Exit, reason: str) -> str:
    words = {"number": found.document_number, "ground": found.get_ground_display(), "reason": reason}
    return (gettext("%(ground)s（%(number)s）：%(reason)s") % words)[:2000]


def to_recover(studio: Studio, ground: str) -> Decimal:
    """What an exit on this ground would ask back today."""
    return recoverable(studio, GROUNDS[ground].recovery)


def _recover(studio: Studio, *, by: Actor, amount: Decimal, ground: str, reason: str) -> None:
    if amount > 0:
        recovery.order(studio, by=by, amount=amount, ground=ground, reason=reason[:2000])


def _bar(found: Exit, *, by: Actor) -> None:
    """The bar that the ground brings, for the years of the studio's programme within those of the register."""
    ground = GROUNDS[found.ground].bar
    nominee = found.studio.recognition.nominee
    if not ground or nominee is None:
        return
    enter_bar(
        by=by, person_hash=nominee.person_key, subject_name=nominee.name, capacity=Bar.Capacity.BOTH, ground=ground,
        source=Bar.Source.TERMINATION, document_number=found.document_number, facts=found.facts,
        origin=subject_of(found), years=queries.bar_years(found),
    )  # fmt: skip


@door.act
def drop(exit_: Exit, *, by: Actor, reason: str) -> Exit:
    """The studio goes on."""
    moved = door.take(exit_, "drop", by=by, reason=reason, at=clock.now())
    messages.dropped(moved, by=by)
    return moved


# After a revocation --------------------------------------------------------------------------------------------------


def follow_revocations() -> int:
    """Every living studio whose title was revoked ends, each in its own act; how many did."""
    return sum(follow(studio, by=SYSTEM) for studio in list(queries.of_revoked_titles()))


@door.act
def follow(studio: Studio, *, by: Actor) -> bool:
    """End a studio whose title is revoked: unpaid instalments cancelled, the recovery ordered. False if that was done."""
    row = door.locked(studio)
    revocation = queries.revocation_of(row)
    if row.state not in Studio.LIVING or not queries.of_revoked_titles().filter(pk=row.pk).exists():
        return False
    ground = queries.recovery_ground(revocation)
    reason = _revoked(row, revocation)
    amount = recoverable(row, ground)
    for open_exit in row.exits.filter(state__in=Exit.OPEN):
        door.take(open_exit, "drop", by=by, reason=reason, at=clock.now())
    studios.terminate(row, by=by, reason=reason)
    _recover(row, by=by, amount=amount, ground=ground, reason=reason)
    return True


def _revoked(studio: Studio, revocation: Any) -> str:
    number = studio.recognition.revocation_number
    ground = revocation.get_ground_display() if revocation else ""
    return (gettext("认定已撤销（%(number)s）：%(ground)s") % {"number": number, "ground": ground})[:2000]


# Another term --------------------------------------------------------------------------------------------------------


@door.act
def reappoint(studio: Studio, *, by: Actor, granted: bool, note: str) -> Reappointment:
    """Say after the conclusion whether the talent is appointed for another term; the final grade must allow it."""
    row = door.locked(studio)
    if not policies.may_reappoint(row, by):
        raise NotPermitted(_("只有厅领导可以作出续聘意见。"))
    if row.state != Studio.State.CONCLUDED:
        raise ExitRefused(_("期满结项后方可作出续聘意见。"), code="not_concluded")
    if hasattr(row, "reappointment"):
        raise ExitRefused(_("续聘意见已经作出。"), code="already_decided")
    grade = queries.final_grade(row)
    if granted and not may_be_reappointed(grade):
        raise ExitRefused(_("结项考核为优秀或者合格的方可续聘。"), code="grade_too_low")
    made = Reappointment.objects.create(
        studio=row,
        grade=grade,
        granted=granted,
        note=note.strip(),
        decided_by_id=by.id,
        decided_at=clock.now(),
    )
    payload = {"grade": grade, "granted": granted, "note": made.note}
    ledger.append(by, chain=row.chain_key, kind=REAPPOINTED, subject=subject_of(row), payload=payload)
    messages.reappointed(made, by=by)
    return made

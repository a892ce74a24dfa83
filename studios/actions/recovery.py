"""What is done to get money back: ordered, repaid in parts, written off; and the reminders until it is."""

from __future__ import annotations

import logging
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from studios import policies
from studios.actions.grant import voucher_number
from studios.errors import NumberTaken, RecoveryRefused
from studios.messages import recovery as messages
from studios.models import RecoveryOrder, Repayment, Settlement, Studio
from studios.queries import recovery as queries
from studios.rules.reports import reminder_level
from workflow import calendar, clock, door
from workflow.actor import SYSTEM, Actor
from workflow.errors import NotPermitted
from workflow.rules.calendar import CalendarMissing, WorkCalendar, working_days_between

log = logging.getLogger(__name__)


@door.act
def order(studio: Studio, *, by: Actor, amount: Decimal, ground: str, reason: str) -> RecoveryOrder:
    """Order money back: not more than was paid and not spent; on the ground of misuse or fraud not more than was paid."""
    row = door.locked(studio)  # another order waits until this one stands
    door.require_open(row, "order_recovery", by=by)
    _require_ground(row, ground, by)
    most = queries.recoverable(row, ground)
    if not 0 < amount <= most:
        raise RecoveryRefused(_("最多可以追回%(most)s元。") % {"most": f"{most:,.2f}"})
    payload = {"amount": str(amount), "ground": ground}
    moved = door.take(row, "order_recovery", by=by, reason=reason, payload=payload)
    today = clock.today()
    made = RecoveryOrder.objects.create(
        studio=moved, amount=amount, ground=ground, reason=reason, ordered_on=today,
        due_on=today + timedelta(days=moved.programme.recovery_days), ordered_by=by if isinstance(by, User) else None,
    )  # fmt: skip
    messages.ordered(made, by=by)
    return made


def _require_ground(studio: Studio, ground: str, by: Actor) -> None:
    closed = ground == RecoveryOrder.Ground.UNSPENT and studio.state == Studio.State.CONCLUDED
    if not closed and not policies.may_order_on_any_ground(studio, by):
        raise NotPermitted(_("处室负责人只能通知退回期满结余；其他事由由厅领导决定。"))
    carried = Settlement.objects.filter(studio_id=studio.pk, way=Settlement.Way.CARRIED).exists()
    if ground == RecoveryOrder.Ground.UNSPENT and carried:
        raise RecoveryRefused(_("结余已批准结转下一管理期，不能再通知退回。"), code="carried")


@door.act
def repay(order: RecoveryOrder, *, by: Actor, amount: Decimal, on: date, voucher: str) -> RecoveryOrder:
    """Finance record a part that came back; the last one settles the order. Never more than is outstanding."""
    number = voucher_number(voucher)
    row = door.locked(order)  # what was written off or repaid meanwhile is seen
    door.require_open(row, "repay", by=by)
    if not 0 < amount <= row.outstanding:
        raise RecoveryRefused(_("尚未退回的余额为%(left)s元。") % {"left": f"{row.outstanding:,.2f}"})
    if on > clock.today():
        raise RecoveryRefused(_("到账日期不能晚于今天。"))
    payload = {"amount": str(amount), "on": on.isoformat(), "voucher": number}
    moved = door.take(row, "repay", by=by, repaid=row.repaid + amount, at=clock.now(), payload=payload)
    facts: dict[str, Any] = {"amount": amount, "on": on, "voucher": number, "recorded_by": by}
    try:
        Repayment.objects.create(order=moved, recorded_at=clock.now(), **facts)
    except IntegrityError as clash:
        raise NumberTaken(_("凭证号%(number)s已用于另一笔退回。") % {"number": number}) from clash
    messages.repaid(moved, amount, by=by)
    return moved


@door.act
def write_off(order: RecoveryOrder, *, by: Actor, reason: str) -> RecoveryOrder:
    """The leader gives up what has not come back, for a reason."""
    row = door.locked(order)
    payload = {"written_off": str(row.outstanding)}
    moved = door.take(row, "write_off", by=by, reason=reason, at=clock.now(), payload=payload)
    messages.written_off(moved, by=by, reason=reason)
    return moved


# The ladder ----------------------------------------------------------------------------------------------------------


def send_due_reminders() -> int:
    """Tell of orders that fall due or are late, each level once however often this runs; how many it was."""
    today, work_days = clock.today(), calendar.current()
    return sum(_remind_if_due(found, today, work_days) for found in queries.to_remind())


def _remind_if_due(found: RecoveryOrder, today: date, work_days: WorkCalendar) -> bool:
    try:
        level = reminder_level(found.due_on, today, work_days)
        passed = working_days_between(found.due_on, today, work_days)
    except CalendarMissing as absent:
        log.warning("recovery %s: no reminder, the calendar of %s is not loaded", found.pk, absent.year)
        return False
    if level is None or not _above(level, found.reminded):
        return False
    return remind(found, level, passed, by=SYSTEM)


@door.act
def remind(found: RecoveryOrder, level: int, passed: int, *, by: Actor) -> bool:
    """Tell of one order at one level, unless that has been done or the order closed meanwhile."""
    row = door.locked(found)
    if row.state != RecoveryOrder.State.ORDERED or not _above(level, row.reminded):
        return False
    row.reminded = level
    row.save(update_fields=["reminded"])
    messages.reminded(row, level, passed)
    return True


def _above(level: int, reminded: int | None) -> bool:
    return reminded is None or level > reminded

"""Changes that a studio reports, and what follows from each."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from studios import policies
from studios.actions import exit as exits
from studios.actions import studio as studios
from studios.errors import ChangeRefused
from studios.messages import change as messages
from studios.models import ReportedChange, Studio
from studios.rules.changes import CHANGE_HOST, EXIT, KINDS, LEAVE_DAYS, NEEDS_HOST, SUSPEND, due_on
from workflow import clock, door, kinds, ledger
from workflow.actor import SYSTEM, Actor
from workflow.errors import NotPermitted
from workflow.machine import subject_of

FILED = kinds.named("reportedchange.filed", _("报告变更事项"))
Kind = ReportedChange.Kind
STOPPABLE = (Studio.State.ACTIVE, Studio.State.RECTIFYING)


@door.act
def file(
    studio: Studio,
    *,
    by: Actor,
    kind: str,
    happened_on: date,
    told: str,
    new_host: Organisation | None = None,
    leave_until: date | None = None,
) -> ReportedChange:
    """Report a change. An investigation suspends the studio at once, whoever reports it."""
    row = door.locked(studio)
    if not policies.may_file_change(row, by):
        raise NotPermitted(_("您的身份不能为该工作室报告变更。"))
    _require_plausible(row, kind, happened_on, new_host, leave_until)
    made = ReportedChange(
        studio=row, kind=kind, happened_on=happened_on, told=told.strip(), new_host=new_host, leave_until=leave_until,
        due_on=due_on(happened_on, row.programme.report_change_days), filed_at=clock.now(),
        filed_by=by if isinstance(by, User) else None,
    )  # fmt: skip
    made.suspended_at_once = KINDS[kind].at_once == SUSPEND and row.state in STOPPABLE
    made.save()
    ledger.append(by, chain=made.chain_key, kind=FILED, subject=subject_of(made), payload=_told(made))
    if made.suspended_at_once:
        studios.suspend(row, by=SYSTEM, reason=_because(made))
    messages.filed(made, by=by)
    return made


def _require_plausible(
    studio: Studio, kind: str, happened: date, new_host: Organisation | None, leave_until: date | None
) -> None:
    if studio.state not in Studio.LIVING:
        raise ChangeRefused(_("该工作室已经结束。"), code="studio_ended")
    if happened > clock.today():
        raise ChangeRefused(_("发生日期不能晚于今天。"), code="future")
    if kind in NEEDS_HOST and new_host is None:
        raise ChangeRefused(_("请写明新单位。"), code="no_host")
    if kind == Kind.LONG_LEAVE and (leave_until is None or (leave_until - happened).days < LEAVE_DAYS):
        raise ChangeRefused(_("离岗超过6个月的方须报告，请填写离岗至何日。"), code="short_leave")


def _told(made: ReportedChange) -> dict[str, Any]:
    return {
        "kind": made.kind, "happened_on": made.happened_on.isoformat(), "due_on": made.due_on.isoformat(),
        "late_days": made.late_days, "told": made.told, "new_host": made.new_host.name if made.new_host else "",
        "suspended": made.suspended_at_once,
    }  # fmt: skip


def _because(made: ReportedChange) -> str:
    words = {"kind": made.get_kind_display(), "told": made.told}
    return (gettext("%(kind)s：%(told)s") % words)[:2000]


@door.act
def acknowledge(
    change: ReportedChange, *, by: Actor, effect: str, remarks: str = "", host: Organisation | None = None
) -> ReportedChange:
    """Take note of a change and let follow what must: a suspension, another host, the way to the exit."""
    row = door.locked(change)
    studio = door.locked(row.studio)
    if effect not in row.effects:
        raise ChangeRefused(_("该事项不适用所选处理。"), code="no_such_effect")
    payload = {"effect": effect, "remarks": remarks}
    moved = door.take(
        row, "acknowledge", by=by, effect=effect, remarks=remarks.strip()[:2000], at=clock.now(), actor=by,
        payload=payload,
    )  # fmt: skip
    _follow(moved, studio, by, effect, host)
    messages.settled(moved, by=by)
    return moved


def _follow(
    change: ReportedChange, studio: Studio, by: Actor, effect: str, host: Organisation | None
) -> None:
    if effect == SUSPEND and studio.state in STOPPABLE:
        studios.suspend(studio, by=by, reason=_because(change))
    elif effect == CHANGE_HOST:
        target = host or change.new_host
        if target is None:
            raise ChangeRefused(_("请写明新的依托单位。"), code="no_host")
        studios.change_host(studio, by=by, host=target, reason=_because(change))
    elif effect == EXIT:
        exits.start(studio, by=by, ground=KINDS[change.kind].exit_ground, facts=_because(change))


@door.act
def set_aside(change: ReportedChange, *, by: Actor, reason: str) -> ReportedChange:
    """A report that was wrong or came twice; it is kept."""
    moved = door.take(change, "set_aside", by=by, reason=reason, at=clock.now(), actor=by)
    messages.settled(moved, by=by)
    return moved

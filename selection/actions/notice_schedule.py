"""A notice that is approved for a set time goes up by the timetable; it may be called back before."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from selection.actions.notice import list_is_whole, put_up, require_whole_list
from selection.documents.notice import require_drawable
from selection.messages import notice as messages
from selection.models import PublicNotice
from workflow import calendar, clock, door
from workflow.actor import SYSTEM, Actor
from workflow.errors import CalendarYearMissing, StepRefused
from workflow.machine import failing_guard, step_named

LONGEST_AHEAD = timedelta(days=60)


@door.act
def approve(notice: PublicNotice, *, by: Actor, post_at: datetime) -> PublicNotice:
    """Approve the notice for a time to come. Its end must be known already: the year's calendar is loaded."""
    row = door.locked(notice)
    declared = step_named(PublicNotice, "approve")
    if declared is not None and row.state == "scanned" and declared.policy(row, by):
        require_whole_list(row)
        require_drawable(row)
        _require_time_to_come(post_at)
    ends_at = calendar.end_of_period(post_at, row.days, mode=row.mode)
    payload = {"number": row.number, "digest": row.text_digest, "post_at": post_at, "ends_at": ends_at}
    row = door.take(row, "approve", by=by, payload=payload, at=clock.now(), post_at=post_at, publisher=by)
    messages.approved(row)
    return row


def _require_time_to_come(post_at: datetime) -> None:
    now = clock.now()
    if post_at <= now:
        raise StepRefused(_("定时发布的时间须晚于现在；立即发布请办理“发布公示”。"), code="time_passed")
    if post_at > now + LONGEST_AHEAD:
        raise StepRefused(_("定时发布的时间最远为60天后。"), code="too_far_ahead")


@door.act
def recall(notice: PublicNotice, *, by: Actor, reason: str) -> PublicNotice:
    """Take an approval back before the notice goes up."""
    row = door.take(notice, "recall", by=by, reason=reason)
    messages.recalled(row, reason)
    return row


def post_due_notices() -> int:
    """Post every approved notice whose time has come, each in its own act; the number posted."""
    due = PublicNotice.objects.filter(state="approved", post_at__lte=clock.now()).order_by("post_at", "pk")
    return sum(_post_if_due(notice, by=SYSTEM) for notice in due)


@door.act
def _post_if_due(notice: PublicNotice, *, by: Actor) -> bool:
    """Post one; what can no longer be posted as it was approved goes back with the reason, once."""
    row = door.locked(notice)
    if row.state != "approved" or row.post_at is None or clock.now() < row.post_at:
        return False
    if why := _why_not(row):
        recall(row, by=by, reason=why)
        return False
    put_up(row, "go_up", by=by)
    return True


def _why_not(row: PublicNotice) -> str:
    declared = step_named(PublicNotice, "go_up")
    assert declared is not None
    if (guard := failing_guard(row, declared)) is not None:
        return str(guard.why_not(row))
    if not list_is_whole(row):
        return str(_("审定之后拟认定名单有变化，请修改公示稿并保存，再检查和审定。"))
    try:
        calendar.end_of_period(clock.now(), row.days, mode=row.mode)
    except CalendarYearMissing as missing:
        return str(missing)
    return ""

"""The public page was away: it is written down, and long enough it gives every running line a working day more."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from selection import policies
from selection.messages import notice as messages
from selection.models import NoticeEntry, Outage, PublicNotice
from selection.rules.notice import away
from workflow import calendar, clock, door, kinds, ledger
from workflow.actor import Actor
from workflow.errors import NotPermitted, StepRefused
from workflow.machine import subject_of
from workflow.rules.calendar import ONE_DAY, start_of

RECORDED = kinds.named("outage.recorded", _("登记页面中断"))
EXTENDED = kinds.named("notice.extended", _("延长公示期"))


@door.act
def record(*, by: Actor, since: datetime, until: datetime, evidence: str) -> Outage:
    """Record an outage; whichever line had the page away for longer than its rules allow ends a working day later."""
    if policies.may_record_outage.acting_role(None, by) is None:
        raise NotPermitted(_("您的身份不能登记页面中断。"))
    if not since < until <= clock.now():
        raise StepRefused(_("恢复时间须晚于中断开始，且不晚于现在。"), code="bad_interval")
    if Outage.objects.filter(since=since, until=until).exists():
        raise StepRefused(_("这次中断已经登记。"), code="double")
    assert isinstance(by, User)
    running = [door.locked(notice) for notice in PublicNotice.objects.filter(state="posted").order_by("pk")]
    outage = Outage.objects.create(
        since=since, until=until, evidence=evidence, recorded_by=by, recorded_at=clock.now()
    )
    ledger.append(
        by,
        chain=ledger.OFFICE,
        kind=RECORDED,
        subject=subject_of(outage),
        payload={"since": since, "until": until, "evidence": evidence},
    )
    for notice in running:
        _extend(notice, by=by)
    return outage


def _extend(notice: PublicNotice, *, by: Actor) -> None:
    """Each line once, by one working day, and never back."""
    allowed = timedelta(hours=notice.round.rulebook.outage_hours)
    outages = list(Outage.objects.values_list("since", "until"))
    extended = []
    for entry in notice.entries.filter(extended_days=0, ends_at__gt=clock.now()):
        began, ends_at = entry.began_at or notice.posted_at, entry.ends_at
        if began is not None and ends_at is not None and away(outages, began, ends_at) > allowed:
            _give_a_day(entry, ends_at)
            extended.append(entry)
    if not extended:
        return
    latest = max(entry.ends_at for entry in extended if entry.ends_at is not None)
    if notice.ends_at is None or latest > notice.ends_at:
        notice.ends_at = latest
        notice.save(update_fields=["ends_at"])
    ledger.append(
        by,
        chain=notice.chain_key,
        kind=EXTENDED,
        subject=subject_of(notice),
        rules_version=notice.rules_version,
        payload={
            "number": notice.number,
            "lines": [entry.ordinal for entry in extended],
            "ends_at": notice.ends_at,
            "outage_hours": notice.round.rulebook.outage_hours,
        },
    )
    messages.extended(notice)


def _give_a_day(entry: NoticeEntry, ends_at: datetime) -> None:
    last_day = ends_at.astimezone(clock.ZONE).date() - ONE_DAY
    entry.ends_at = start_of(calendar.due_after(last_day, 1) + ONE_DAY)
    entry.extended_days = 1
    entry.save(update_fields=["ends_at", "extended_days"])

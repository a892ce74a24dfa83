"""What only a demo may do: move the clock."""

from __future__ import annotations

import re
from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from workflow import calendar, clock, door, ledger
from workflow.actor import Actor
from workflow.errors import Refused
from workflow.models import DemoClock

_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "": timedelta(days=1)}


class NotADemo(Refused):
    """The clock of a real installation does not move."""

    code = "not_a_demo"


@door.act
def move_clock(shift: str, *, by: Actor) -> timedelta:
    """Move the demo's clock forward by `+5d`, `+3h`, `+10m` or `+2w` (w: to the same time on the n-th working day).

    Returns the clock's distance from the real one. Raises `NotADemo`, or `Refused` for a shift it cannot read.
    """
    if not settings.DEMO:
        raise NotADemo(_("只有演示环境可以调整时钟。"))
    distance = _distance(shift)
    row, _created = DemoClock.objects.select_for_update().get_or_create(pk=1)
    row.seconds += int(distance.total_seconds())
    row.save()
    clock.forget_offset()
    ledger.append(
        by,
        chain=ledger.OFFICE,
        kind="demo_clock.moved",
        subject="workflow.democlock:1",
        payload={"by": shift},
    )
    return timedelta(seconds=row.seconds)


def _distance(shift: str) -> timedelta:
    found = re.fullmatch(r"\+?\s*(\d{1,4})\s*([mhdw]?)", shift.strip())
    if not found:
        raise Refused(_("请按“+5d”“+3h”“+2w”的形式填写要前进的时间，时钟只能向前。"), code="bad_shift")
    number, unit = int(found[1]), found[2]
    if unit == "w":
        return calendar.due_after(clock.today(), number) - clock.today()
    return number * _UNITS[unit]

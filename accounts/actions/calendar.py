"""Loading an official year of the working-day calendar, by its administrator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts import policies
from accounts.roles import Role
from workflow import calendar, door
from workflow.actor import Actor
from workflow.models import CalendarYear


@door.act
def load(data: Mapping[str, Any], *, by: Actor) -> list[CalendarYear]:
    """Load years, each with the notice it comes from. Raises `BadCalendar`."""
    policies.require(by, Role.SYSTEM_ADMIN, _("导入工作日历"))
    if not str(data.get("notice") or data.get("source") or "").strip():
        raise calendar.BadCalendar(_("日历文件没有写明依据文件（notice）。"))
    return calendar.load(data, by=by)

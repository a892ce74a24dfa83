"""The deadlines of the studios that another version of the calendar may move, once somebody has confirmed it."""

from __future__ import annotations

from datetime import date

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from studios.models import ProgressReport
from workflow.deadlines import Kept, register
from workflow.rules.calendar import ONE_DAY


def quarter_end(due: date) -> date:
    """The last day of the quarter whose report is due on that day of the month after it."""
    return due.replace(day=1) - ONE_DAY


register(
    Kept(
        ProgressReport,
        "due_on",
        _("季度报告应交日期"),
        Q(kind="quarterly", state="due"),
        anchor=quarter_end,
    )
)

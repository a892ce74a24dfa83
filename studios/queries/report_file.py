"""The files of reports and of what was put right, as a reader may see them."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from studios import policies
from studios.models import ProgressReport, Rectification, ReportFile, Studio
from studios.queries.rectification import rectifications_visible_to
from studios.queries.report import reports_visible_to


def files_visible_to(user: Any) -> QuerySet[ReportFile]:
    """The files of what this reader may see."""
    reports = reports_visible_to(user).order_by().values("pk")
    rectifications = rectifications_visible_to(user).order_by().values("pk")
    return ReportFile.objects.filter(Q(report__in=reports) | Q(rectification__in=rectifications))


def may_attach(owner: ProgressReport | Rectification, user: Any) -> bool:
    """Whether this person may add and take away files now: who writes it, until it is handed in."""
    if owner.studio.state not in Studio.RUNNING:
        return False
    return takes_files(owner) and policies.may_submit_report(owner, user)


def takes_files(owner: ProgressReport | Rectification) -> bool:
    """It has not been handed in, or has been sent back."""
    if isinstance(owner, ProgressReport):
        return owner.state in ProgressReport.OWED
    return bool(owner.state == Rectification.State.ORDERED)

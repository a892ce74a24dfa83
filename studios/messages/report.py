"""What those concerned with a report are told, and the ladder of what is late."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from studios.messages.studio import instant, tell
from studios.models import ProgressReport
from studios.queries import report as queries
from studios.queries import studio
from workflow.actor import Actor

CITY_IS_TOLD, PAYMENTS_STOP = 10, 20


def page_of(report: ProgressReport) -> str:
    """The report's page."""
    return reverse("report_detail", args=[report.studio_id, report.pk])


def _facts(report: ProgressReport) -> dict[str, object]:
    return {"studio": report.studio.name, "report": report.title, "due": report.due_on.isoformat()}


def submitted(report: ProgressReport, *, by: Actor) -> None:
    """The managers, who judge it."""
    tell(
        studio.managers(),
        event=f"report.submitted:{report.pk}:{instant()}",
        kind="report.submitted",
        about=report,
        path=page_of(report),
        but=by,
        subject=lambda: _("%(studio)s已提交%(report)s，待审核") % _facts(report),
        body=lambda: _("%(studio)s已提交%(report)s，应交日期%(due)s。") % _facts(report),
    )


def judged(report: ProgressReport, *, by: Actor) -> None:
    """Those who handed it in: accepted, or what to change."""
    accepted = report.state == ProgressReport.State.ACCEPTED
    kind = "report.accepted" if accepted else "report.returned"

    def subject() -> str:
        text = _("%(studio)s的%(report)s已通过审核") if accepted else _("%(studio)s的%(report)s退回修改")
        return text % _facts(report)

    tell(
        queries.owners_of(report),
        event=f"{kind}:{report.pk}:{instant()}",
        about=report,
        but=by,
        kind=kind,
        path=page_of(report),
        subject=subject,
        body=lambda: (
            subject() + (_("。审核意见：%(remarks)s") % {"remarks": report.remarks} if report.remarks else "")
        ),
    )


def reminded(report: ProgressReport, level: int, passed: int) -> None:
    """A level of the ladder: the owner always; from orange the city too, from red the manager as well."""
    tell(
        _told(report, level),
        event=f"report.reminded:{report.pk}:{level}",
        kind="report.reminded",
        about=report,
        path=page_of(report),
        subject=lambda: _late_or_soon(passed) % {**_facts(report), "days": abs(passed)},
        body=lambda: (
            _late_or_soon(passed) % {**_facts(report), "days": abs(passed)}
            + _("应交日期%(due)s。") % _facts(report)
            + _what_follows(level)
        ),
    )


def _told(report: ProgressReport, level: int) -> list[User]:
    told = list(queries.owners_of(report))
    if level >= CITY_IS_TOLD:
        told += studio.officers_of(report.studio)
    if level >= PAYMENTS_STOP:
        told += studio.managers()
    return told


def _late_or_soon(passed: int) -> str:
    if passed < 0:
        return _("%(studio)s的%(report)s还有%(days)s个工作日到期。")
    if passed == 0:
        return _("%(studio)s的%(report)s今天到期。")
    return _("%(studio)s的%(report)s已逾期%(days)s个工作日。")


def _what_follows(level: int) -> str:
    if level >= PAYMENTS_STOP:
        return _("逾期满20个工作日，停止拨款，并告知省级处室。请书面说明原因和改正措施，在“考核”页面报送。")
    if level >= CITY_IS_TOLD:
        return _("逾期满10个工作日，已告知市级民政局；满20个工作日停止拨款。")
    if level > 0:
        return _("逾期满10个工作日将告知市级民政局，满20个工作日停止拨款。")
    return ""

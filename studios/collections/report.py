"""Reports as pages and API share them, and what of them waits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from accounts.roles import Role
from studios.collections.studio import iso
from studios.forms.report import FORMS
from studios.models import ProgressReport
from studios.queries import report as queries
from workflow import clock, collections, todo
from workflow.actor import Actor
from workflow.rules.calendar import start_of
from workflow.todo import Todo

SHOWN = 5  # reports named one by one; the rest stand behind one link


def represent(report: ProgressReport, _actor: Actor) -> dict[str, Any]:
    """A report, JSON-ready."""
    return {
        "id": report.pk,
        "studio": report.studio_id,
        "kind": report.kind,
        "period": report.period,
        "due_on": iso(report.due_on),
        "state": report.state,
        "activities_held": report.activities_held,
        "people_served": report.people_served,
        "mentees": report.mentees,
        "spent": None if report.spent is None else str(report.spent),
        "results": report.results,
        "problems": report.problems,
        "next_steps": report.next_steps,
        "submitted_by": report.submitted_by.name if report.submitted_by else None,
        "submitted_at": iso(report.submitted_at),
        "judged_at": iso(report.judged_at),
        "remarks": report.remarks,
        "field_remarks": report.field_remarks,
        "records": report.prefilled,
        "difference": report.difference,
        "tasks": report.tasks,
    }


def url(report: ProgressReport) -> str:
    """The report's page."""
    return reverse("report_detail", args=[report.studio_id, report.pk])


collections.register(
    collections.Collection(
        name="reports",
        model=ProgressReport,
        visible_to=queries.reports_visible_to,
        represent=represent,
        url=url,
        forms=FORMS,
        filters=("state", "studio", "kind"),
    )
)


@todo.register
def waiting(actor: Any) -> Iterator[Todo]:
    """For the studio the reports it owes, for the manager those to be judged."""
    if actor.holds(Role.STUDIO_LEAD) or actor.holds(Role.STUDIO_MEMBER):
        yield from _owed(actor)
    if actor.holds(Role.MANAGER) and (count := queries.to_judge().count()):
        title = ngettext("%(n)s份工作室报告待审核", "%(n)s份工作室报告待审核", count) % {"n": count}
        yield Todo(title, f"{reverse('report_list')}?state=submitted", icon="report", count=count)


def _owed(actor: Any) -> Iterator[Todo]:
    rows = queries.owed_by(actor).filter(due_on__lte=clock.today() + queries.AHEAD)
    for report in rows[:SHOWN]:
        words = gettext("修改%(report)s") if report.state == "returned" else gettext("提交%(report)s")
        yield Todo(
            words % {"report": report.title},
            url(report),
            due=_end_of(report.due_on),
            note=report.studio.name,
            icon="report",
        )


def _end_of(day: date) -> datetime:
    """The last instant of a day."""
    return start_of(day + timedelta(days=1)) - timedelta(minutes=1)

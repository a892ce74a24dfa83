"""Reports as a reader may see them, who owes them, and their lights."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from accounts.models import User
from accounts.queries.people import people_with
from accounts.roles import Role
from studios.models import ProgressReport, Studio
from studios.queries.studio import NOT_DUE, UNKNOWN, of_reader
from studios.rules.reports import REMINDERS, light
from workflow import clock
from workflow.rules.calendar import CalendarMissing, WorkCalendar, working_days_between

AHEAD = timedelta(days=30)  # no five working days are longer, whatever the holidays


def reports_visible_to(user: Any) -> QuerySet[ProgressReport]:
    """The reports of the studios this reader may see."""
    return ProgressReport.objects.filter(of_reader(user, "studio__")).select_related(
        "studio__recognition", "studio__host", "studio__city", "studio__lead", "submitted_by"
    )


def owed() -> QuerySet[ProgressReport]:
    """Reports to be handed in, of running studios: nobody can hand in for one that is stopped."""
    return ProgressReport.objects.filter(state__in=ProgressReport.OWED, studio__state__in=Studio.RUNNING)


def owed_by(user: Any) -> QuerySet[ProgressReport]:
    """The reports that this person is to hand in."""
    own = Q(pk__in=())
    if user.holds(Role.STUDIO_LEAD):
        own |= Q(studio__lead_id=user.pk)
    if user.holds(Role.STUDIO_MEMBER) and user.organisation_id is not None:
        own |= Q(studio__host_id=user.organisation_id)
    return owed().filter(own).select_related("studio").order_by("due_on", "pk")


def owners_of(report: ProgressReport) -> QuerySet[User]:
    """Those by whom `owed_by` says it is owed."""
    leads = people_with(Role.STUDIO_LEAD).filter(led_studios=report.studio_id)
    members = people_with(Role.STUDIO_MEMBER, organisation=report.studio.host_id)
    return User.objects.filter(Q(pk__in=leads.values("pk")) | Q(pk__in=members.values("pk")))


def to_remind() -> QuerySet[ProgressReport]:
    """Owed reports whose reminders may have reached a new level."""
    return (
        owed()
        .filter(Q(reminded=None) | Q(reminded__lt=REMINDERS[0]), due_on__lte=clock.today() + AHEAD)
        .select_related("studio")
        .order_by("due_on", "pk")
    )


def to_judge() -> QuerySet[ProgressReport]:
    """Reports that wait for the manager."""
    return ProgressReport.objects.filter(state=ProgressReport.State.SUBMITTED)


def waiting_first(reports: QuerySet[ProgressReport]) -> QuerySet[ProgressReport]:
    """Those that wait for the manager first; then by due day, the latest first."""
    waits = Case(
        When(state=ProgressReport.State.SUBMITTED, then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    return reports.order_by(waits, "-due_on", "pk")


def working_days_late(report: ProgressReport, today: date, calendar: WorkCalendar) -> int | None:
    """How many working days an owed report is late; None where they cannot be counted."""
    try:
        return working_days_between(report.due_on, today, calendar)
    except CalendarMissing:
        return None


def light_of(report: ProgressReport, today: date, calendar: WorkCalendar) -> str:
    """How late a report was handed in, or is until today."""
    if report.state in ProgressReport.OWED and report.due_on >= today:
        return NOT_DUE
    handed_in = report.state not in ProgressReport.OWED and report.submitted_at is not None
    day = report.submitted_at.astimezone(clock.ZONE).date() if handed_in and report.submitted_at else today
    try:
        return light(report.due_on, day, calendar)
    except CalendarMissing:
        return UNKNOWN

"""Reports as a reader may see them, who owes them, and their lights."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from accounts.models import User
from accounts.queries.people import people_with
from accounts.roles import Role
from studios.models import ProgressReport, Studio
from studios.queries.facts import Figures, figures_of, task_as_json, tasks_in
from studios.queries.studio import NOT_DUE, UNKNOWN, of_reader
from studios.rules.reports import REMINDERS, days_covered, light
from workflow import clock
from workflow.rules.calendar import CalendarMissing, WorkCalendar, working_days_between

NUMBERS = ("activities_held", "people_served", "mentees", "spent")  # what the records answer for
TEXTS = ("results", "problems", "next_steps")
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


# What the records say ------------------------------------------------------------------------------------------------


def covered(report: ProgressReport) -> tuple[date, date]:
    """The days of which a report tells."""
    began = report.studio.active_from or report.due_on
    return days_covered(report.kind, report.period, report.due_on, began)


def from_records(report: ProgressReport) -> Figures:
    """The numbers of a report as the records have them now."""
    return figures_of(report.studio, *covered(report))


def drawn_from_records(report: ProgressReport) -> dict[str, Any]:
    """What is kept with a report when it is handed in: the records' numbers, the annual tasks."""
    _first, last = covered(report)
    tasks = [task_as_json(task) for task in tasks_in(report.studio, min(last, clock.today()).year)]
    return {"prefilled": from_records(report).as_json(), "tasks": tasks}


@dataclass(frozen=True)
class Change:
    """A field that a later version says otherwise."""

    label: Any
    before: Any
    after: Any
    remark: str
    long: bool


def changes_of(report: ProgressReport) -> list[Change]:
    """What the last version handed in says otherwise than the one before, with what had been remarked of it."""
    versions = list(report.versions.order_by("-number")[:2])
    if len(versions) < 2:
        return []
    new, old = versions
    labels = {field.name: field.verbose_name for field in ProgressReport._meta.fields}
    return [
        Change(
            labels[name],
            old.values.get(name),
            new.values.get(name),
            old.field_remarks.get(name, ""),
            name in TEXTS,
        )
        for name in (*NUMBERS, *TEXTS)
        if old.values.get(name) != new.values.get(name) or old.field_remarks.get(name)
    ]


# The calendar of reports ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DueDay:
    """What falls due on one day: how many reports of one kind and period, and how far they are."""

    day: date
    kind: str
    period: str
    total: int
    accepted: int
    submitted: int
    owed: int

    @property
    def title(self) -> str:
        """As a report of them is called."""
        return ProgressReport(kind=self.kind, period=self.period).title


def due_days(reports: QuerySet[ProgressReport], year: int) -> list[DueDay]:
    """The days of a year on which these reports fall due, in order, in one statement."""
    rows = reports.filter(due_on__year=year).order_by().values("due_on", "kind", "period")
    counted = rows.annotate(
        total=Count("pk"),
        accepted=Count("pk", filter=Q(state="accepted")),
        submitted=Count("pk", filter=Q(state="submitted")),
        owed=Count("pk", filter=Q(state__in=ProgressReport.OWED)),
    )
    return [
        DueDay(r["due_on"], r["kind"], r["period"], r["total"], r["accepted"], r["submitted"], r["owed"])
        for r in counted.order_by("due_on", "kind", "period")
    ]

"""What is done with a report: planned, reminded of, submitted, accepted or returned."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from selection.rules.eligibility import passes_on
from studios.actions import rectification
from studios.messages import report as messages
from studios.models import ProgressReport, ReportVersion, Studio
from studios.queries import report as queries
from studios.rules.reports import LADDER, Owed, owed_reports, reminder_level
from workflow import calendar, clock, door, ledger
from workflow.actor import SYSTEM, Actor
from workflow.machine import subject_of
from workflow.rules.calendar import CalendarMissing, WorkCalendar, working_days_between

log = logging.getLogger(__name__)
RED = LADDER[0][0]


@door.act
def submit(
    report: ProgressReport,
    *,
    by: Actor,
    activities_held: int,
    people_served: int,
    mentees: int,
    spent: Decimal,
    results: str,
    problems: str,
    next_steps: str,
    difference: str = "",
) -> ProgressReport:
    """The studio hands a report in, or hands it in again after its return; what the records say is kept with it."""
    values = {
        "activities_held": activities_held,
        "people_served": people_served,
        "mentees": mentees,
        "spent": spent,
        "results": results,
        "problems": problems,
        "next_steps": next_steps,
    }
    said = {name: str(value) if isinstance(value, Decimal) else value for name, value in values.items()}
    kept = {**values, "difference": difference, **queries.drawn_from_records(report)}
    moved = door.take(
        report, "submit", by=by, sender=by, at=clock.now(), values=kept,
        payload={"report": said, "records": kept["prefilled"], "difference": difference},
    )  # fmt: skip
    _keep_version(moved, said)
    messages.submitted(moved, by=by)
    return moved


def _keep_version(report: ProgressReport, said: dict[str, Any]) -> None:
    assert report.submitted_by_id is not None and report.submitted_at is not None  # it was just handed in
    ReportVersion.objects.create(
        report=report, number=report.versions.count() + 1, values=said, difference=report.difference,
        submitted_by_id=report.submitted_by_id, submitted_at=report.submitted_at,
    )  # fmt: skip


@door.act
def accept(report: ProgressReport, *, by: Actor, remarks: str = "") -> ProgressReport:
    """The manager accepts a report."""
    moved = door.take(report, "accept", by=by, at=clock.now(), remarks=remarks, payload={"remarks": remarks})
    _remark(moved)
    messages.judged(moved, by=by)
    return moved


@door.act
def return_for_changes(
    report: ProgressReport, *, by: Actor, remarks: str, field_remarks: Mapping[str, str] | None = None
) -> ProgressReport:
    """The manager sends a report back and says what to change, as a whole and field by field."""
    asked = {name: text for name, text in (field_remarks or {}).items() if text}
    moved = door.take(
        report, "return_for_changes", by=by, reason=remarks, at=clock.now(), remarks=remarks, asked=asked,
        payload={"fields": asked},
    )  # fmt: skip
    _remark(moved)
    messages.judged(moved, by=by)
    return moved


def _remark(report: ProgressReport) -> None:
    """What was said stands with the version of which it was said."""
    last = report.versions.order_by("-number").first()
    if last is not None:
        last.remarks, last.field_remarks = report.remarks, report.field_remarks
        last.save(update_fields=["remarks", "field_remarks"])


# What is owed --------------------


def plan_due_reports() -> int:
    """The reports of the year ahead for every running studio, as calendars allow; how many were added."""
    studios = Studio.objects.filter(state__in=Studio.RUNNING, active_from__isnull=False)
    work_days = calendar.current()
    wanting = [studio for studio in studios.prefetch_related("reports") if _missing(studio, work_days)]
    return sum(len(plan(studio, by=SYSTEM)) for studio in wanting)


@door.act
def plan(studio: Studio, *, by: Actor) -> list[ProgressReport]:
    """Add the reports that this studio owes within a year and that it does not have yet."""
    row = Studio.objects.select_for_update().get(pk=studio.pk)
    rows = [
        ProgressReport(studio=row, kind=owed.kind, period=owed.period, due_on=owed.due_on)
        for owed in _missing(row, calendar.current())
    ]
    if rows:
        ProgressReport.objects.bulk_create(rows)
        planned = [{"kind": r.kind, "period": r.period, "due": r.due_on.isoformat()} for r in rows]
        ledger.append(
            by,
            chain=row.chain_key,
            kind="studio.plan_reports",
            subject=subject_of(row),
            payload={"reports": planned},
        )
    return rows


def _missing(studio: Studio, work_days: WorkCalendar) -> list[Owed]:
    if studio.active_from is None:
        return []
    until = passes_on(clock.today(), 1)
    until = min(until, studio.ends_on) if studio.ends_on else until
    have = {(report.kind, report.period) for report in studio.reports.all()}
    owed = owed_reports(studio.active_from, until, work_days, ends_on=studio.ends_on)
    return [one for one in owed if (one.kind, one.period) not in have]


# The ladder --------------------


def send_due_reminders() -> int:
    """Tell of reports that fall due or are late, each level once however often this runs; how many it was."""
    today, work_days = clock.today(), calendar.current()
    return sum(_remind_if_due(report, today, work_days) for report in queries.to_remind())


def _remind_if_due(report: ProgressReport, today: date, work_days: WorkCalendar) -> bool:
    try:
        level = reminder_level(report.due_on, today, work_days)
        passed = working_days_between(report.due_on, today, work_days)
    except CalendarMissing as absent:
        log.warning("report %s: no reminder, the calendar of %s is not loaded", report.pk, absent.year)
        return False
    if level is None or not _above(level, report.reminded):
        return False
    return remind(report, level, passed, by=SYSTEM)


@door.act
def remind(report: ProgressReport, level: int, passed: int, *, by: Actor) -> bool:
    """Tell of one report at one level, unless that has been done or the report handed in meanwhile.

    At red it asks for a rectification in writing, in the same act.
    """
    row = ProgressReport.objects.select_for_update(of=("self",)).select_related("studio").get(pk=report.pk)
    if row.state not in ProgressReport.OWED or not _above(level, row.reminded):
        return False
    row.reminded = level
    row.save(update_fields=["reminded"])
    if level >= RED:
        rectification.order_for(row, by=by)
    messages.reminded(row, level, passed)
    return True


def _above(level: int, reminded: int | None) -> bool:
    return reminded is None or level > reminded

"""What must be put right: ordered, reported, accepted; told of as its day comes and passes."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from studios.messages import rectification as messages
from studios.models import Assessment, ProgressReport, Rectification, Studio
from studios.queries import rectification as queries
from studios.rules.reports import reminder_level
from workflow import calendar, clock, door, ledger
from workflow.actor import SYSTEM, Actor
from workflow.machine import subject_of
from workflow.rules.calendar import CalendarMissing, WorkCalendar, add_working_days, working_days_between

log = logging.getLogger(__name__)
ledger.LABELS.update({"rectification.order": _("下达整改")})
ALL_PUT_RIGHT = "整改事项全部通过。"
LONGEST = 500


@door.act
def order(assessment: Assessment, *, by: Actor, items: Sequence[str]) -> list[Rectification]:
    """What an assessment asks to be put right; the studio is in rectification until all of it is accepted."""
    studio = door.locked(assessment.studio)
    rows = [_ordered(studio, item[:LONGEST], by, assessment=assessment) for item in items]
    if rows and studio.state == Studio.State.ACTIVE:
        reason = gettext("%(assessment)s等次为%(grade)s，须整改%(n)s项。") % {
            "assessment": assessment.title, "grade": assessment.get_grade_display(), "n": len(rows),
        }  # fmt: skip
        door.take(studio, "require_rectification", by=by, reason=reason)
    return rows


@door.act
def order_for(report: ProgressReport, *, by: Actor) -> Rectification | None:
    """A report that went red asks for a rectification in writing, once."""
    if Rectification.objects.filter(report=report).exists():
        return None
    item = gettext("%(report)s逾期满20个工作日，请书面说明原因和改正措施，并补交报告。") % {
        "report": report.title
    }
    return _ordered(report.studio, item, by, report=report)


def _ordered(studio: Studio, item: str, by: Actor, **source: object) -> Rectification:
    today = clock.today()
    due = _due(today, studio, calendar.current())
    row = Rectification.objects.create(studio=studio, item=item, ordered_on=today, due_on=due, **source)
    payload = {"item": item, "due": due.isoformat() if due else None}
    ledger.append(
        by, chain=row.chain_key, kind="rectification.order", subject=subject_of(row), payload=payload
    )
    return row


def _due(ordered_on: date, studio: Studio, work_days: WorkCalendar) -> date | None:
    """The last day; None while the calendar of a year that it touches is not loaded."""
    try:
        return add_working_days(ordered_on, studio.programme.rectify_working_days, work_days)
    except CalendarMissing:
        return None


@door.act
def file(rectification: Rectification, *, by: Actor, evidence: str) -> Rectification:
    """The studio says what it has done."""
    moved = door.take(rectification, "file", by=by, filer=by, at=clock.now(), evidence=evidence)
    messages.filed(moved, by=by)
    return moved


@door.act
def accept(rectification: Rectification, *, by: Actor, remarks: str = "") -> Rectification:
    """Put right. With the last item of its assessments the studio goes on."""
    studio = door.locked(rectification.studio)
    moved = door.take(
        rectification,
        "accept",
        by=by,
        accepter=by,
        at=clock.now(),
        remarks=remarks,
        payload={"remarks": remarks},
    )
    messages.judged(moved, by=by)
    if (
        moved.assessment_id
        and studio.state == Studio.State.RECTIFYING
        and not queries.open_of(studio).exists()
    ):
        door.take(studio, "accept_rectification", by=by, reason=ALL_PUT_RIGHT)
        messages.all_put_right(studio, by=by)
    return moved


@door.act
def send_back(rectification: Rectification, *, by: Actor, reason: str) -> Rectification:
    """Not yet put right."""
    moved = door.take(rectification, "send_back", by=by, reason=reason)
    messages.judged(moved, by=by)
    return moved


# The ladder ----------------------------------------------------------------------------------------------------------


def send_due_alerts() -> int:
    """Tell of what must be put right soon or should have been, each level once; how many it was."""
    today, work_days = clock.today(), calendar.current()
    for row in queries.without_day():
        set_day(row, by=SYSTEM)
    return sum(_alert_if_due(row, today, work_days) for row in queries.to_remind())


@door.act
def set_day(rectification: Rectification, *, by: Actor) -> date | None:
    """Count the last day now that the calendar may be there."""
    row = door.locked(rectification)
    if row.due_on is None and (due := _due(row.ordered_on, row.studio, calendar.current())):
        row.due_on = due
        row.save(update_fields=["due_on"])
    return row.due_on


def _alert_if_due(row: Rectification, today: date, work_days: WorkCalendar) -> bool:
    assert row.due_on is not None
    try:
        level = reminder_level(row.due_on, today, work_days)
        passed = working_days_between(row.due_on, today, work_days)
    except CalendarMissing as absent:
        log.warning("rectification %s: no alert, the calendar of %s is not loaded", row.pk, absent.year)
        return False
    if level is None or not _above(level, row.reminded):
        return False
    return alert(row, level, passed, by=SYSTEM)


@door.act
def alert(rectification: Rectification, level: int, passed: int, *, by: Actor) -> bool:
    """Tell of one at one level, unless that has been done or it was reported meanwhile."""
    row = door.locked(rectification)
    if row.state != Rectification.State.ORDERED or not _above(level, row.reminded):
        return False
    row.reminded = level
    row.save(update_fields=["reminded"])
    messages.reminded(row, level, passed)
    return True


def _above(level: int, reminded: int | None) -> bool:
    return reminded is None or level > reminded

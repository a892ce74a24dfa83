"""Who has something to do before a deadline: the recipients of reminders, as the pages of the work show it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.queries.people import people_with
from accounts.roles import Role
from selection.models import Nomination, Panel, Round
from selection.queries.scoring import experts_behind
from workflow import calendar, clock
from workflow.rules.calendar import CalendarMissing, WorkCalendar, working_days_between

LEVELS = (0, 2, 5)  # working days before the deadline


@dataclass(frozen=True)
class Due:
    """A deadline near enough to speak of: `level` is which reminder, `left` the working days there are."""

    obj: Round | Nomination
    what: str
    on: date
    left: int
    level: int
    people: QuerySet[User]


def due_reminders() -> Iterator[Due]:
    """Every deadline within reach with those who still have something to do."""
    days = calendar.current()
    for round_ in Round.objects.filter(state=Round.State.OPEN, closes_at__gt=clock.now()):
        assert round_.closes_at is not None
        closing = round_.closes_at.astimezone(clock.ZONE).date()
        yield from _near(round_, "closing", closing, _people_of_dossiers(round_), days)
    for nomination in Nomination.objects.filter(state="correction", round__state="screening").select_related(
        "round", "nominee"
    ):
        clerks = people_with(Role.UNIT_CLERK, organisation=nomination.unit_id)
        yield from _near(nomination, "correction", nomination.correction_due, clerks, days)
    for panel in Panel.objects.filter(round__state=Round.State.REVIEW).select_related("round"):
        yield from _near(panel.round, "scoring", panel.scoring_due, experts_behind(panel.round), days)


def _near(
    obj: Round | Nomination, what: str, on: date | None, people: QuerySet[User], days: WorkCalendar
) -> Iterator[Due]:
    if on is None or on < clock.today():
        return
    try:
        left = working_days_between(clock.today(), on, days)
    except CalendarMissing:  # announcing and asking for corrections refuse such years: nothing to count by
        return
    level = next((level for level in LEVELS if left <= level), None)
    if level is not None:
        yield Due(obj, what, on, left, level, people)


def _people_of_dossiers(round_: Round) -> QuerySet[User]:
    """Clerks with a dossier not yet sent, officers with one on their desk."""
    rows = round_.nominations
    clerks = people_with(Role.UNIT_CLERK).filter(
        organisation__in=rows.filter(state__in=("draft", "returned")).values("unit")
    )
    officers = people_with(Role.BUREAU_OFFICER).filter(
        Q(organisation__in=rows.filter(state="county_review").values("county"))
        | Q(organisation__in=rows.filter(state="nominator_review").values("nominator"))
    )
    return User.objects.filter(Q(pk__in=clerks.values("pk")) | Q(pk__in=officers.values("pk")))

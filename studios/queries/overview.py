"""What the page of one studio says beside its money and reports: its year in weeks, late records, people and stations."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, QuerySet

from studios.models import Activity, PartnerStation, Studio, TeamMember
from studios.rules import pace
from workflow import clock


@dataclass
class Year:
    """One studio's year. 人次 and 人数 are never added together."""

    recorded: int = 0  # handed in, whatever became of them
    confirmed: int = 0
    attendances: int = 0
    people: int = 0
    hours: Decimal = Decimal(0)
    kinds: Counter[str] = field(default_factory=Counter)
    weeks: list[int] = field(default_factory=lambda: [0] * pace.WEEKS)


def year_of(studio: Studio, year: int) -> Year:
    """What was handed in, week by week, and what of it is confirmed; one statement."""
    rows = Activity.objects.filter(studio=studio, held_on__year=year).exclude(state=Activity.State.DRAFTED)
    found = Year()
    columns = ("held_on", "state", "kind", "attendances", "people", "volunteer_hours")
    for day, state, kind, attendances, people, hours in rows.order_by().values_list(*columns):
        found.recorded += 1
        found.weeks[pace.week_of(day)] += 1
        if state in Activity.COUNTED:
            found.confirmed += 1
            found.attendances += attendances
            found.people += people or 0
            found.hours += hours
            found.kinds[kind] += 1
    return found


def late_records(studio: Studio) -> QuerySet[Activity]:
    """Drafts that should have been handed in by now, the oldest first."""
    today = clock.today()
    rows = Activity.objects.filter(studio=studio, state=Activity.State.DRAFTED, due_on__lt=today)
    return rows.order_by("due_on", "pk") if studio.state in Studio.RUNNING else rows.none()


@dataclass(frozen=True)
class Circle:
    """Who works at a studio, whom it guides this year and where."""

    team: int
    mentees: int
    certified: int
    stations: int
    weaker: int


def circle_of(studio: Studio, day: date) -> Circle:
    """Those of the present; three statements."""
    present = Q(since__lte=day) & (Q(until=None) | Q(until__gte=day))
    guided = studio.mentorships.filter(year=day.year).aggregate(
        n=Count("pk"), certified=Count("pk", filter=Q(certified_on__isnull=False))
    )
    stations = PartnerStation.objects.filter(present, studio=studio).aggregate(
        n=Count("pk"), weaker=Count("pk", filter=Q(weaker_area=True))
    )
    team = TeamMember.objects.filter(present, studio=studio).count()
    return Circle(team, guided["n"], guided["certified"], stations["n"], stations["weaker"])

"""Assessments as a reader may see them, the grades that others go by, and the facts that stand beside the marks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.queries.people import people_with
from accounts.roles import Role
from studios.models import Assessment, AssessmentSheet, Studio
from studios.queries import facts as records
from studios.queries.studio import of_reader
from studios.rules.assessment import excellent_places
from studios.rules.reports import MID_TERM_MONTHS, months_after
from workflow import clock
from workflow.errors import Sentence

CONFIRMED = Assessment.State.CONFIRMED


# The grades that others go by ----------------------------------------------------------------------------------------


def grade_of(studio: Studio, year: int | None = None) -> str:
    """The grade of a studio's newest confirmed assessment, of that year if one is named; "" where there is none."""
    return grades_of([studio.pk], year).get(studio.pk, "")


def grades_of(studios: Iterable[int], year: int | None = None) -> dict[int, str]:
    """The same for many studios, in one statement."""
    rows = Assessment.objects.filter(studio__in=list(studios), state=CONFIRMED)
    if year is not None:
        rows = rows.filter(year=year)
    return dict(rows.order_by("year", "confirmed_at", "pk").values_list("studio", "grade"))


def unqualified_times(studio: Studio) -> int:
    """How many confirmed assessments of a studio found it unqualified."""
    return Assessment.objects.filter(studio=studio, state=CONFIRMED, grade="unqualified").count()


# Who sees what -------------------------------------------------------------------------------------------------------


def assessments_visible_to(user: Any) -> QuerySet[Assessment]:
    """The assessments of the studios this reader may see."""
    rows = Assessment.objects.filter(of_reader(user, "studio__"))
    return rows.select_related(
        "studio__recognition", "studio__host", "studio__city", "studio__lead", "studio__agreement__programme",
        "confirmed_by", "self_scored_by",
    ).prefetch_related("sheets__reviewer")  # fmt: skip


def sheets_shown(assessment: Assessment, reader: Any) -> list[AssessmentSheet]:
    """The sheets whose marks this reader may read: the own one always, both once both are in."""
    if assessment.told:
        return [sheet for sheet in assessment.open_sheets if sheet.submitted_at]
    return [s for s in assessment.open_sheets if s.reviewer_id == reader.id and s.submitted_at]


def to_score(user: Any) -> QuerySet[Assessment]:
    """The assessments that wait for this reviewer's sheet."""
    mine = AssessmentSheet.objects.filter(reviewer=user, submitted_at=None, superseded_at=None)
    return Assessment.objects.filter(state="scheduled", pk__in=mine.values("assessment")).select_related(
        "studio__host", "studio__city"
    )


def inbox(user: Any) -> QuerySet[AssessmentSheet]:
    """A reviewer's sheets in use: those to be handed in first, the newest year first."""
    rows = AssessmentSheet.objects.filter(reviewer=user, superseded_at=None)
    return rows.select_related("assessment__studio__host", "assessment__studio__city").order_by(
        "submitted_at", "-assessment__year", "assessment__studio", "pk"
    )


def reviewers() -> QuerySet[User]:
    """The accounts that may score."""
    first, second = (people_with(role).values("pk") for role in (Role.REVIEWER, Role.MANAGER))
    return (
        User.objects.filter(Q(pk__in=first) | Q(pk__in=second))
        .select_related("organisation")
        .order_by("name", "pk")
    )


def why_unfit(studio: Studio, person: User) -> Sentence | None:
    """Why this person cannot score this studio; None if nothing stands against it."""
    if not (person.holds(Role.REVIEWER) or person.holds(Role.MANAGER)):
        return _("%(name)s没有初审员或处室负责人角色。") % {"name": person.name}
    if person.pk == studio.lead_id or person.organisation_id in _concerned(studio):
        return _("%(name)s属于该工作室的依托单位或所在市县，应当回避。") % {"name": person.name}
    return None


def _concerned(studio: Studio) -> set[int]:
    return {pk for pk in (studio.host_id, studio.city_id, studio.county_id) if pk is not None}


# Which studios are due -----------------------------------------------------------------------------------------------


def due_for(kind: str, year: int) -> list[Studio]:
    """The studios that such an assessment of that year falls to and that have none yet."""
    has_one = Assessment.objects.filter(kind=kind, year=year)
    rows = Studio.objects.filter(
        state__in=(*Studio.RUNNING, Studio.State.SUSPENDED),
        active_from__isnull=False,
        active_from__year__lte=year,
    )
    rows = rows.exclude(pk__in=has_one.values("studio")).select_related("host", "city", "lead")
    return [studio for studio in rows.order_by("pk") if _falls(studio, kind, year)]


def _falls(studio: Studio, kind: str, year: int) -> bool:
    if kind == Assessment.Kind.MID_TERM:
        began = studio.active_from
        return began is not None and months_after(began, MID_TERM_MONTHS).year == year
    if kind == Assessment.Kind.FINAL:
        return studio.ends_on is not None and studio.ends_on.year == year
    return True


def period_of(assessment: Assessment) -> tuple[date, date]:
    """The days that an assessment is about: its year, the term's first 18 months, the whole term."""
    studio = assessment.studio
    began = studio.active_from or clock.today()
    if assessment.kind == Assessment.Kind.ANNUAL:
        return max(began, date(assessment.year, 1, 1)), date(assessment.year, 12, 31)
    if assessment.kind == Assessment.Kind.MID_TERM:
        return began, months_after(began, MID_TERM_MONTHS)
    return began, studio.ends_on or clock.today()


def facts(assessment: Assessment) -> dict[str, Any]:
    """What the records say of its period."""
    first, last = period_of(assessment)
    year = assessment.year if assessment.kind == Assessment.Kind.ANNUAL else min(last, clock.today()).year
    return {
        **records.facts_of(assessment.studio, first, last, year),
        "from": first.isoformat(),
        "to": last.isoformat(),
    }


def reds_of(assessment: Assessment) -> int:
    """How many reports went red in its period."""
    return records.punctuality_of(assessment.studio, *period_of(assessment)).red


# The office's page of a year -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class YearOf:
    """One year's assessments of one kind: how far they are, how the grades fall."""

    total: int
    self_scored: int
    scored_once: int
    rated: int
    confirmed: int
    grades: dict[str, int]
    places: int
    taken: int


def year_of(rows: QuerySet[Assessment], share: int) -> YearOf:
    """The figures of these rows, in two statements."""
    states = Count("pk", distinct=True)
    sums = rows.order_by().aggregate(
        total=states,
        self_scored=Count("pk", distinct=True, filter=Q(self_scored_at__isnull=False)),
        once=Count(
            "pk", distinct=True,
            filter=Q(state="scheduled", sheets__submitted_at__isnull=False, sheets__superseded_at=None),
        ),
        rated=Count("pk", distinct=True, filter=Q(state="rated")),
        confirmed=Count("pk", distinct=True, filter=Q(state="confirmed")),
        counted=Count("pk", distinct=True, filter=Q(state="confirmed") | Q(studio__state__in=Studio.LIVING)),
    )  # fmt: skip
    grades = dict(rows.filter(state=CONFIRMED).order_by().values_list("grade").annotate(n=Count("pk")))
    return YearOf(
        sums["total"], sums["self_scored"], sums["once"], sums["rated"], sums["confirmed"], grades,
        excellent_places(sums["counted"], share), grades.get("excellent", 0),
    )  # fmt: skip


def to_confirm() -> QuerySet[Assessment]:
    """Rated ones whose statement is over or waived: they wait for the manager."""
    over = Q(statement_waived=True) | Q(statement_until__lte=clock.now())
    return Assessment.objects.filter(over, state=Assessment.State.RATED)


def asked_of(user: Any) -> QuerySet[Assessment]:
    """What waits for the lead: the own score, the statement."""
    if not user.holds(Role.STUDIO_LEAD):
        return Assessment.objects.none()
    own = Assessment.objects.filter(studio__lead_id=user.pk)
    score = Q(state="scheduled", self_scored_at=None)
    state = Q(state="rated", stated_at=None, statement_until__gt=clock.now())
    return own.filter(score | state).select_related("studio").order_by("-year", "pk")


def overview_of(studio: Studio) -> dict[str, Any]:
    """What `_assessment.html` shows of a studio, in two statements: its newest assessment, what is to be put right."""
    newest = Assessment.objects.filter(studio=studio).order_by("-year", "-pk").first()
    open_ones = studio.rectifications.exclude(state="accepted").select_related("report", "assessment")
    return {"assessment": newest, "rectifications": list(open_ones), "today": clock.today()}

"""Plans as a reader may see them, what waits of them, and what a studio has set out to do."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from accounts.roles import Role
from studios.models import PartnerStation, ServicePoint, Studio, StudioPlan, StudioTask, TeamMember
from studios.queries.studio import managers, of_reader, officers_of


def plans_visible_to(user: Any) -> QuerySet[StudioPlan]:
    """The plans of the studios this reader may see."""
    rows = StudioPlan.objects.filter(of_reader(user, "studio__"))
    return rows.select_related(
        "studio__recognition__round", "studio__lead", "studio__host", "studio__city", "studio__county",
        "studio__agreement__programme", "endorsed_by", "approved_by",
    )  # fmt: skip


def plans_of(studio: Studio) -> QuerySet[StudioPlan]:
    """Every version, the newest first."""
    return studio.plans.select_related("endorsed_by", "approved_by").order_by("-version")


def endorsers_of(studio: Studio) -> QuerySet[User]:
    """Who endorses a studio's plan: the city's officers, the province's managers where no office looks after it."""
    return officers_of(studio) if studio.city_id or studio.county_id else managers()


def team_of(studio: Studio) -> QuerySet[TeamMember]:
    """Who is in the team today."""
    return studio.team.filter(until=None).order_by("pk")


def stations_of(studio: Studio) -> QuerySet[PartnerStation]:
    """The stations that work with the studio today."""
    return studio.stations.filter(until=None).select_related("point").order_by("pk")


def points_for(studio: Studio) -> QuerySet[ServicePoint]:
    """The registered stations and points that a studio can name as partners: those of its city, or of its county."""
    rows = ServicePoint.objects.filter(status__in=ServicePoint.STANDING).exclude(level="centre")
    if studio.city_id:
        rows = rows.filter(city=studio.city_id)
    elif studio.county_id:
        rows = rows.filter(county=studio.county_id)
    return rows.order_by("code")


def tasks_by_year(studio: Studio) -> dict[int, list[StudioTask]]:
    """The annual tasks of the approved plan."""
    found: dict[int, list[StudioTask]] = {}
    for task in studio.tasks.order_by("year", "pk"):
        found.setdefault(task.year, []).append(task)
    return found


def waiting_for(user: Any) -> QuerySet[StudioPlan]:
    """What this person has to do with plans: write, endorse or approve them."""
    rows = plans_visible_to(user).filter(studio__state__in=Studio.LIVING)
    found = rows.none()
    if user.holds(Role.STUDIO_LEAD):
        found |= rows.filter(studio__lead=user.pk, state__in=StudioPlan.WRITABLE)
    if user.holds(Role.BUREAU_OFFICER) and user.organisation_id is not None:
        mine = rows.filter(state=StudioPlan.State.SUBMITTED)
        found |= mine.filter(studio__city=user.organisation_id)
        found |= mine.filter(studio__city=None, studio__county=user.organisation_id)
    if user.holds(Role.MANAGER):
        found |= rows.filter(state=StudioPlan.State.ENDORSED)
        found |= rows.filter(state=StudioPlan.State.SUBMITTED, studio__city=None, studio__county=None)
    return found

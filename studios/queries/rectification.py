"""What must be put right, as a reader may see it; whose day comes or has passed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.queries.people import people_with
from accounts.roles import Role
from studios.models import Rectification, Studio
from studios.queries.studio import of_reader
from studios.rules.reports import REMINDERS
from workflow import clock

AHEAD = timedelta(days=30)  # no five working days are longer, whatever the holidays
ORDERED, FILED = Rectification.State.ORDERED, Rectification.State.FILED


def rectifications_visible_to(user: Any) -> QuerySet[Rectification]:
    """Those of the studios this reader may see."""
    return Rectification.objects.filter(of_reader(user, "studio__")).select_related(
        "studio__recognition", "studio__host", "studio__city", "studio__lead", "assessment", "report",
        "filed_by", "accepted_by",
    )  # fmt: skip


def open_of(studio: Studio) -> QuerySet[Rectification]:
    """What the assessments of a studio asked for and what is not accepted yet."""
    return studio.rectifications.exclude(state=Rectification.State.ACCEPTED).filter(assessment__isnull=False)


def _living() -> QuerySet[Rectification]:
    return Rectification.objects.filter(state=ORDERED, studio__state__in=Studio.LIVING)


def without_day() -> QuerySet[Rectification]:
    """Ordered when the calendar that counts the last day was not there."""
    return _living().filter(due_on=None).select_related("studio__agreement__programme")


def to_remind() -> QuerySet[Rectification]:
    """Those whose alerts may have reached a new level."""
    return (
        _living()
        .filter(Q(reminded=None) | Q(reminded__lt=REMINDERS[0]), due_on__lte=clock.today() + AHEAD)
        .select_related("studio")
        .order_by("due_on", "pk")
    )


def owed_by(user: Any) -> QuerySet[Rectification]:
    """What this person's studio must put right."""
    own = Q(pk__in=())
    if user.holds(Role.STUDIO_LEAD):
        own |= Q(studio__lead_id=user.pk)
    if user.holds(Role.STUDIO_MEMBER) and user.organisation_id is not None:
        own |= Q(studio__host_id=user.organisation_id)
    return _living().filter(own).select_related("studio").order_by("due_on", "pk")


def owners_of(row: Rectification) -> QuerySet[User]:
    """Those by whom `owed_by` says it is owed."""
    leads = people_with(Role.STUDIO_LEAD).filter(led_studios=row.studio_id)
    members = people_with(Role.STUDIO_MEMBER, organisation=row.studio.host_id)
    return User.objects.filter(Q(pk__in=leads.values("pk")) | Q(pk__in=members.values("pk")))


def to_judge() -> QuerySet[Rectification]:
    """What waits for the manager."""
    return Rectification.objects.filter(state=FILED)

"""Re-checks: who sees them, who may answer, what waits for an answer."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.queries.people import people_with
from accounts.roles import Role
from selection.models import Nomination, QualificationReview, RecheckRequest, Round
from selection.queries.qualification import READERS
from workflow import clock

WAITING = Q(
    state="requested", nomination__state="disqualified", nomination__round__state=Round.State.SCREENING
)
MAY_BE_ASKED = Q(
    state="offered", nomination__state="disqualified", nomination__round__state=Round.State.SCREENING
)


def rechecks_visible_to(user: Any) -> QuerySet[RecheckRequest]:
    """The unit its own, the nominator those of its nominees, the province's screening all."""
    rows = RecheckRequest.objects.select_related(
        "nomination__round", "nomination__nominee", "nomination__unit", "requested_by", "answered_by"
    ).prefetch_related("nomination__reviews", "nomination__round__rulebook_versions")
    if user.roles & READERS:
        return rows
    if user.organisation_id is None:
        return rows.none()
    seen = Q(pk__in=())
    if user.holds(Role.UNIT_CLERK):
        seen |= Q(nomination__unit=user.organisation_id)
    if user.holds(Role.BUREAU_OFFICER):
        seen |= Q(nomination__nominator=user.organisation_id)
    return rows.filter(seen)


def rechecks_to_answer(user: Any) -> QuerySet[RecheckRequest]:
    """What waits for this manager: not the dossiers that they reviewed themselves."""
    if not user.holds(Role.MANAGER):
        return RecheckRequest.objects.none()
    own = QualificationReview.objects.filter(reviewer=user.pk).values("nomination")
    return rechecks_visible_to(user).filter(WAITING).exclude(nomination__in=own).order_by("answer_due", "pk")


def rechecks_to_ask(user: Any) -> QuerySet[RecheckRequest]:
    """What this unit's clerk may still ask for."""
    if not user.holds(Role.UNIT_CLERK) or user.organisation_id is None:
        return RecheckRequest.objects.none()
    in_time = Q(request_due=None) | Q(request_due__gte=clock.today())
    rows = rechecks_visible_to(user).filter(MAY_BE_ASKED, in_time, nomination__unit=user.organisation_id)
    return rows.order_by("request_due", "pk")


def who_may_answer(recheck: RecheckRequest) -> QuerySet[User]:
    """The managers who did not review the dossier."""
    reviewers = QualificationReview.objects.filter(nomination=recheck.nomination_id).values("reviewer")
    return people_with(Role.MANAGER).exclude(pk__in=reviewers)


def recheck_of(nomination: Nomination) -> RecheckRequest | None:
    """The newest, if the dossier was ever found disqualified."""
    return RecheckRequest.objects.filter(nomination=nomination).order_by("-pk").first()

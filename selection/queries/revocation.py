"""Revocations and corrections, for the office that handles them."""

from __future__ import annotations

from django.db.models import QuerySet

from selection.models import Nomination, Recognition, Revocation, RollCorrection
from selection.queries.notice import OFFICE
from workflow import clock
from workflow.actor import Actor


def revocations_visible_to(actor: Actor) -> QuerySet[Revocation]:
    """In the office; nobody else reads what was told and answered."""
    rows = Revocation.objects.select_related("nomination__nominee", "nomination__round", "started_by")
    return rows if _in_office(actor) else rows.none()


def corrections_visible_to(actor: Actor) -> QuerySet[RollCorrection]:
    """In the office; the public reads those that were published on the pages of the list."""
    rows = RollCorrection.objects.select_related("recognition__round", "drafted_by")
    return rows if _in_office(actor) else rows.none()


def recognised_visible_to(actor: Actor) -> QuerySet[Nomination]:
    """Whose title may be questioned."""
    rows = Nomination.objects.filter(state="recognised").select_related("nominee", "round", "unit")
    return rows if _in_office(actor) else rows.none()


def lines_visible_to(actor: Actor) -> QuerySet[Recognition]:
    """Lines of published lists that may be corrected."""
    rows = Recognition.objects.filter(round__state__in=("published", "archived")).select_related("round")
    return rows if _in_office(actor) else rows.none()


def to_decide(revocations: QuerySet[Revocation]) -> QuerySet[Revocation]:
    """Heard, and the period for a statement over."""
    return revocations.filter(state="heard", statement_due__lt=clock.today())


def to_hear(revocations: QuerySet[Revocation]) -> QuerySet[Revocation]:
    """Nothing was said, and the period is over."""
    return revocations.filter(state="started", statement_due__lt=clock.today())


def _in_office(actor: Actor) -> bool:
    return any(actor.holds(role) for role in OFFICE)

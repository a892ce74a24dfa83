"""Revocations and corrections, for the office that handles them."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from selection.models import Nomination, Recognition, Revocation, RollCorrection
from selection.models.nomination import plain_name
from selection.queries.notice import OFFICE
from selection.rules.roll import certificate_as_typed
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


def lines_named(actor: Actor, text: str) -> QuerySet[Recognition]:
    """The lines that may be corrected, or whose title may be questioned, by name or number of the certificate."""
    plain, rows = plain_name(text), lines_visible_to(actor)
    if not plain:
        return rows.none()
    named = Q(name_key__contains=plain) | Q(certificate_number=certificate_as_typed(text))
    return (
        rows.filter(named).select_related("round", "nomination").order_by("-round__published_on", "ordinal")
    )


def line_of(actor: Actor, nomination: Nomination) -> Recognition | None:
    """The published line of this person, for who may read what follows a publication."""
    return lines_visible_to(actor).filter(nomination=nomination).select_related("determination").first()


def to_decide(revocations: QuerySet[Revocation]) -> QuerySet[Revocation]:
    """Heard, and the period for a statement over."""
    return revocations.filter(state="heard", statement_due__lt=clock.today())


def to_hear(revocations: QuerySet[Revocation]) -> QuerySet[Revocation]:
    """Nothing was said, and the period is over."""
    return revocations.filter(state="started", statement_due__lt=clock.today())


def _in_office(actor: Actor) -> bool:
    return any(actor.holds(role) for role in OFFICE)

"""Objections as their handlers see them; for everybody else there is only the neutral issue."""

from __future__ import annotations

import json

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.roles import Role
from selection.models import Expert, Nomination, Objection, QualificationReview
from workflow import clock, ledger
from workflow.actor import Actor

INVESTIGATORS = (Role.REVIEWER, Role.MANAGER, Role.BUREAU_OFFICER)
_JUDGED = tuple(
    f"nomination.{step}"
    for step in (
        "endorse", "nominate", "decline", "return_for_completion", "request_correction", "qualify", "disqualify",
        "reinstate",
    )
)  # fmt: skip


def objections_visible_to(actor: Actor) -> QuerySet[Objection]:
    """The manager sees every objection, an investigator those given to them; nobody else any."""
    objections = Objection.objects.select_related(
        "notice", "nomination__nominee", "nomination__unit", "nomination__round", "investigator"
    )
    if actor.holds(Role.MANAGER):
        return objections
    return objections.filter(investigator_id=actor.id) if isinstance(actor.id, int) else objections.none()


def investigators_for(nomination: Nomination) -> QuerySet[User]:
    """Who may investigate: neither reviewed, scored nor nominated this candidate, nor comes from the offices that did."""
    today = clock.today()
    in_force = Q(grants__role__in=INVESTIGATORS, grants__since__lte=today) & (
        Q(grants__until=None) | Q(grants__until__gt=today)
    )
    people = User.objects.filter(in_force, is_active=True).distinct()
    offices = [
        o for o in (nomination.unit_id, nomination.county_id, nomination.nominator_id) if o is not None
    ]
    return people.exclude(pk__in=_involved(nomination)).exclude(organisation__in=offices).order_by("name")


def _involved(nomination: Nomination) -> set[int]:
    scored = Expert.objects.filter(assignments__nomination=nomination).values_list("user_id", flat=True)
    return {*scored, *judges_of(nomination)}


def judges_of(nomination: Nomination) -> set[int]:
    """The people who reviewed or nominated this candidate, as reviews and ledger have it."""
    reviewed = QualificationReview.objects.filter(nomination=nomination).values_list("reviewer_id", flat=True)
    entries = ledger.entries_of(nomination).filter(kind__in=_JUDGED).exclude(payload="")
    acted = [str(json.loads(text).get("actor", "")) for text in entries.values_list("payload", flat=True)]
    return {*reviewed, *(int(actor) for actor in acted if actor.isdigit())}


def neutral_issues(nomination: Nomination) -> list[Objection]:
    """What the nominee's side is told: the issue in neutral words and where it stands. Nothing of the objector."""
    rows = nomination.objections.exclude(neutral_issue="")
    return list(
        rows.only("pk", "nomination", "state", "neutral_issue", "material", "decided_at", "conclude_due")
    )


def to_remove() -> QuerySet[Nomination]:
    """Candidates whom an upheld material objection leaves to the leader's decision."""
    rows = Nomination.objects.filter(
        state__in=("on_notice", "cleared"), objections__state="upheld", objections__material=True
    )
    return rows.select_related("nominee", "round", "unit").distinct().order_by("pk")


def by_code(code: str) -> Objection | None:
    """The objection that a query code opens."""
    plain = "".join(code.replace("\0", "").split()).replace("-", "").upper()
    return Objection.objects.select_related("notice", "nomination__nominee").filter(code=plain).first()

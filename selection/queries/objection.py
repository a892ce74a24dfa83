"""Objections as their handlers see them; for everybody else there is only the neutral issue."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.queries.people import people_with
from accounts.roles import Role
from selection.models import Appeal, Evidence, Nomination, Objection
from selection.models.interest import involved_in, judges_of, offices_of, sides_of
from workflow import clock
from workflow.actor import Actor

__all__ = ["investigators_for", "judges_of", "objections_visible_to"]

INVESTIGATORS = (Role.REVIEWER, Role.MANAGER, Role.BUREAU_OFFICER)
OPEN_APPEAL = ("lodged", "admitted")


def objections_visible_to(actor: Actor) -> QuerySet[Objection]:
    """Managers and supervisors see every objection, investigators those given to them, leaders those under appeal.

    Whoever stands on a side of the nominee's case sees nothing, whatever the role; nobody else sees any.
    """
    rows = Objection.objects.select_related(
        "notice", "nomination__nominee", "nomination__unit", "nomination__round", "appeal"
    )
    if not isinstance(actor.id, int):
        return rows.none()
    if not (actor.holds(Role.MANAGER) or actor.holds(Role.SUPERVISOR)):
        given = Objection.investigators.through.objects.filter(user_id=actor.id)
        near = Q(pk__in=given.values("objection_id"))
        if actor.holds(Role.LEADER):
            near |= Q(appeal__state__in=OPEN_APPEAL)
        rows = rows.filter(near)
        if not rows.exists():
            return rows.none()
    return rows.exclude(nomination_id__in=sides_of(actor))


def appeals_visible_to(actor: Actor) -> QuerySet[Appeal]:
    """The appeals of the cases that this person sees."""
    return Appeal.objects.select_related("objection__nomination__nominee", "objection__notice").filter(
        objection__in=objections_visible_to(actor).order_by().values("pk")
    )


def evidence_visible_to(actor: Actor) -> QuerySet[Evidence]:
    """The files of those cases; a file whose form was never accepted is nobody's."""
    return Evidence.objects.select_related("objection__nomination__nominee").filter(
        objection__in=objections_visible_to(actor).order_by().values("pk")
    )


def may_note(objection: Objection, actor: Actor) -> bool:
    """Whether this person writes in the log of the investigation: those named, while it lasts."""
    return objection.state == "admitted" and objection.investigators.filter(pk=actor.id).exists()


def investigators_for(nomination: Nomination) -> QuerySet[User]:
    """Who may investigate: neither reviewed, scored, nominated nor investigated this candidate before, has declared no
    interest, and does not come from the offices that brought the candidate."""
    today = clock.today()
    in_force = Q(grants__role__in=INVESTIGATORS, grants__since__lte=today) & (
        Q(grants__until=None) | Q(grants__until__gt=today)
    )
    people = User.objects.filter(in_force, is_active=True).distinct()
    return (
        people.exclude(pk__in=involved_in(nomination) | _investigated(nomination))
        .exclude(organisation__in=offices_of(nomination))
        .order_by("name")
    )


def managers_for(nomination: Nomination) -> QuerySet[User]:
    """The managers who handle what is said against this candidate: those on no side."""
    people = people_with(Role.MANAGER).exclude(pk__in=involved_in(nomination))
    return people.exclude(organisation__in=offices_of(nomination))


def _investigated(nomination: Nomination) -> set[int]:
    """Who investigated an earlier case against the same candidate, to its end."""
    over = nomination.objections.filter(decided_at__isnull=False, investigators__isnull=False)
    return set(over.values_list("investigators", flat=True))


def neutral_issues(nomination: Nomination) -> list[Objection]:
    """What the nominee's side is told: the issue in neutral words and where it stands. Nothing of the objector."""
    rows = nomination.objections.exclude(neutral_issue="")
    return list(
        rows.only(
            "pk", "nomination", "state", "neutral_issue", "partly", "material", "decided_at", "conclude_due",
            "statement_due", "statement_at",
        )
    )  # fmt: skip


def issues_for(actor: Actor) -> QuerySet[Objection]:
    """The issues that this person's unit answers: without the objector and what was said."""
    if not actor.holds(Role.UNIT_CLERK) or actor.organisation_id is None:
        return Objection.objects.none()
    rows = Objection.objects.filter(nomination__unit_id=actor.organisation_id).exclude(neutral_issue="")
    return rows.select_related("nomination__nominee", "nomination__round").defer(
        "objector_name", "objector_contact", "facts", "supplement", "conclusion", "reply", "code"
    )


def to_remove() -> QuerySet[Nomination]:
    """Candidates whom an upheld material objection leaves to the leader's decision."""
    rows = Nomination.objects.filter(
        state__in=("on_notice", "cleared"), objections__state="upheld", objections__material=True
    )
    return rows.select_related("nominee", "round", "unit").distinct().order_by("pk")


def to_revoke() -> QuerySet[Nomination]:
    """The recognised against whom something material was found right."""
    found = Q(objections__state="verified") | Q(objections__state="upheld")
    rows = Nomination.objects.filter(found, state="recognised", objections__material=True)
    return rows.select_related("nominee", "round", "unit").distinct().order_by("pk")


def by_code(code: str) -> Objection | None:
    """The objection that a query code opens."""
    plain = "".join(code.replace("\0", "").split()).replace("-", "").upper()
    if not plain:
        return None
    rows = Objection.objects.select_related("notice__round", "nomination__nominee", "appeal")
    return rows.filter(code=plain).first()


def evidence_of(objection: Objection) -> list[Any]:
    """The files of a case in the order in which they came."""
    return list(objection.evidence.select_related("uploaded_by"))

"""The pool, the draw's inputs, and who scores whom."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from accounts.roles import Role
from selection.models import Assignment, Nomination, Panel, Panelist, Recusal, Round
from selection.queries.round import working_days_left
from selection.queries.scoring_due import first_due
from selection.rules.draw import Pair
from workflow.rules.calendar import ONE_DAY, start_of

READERS = frozenset({Role.MANAGER, Role.LEADER, Role.SUPERVISOR, Role.AUDIT_ADMIN})
ACTIVE = ("drawn", "accepted")


def panels_visible_to(user: Any) -> QuerySet[Panel]:
    """Every draw, for the office."""
    rows = Panel.objects.select_related("round", "operator", "witness").prefetch_related(
        "round__rulebook_versions"
    )
    return rows if user.roles & READERS else rows.none()


def rounds_without_panel() -> QuerySet[Round]:
    """Rounds under screening whose draw nobody has prepared."""
    return Round.objects.filter(state="screening", panels=None)


def assignments_visible_to(user: Any) -> QuerySet[Assignment]:
    """The office sees who scores whom; an expert the own duties, once the review has begun."""
    rows = Assignment.objects.select_related(
        "round", "expert__user", "nomination__nominee", "nomination__unit", "sheet"
    ).prefetch_related("round__rulebook_versions", "nomination__posts")
    if user.roles & READERS:
        return rows
    if user.holds(Role.EXPERT):
        rows = still_open(rows.filter(expert__user=user.pk).exclude(round__state="screening"))
        rows = rows.select_related("nomination__nominator", "nomination__county__parent")
        return rows.prefetch_related("nomination__intervals")
    return rows.none()


def still_open(duties: QuerySet[Assignment]) -> QuerySet[Assignment]:
    """Without those of a first stage whose dossier the expert gave up in the second: it is closed altogether."""
    later = Assignment.objects.filter(
        nomination=OuterRef("nomination"),
        expert=OuterRef("expert"),
        state="recused",
        stage__gt=OuterRef("stage"),
    )
    return duties.exclude(Exists(later))


def duties_of(user: Any) -> QuerySet[Assignment]:
    """What an expert has to score in rounds under review, in the order of the dossiers' numbers."""
    rows = Assignment.objects.filter(
        expert__user=user.pk, round__state="review", stage=F("round__stage")
    ).exclude(nomination__state="withdrawn")
    rows = rows.select_related("round", "nomination__nominee", "nomination__unit", "sheet")
    return rows.order_by("round", "nomination__code")


def progress_of(user: Any) -> dict[str, int]:
    """How many of the own duties stand, are submitted, and still wait for the declaration."""
    return duties_of(user).aggregate(
        all=Count("pk", filter=Q(state__in=ACTIVE)),
        submitted=Count("pk", filter=Q(state="accepted", sheet__state="submitted")),
        undeclared=Count("pk", filter=Q(state="drawn")),
    )


# The inputs of a draw ------------------------------------------------------------------------------------------------


def nominees_to_draw(round_: Round) -> list[Nomination]:
    """The qualified, by code."""
    return list(round_.nominations.filter(state="qualified").select_related("nominee").order_by("code"))


# Redraws -------------------------------------------------------------------------------------------------------------


def sheets_now(round_: Round) -> dict[str, list[str]]:
    """Nominee to experts, as the assignments stand; a nominee with none left is among them."""
    found: dict[str, list[str]] = {code: [] for code in _judged(round_).values_list("code", flat=True)}
    rows = round_.assignments.filter(state__in=ACTIVE, stage=round_.stage, nomination__in=_judged(round_))
    for nominee, expert in rows.values_list("nomination__code", "expert__code").order_by("pk"):
        found[nominee].append(expert)
    return found


def _judged(round_: Round) -> QuerySet[Nomination]:
    """Who is scored: before the review begins, whoever was drawn for and has not been withdrawn."""
    if round_.stage > 1:
        return shortlisted(round_).filter(state="in_review").order_by("code")
    states = ["in_review", "qualified"] if round_.state == "screening" else ["in_review"]
    return round_.nominations.filter(state__in=states).order_by("code")


def shortlisted(round_: Round) -> QuerySet[Nomination]:
    """Who went on to the second stage, whatever has become of them since."""
    return round_.nominations.filter(result__shortlisted=True)


def recused_pairs(round_: Round) -> set[Pair]:
    """Every recusal of the round, derived or declared, and every pair that was given up."""
    recusals = Recusal.objects.filter(nomination__round=round_)
    given_up = round_.assignments.filter(state="recused")
    return set(recusals.values_list("nomination__code", "expert__code")) | set(
        given_up.values_list("nomination__code", "expert__code")
    )


def seated(panel: Panel) -> list[Panelist]:
    """Who sits on the panel now, by number."""
    rows = panel.panelists.filter(number__isnull=False, left_at=None).select_related("expert")
    return list(rows.order_by("number"))


def reserves(panel: Panel, stratum: str = "") -> list[Panelist]:
    """Who has not been called, in drawn order: those of this category first."""
    rows = panel.panelists.filter(number=None).select_related("expert").order_by("position", "stratum")
    return sorted(rows, key=lambda seat: seat.stratum != stratum)


def loads(panel: Panel) -> QuerySet[Panelist]:
    """The panel by anonymous number, each with the duties that stand and those given up."""
    mine = Q(expert__assignments__round=panel.round_id, expert__assignments__stage=panel.round.stage)
    return (
        panel.panelists.filter(number__isnull=False)
        .select_related("expert__unit")
        .annotate(
            duties=Count("expert__assignments", filter=mine & Q(expert__assignments__state__in=ACTIVE)),
            recused=Count("expert__assignments", filter=mine & Q(expert__assignments__state="recused")),
        )
        .order_by("number")
    )


def scoring_due_of(user: Any) -> datetime | None:
    """The end of the last day for the own sheets that are missing: the nearest, if rounds overlap."""
    first = first_due(duties_of(user).filter(state__in=ACTIVE).exclude(sheet__state="submitted"))
    return start_of(first + ONE_DAY) if first else None


def days_until(due: datetime | None) -> int | None:
    """Working days left until a day's end, today not counted."""
    return working_days_left(due - ONE_DAY) if due else None

"""Score sheets: who may see what of them, how far the scoring is, and what the opening checks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Q, QuerySet

from accounts.models import User
from accounts.roles import Role
from selection.models import Assignment, Expert, Nomination, Round, ScoreSheet
from selection.models.dossier import PARTS
from selection.queries.panel import ACTIVE, still_open
from workflow import ledger
from workflow.models import Entry
from workflow.rules import chain

READERS = frozenset({Role.MANAGER, Role.LEADER, Role.SUPERVISOR, Role.AUDIT_ADMIN})
NOT_WITHDRAWN = tuple(state for state in Nomination.State.values if state != "withdrawn")

SUBMITTED = Q(assignments__state="accepted", assignments__sheet__state="submitted")
STARTED = Q(
    assignments__state="accepted", assignments__sheet__state="draft", assignments__sheet__revision__gt=0
)


def sheets_visible_to(user: Any) -> QuerySet[ScoreSheet]:
    """An expert's own; whoever oversees sees every sheet's state. Marks are another question: `may_read_marks`."""
    rows = ScoreSheet.objects.select_related(
        "assignment__round", "assignment__expert__user", "assignment__nomination__nominee"
    ).prefetch_related("assignment__round__rulebook_versions")
    if user.roles & READERS:
        return rows
    if user.holds(Role.EXPERT):
        return rows.filter(assignment__expert__user=user.pk).exclude(assignment__round__state="screening")
    return rows.none()


def own_duties(user: Any) -> QuerySet[Assignment]:
    """The duties whose desk an expert may open: the own ones, from the review on."""
    rows = still_open(Assignment.objects.filter(expert__user=user.pk).exclude(round__state="screening"))
    rows = rows.select_related(
        "round",
        "expert",
        "nomination__nominee",
        "nomination__unit",
        "nomination__nominator",
        "nomination__county__parent",
        "sheet",
    )
    return rows.prefetch_related(*(f"nomination__{part}" for part in PARTS))


def duties_to_save(user: Any) -> QuerySet[Assignment]:
    """The same duties with what the saving of a sheet needs."""
    rows = Assignment.objects.filter(expert__user=user.pk).exclude(round__state="screening")
    return rows.select_related("round", "sheet")


def may_read_marks(sheet: ScoreSheet, actor: Any) -> bool:
    """The owner always, while the duty stands; the office once the sheet was opened by two persons; nobody else."""
    if sheet.assignment.expert.user_id == actor.id:
        return bool(sheet.assignment.state == Assignment.State.ACCEPTED)
    return sheet.state == ScoreSheet.State.LOCKED and any(actor.holds(role) for role in READERS)


def rounds_scored_for(user: Any) -> QuerySet[Round]:
    """Rounds whose scoring the office follows."""
    rows = Round.objects.prefetch_related("rulebook_versions", "panels")
    return rows if user.roles & READERS else rows.none()


def progress_by_expert(round_: Round) -> QuerySet[Expert]:
    """Each expert with duties in the round: how many are submitted, started and not opened. No mark is read."""
    mine = Q(assignments__round=round_, assignments__nomination__state__in=NOT_WITHDRAWN)
    return (
        Expert.objects.filter(assignments__round=round_)
        .select_related("unit", "user")
        .annotate(
            duties=Count("assignments", filter=mine & Q(assignments__state__in=ACTIVE), distinct=True),
            submitted=Count("assignments", filter=mine & (SUBMITTED | _LOCKED), distinct=True),
            started=Count("assignments", filter=mine & STARTED, distinct=True),
            undeclared=Count("assignments", filter=mine & Q(assignments__state="drawn"), distinct=True),
        )
        .order_by("code")
    )


_LOCKED = Q(assignments__state="accepted", assignments__sheet__state="locked")


def missing_sheets(round_: Round) -> QuerySet[Assignment]:
    """The duties that stand without a submitted sheet."""
    return (
        Assignment.objects.filter(round=round_, stage=round_.stage, state__in=ACTIVE)
        .exclude(nomination__state="withdrawn")
        .exclude(sheet__state__in=("submitted", "locked"))
    )


def experts_behind(round_: Round) -> QuerySet[User]:
    """Whose sheets are missing: the people whom a reminder is for."""
    return User.objects.filter(expert__assignments__in=missing_sheets(round_), is_active=True).distinct()


def sheet_totals(round_: Round) -> dict[str, int]:
    """How many sheets are due, and how many have come."""
    rows = round_.assignments.filter(state__in=ACTIVE, stage=round_.stage).exclude(
        nomination__state="withdrawn"
    )
    return rows.aggregate(
        due=Count("pk"), submitted=Count("pk", filter=Q(sheet__state__in=("submitted", "locked")))
    )


def sheets_to_open(round_: Round) -> list[ScoreSheet]:
    """The submitted sheets that count."""
    rows = ScoreSheet.objects.filter(
        assignment__round=round_, assignment__state="accepted", assignment__nomination__state="in_review",
        assignment__stage=round_.stage, state="submitted",
    )  # fmt: skip
    return list(
        rows.select_related("assignment__round", "assignment__expert", "assignment__nomination").order_by(
            "pk"
        )
    )


def broken_seals(round_: Round, sheets: Iterable[ScoreSheet]) -> list[ScoreSheet]:
    """The sheets whose content is not what was committed to, or whose receipt is not on the ledger."""
    sheets = list(sheets)
    seqs = [sheet.receipt_seq for sheet in sheets if sheet.receipt_seq is not None]
    entries = {e.seq: e for e in Entry.objects.filter(chain=round_.chain_key, seq__in=seqs)}
    return [sheet for sheet in sheets if not _is_whole(sheet, entries.get(sheet.receipt_seq or 0))]


def _is_whole(sheet: ScoreSheet, entry: Entry | None) -> bool:
    if entry is None or entry.leaf != sheet.receipt_leaf:
        return False
    if chain.leaf(ledger.canonical(entry)).hex() != entry.leaf or sheet.commitment not in entry.payload:
        return False
    return commitment_of(sheet.sealed, sheet.salt) == sheet.commitment


def commitment_of(sealed: str, salt: str) -> str:
    """What a sheet was committed to: `sealed` is its canonical content, `salt` 32 bytes in hexadecimal."""
    return chain.commitment(bytes.fromhex(salt), sealed.encode("utf-8")).hex()

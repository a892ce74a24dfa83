"""How far each expert is, for the office: what is not opened, declared, started and submitted. Never a mark."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from selection.models import Assignment, Expert, Round, ScoreSheet
from selection.queries.panel import ACTIVE
from selection.queries.scoring import NOT_WITHDRAWN, broken_seals, missing_sheets
from selection.queries.scoring_due import due_dates, extended
from workflow import clock, ledger
from workflow.models import Entry, PublishedHead


@dataclass(frozen=True)
class Sight:
    """One expert's row: counts that sum to the duties, the last sign of work, the own deadline."""

    expert: Expert
    due: date | None
    extended: bool

    @property
    def late(self) -> bool:
        """The last day is over and sheets are missing."""
        counts: Any = self.expert
        return self.due is not None and self.due < clock.today() and counts.duties > counts.submitted


def progress_by_expert(round_: Round) -> QuerySet[Expert]:
    """Each expert with duties in the round. Every duty is in exactly one count: not opened, declared (nothing typed yet),
    started, submitted; whether a sheet is marked ready, and what is on it, is not read."""
    mine = Q(
        assignments__round=round_,
        assignments__stage=round_.stage,
        assignments__nomination__state__in=NOT_WITHDRAWN,
    )
    accepted = mine & Q(assignments__state="accepted")
    started = Q(assignments__sheet__state="draft", assignments__sheet__revision__gt=0)
    return (
        Expert.objects.filter(assignments__round=round_)
        .select_related("unit", "user")
        .annotate(
            duties=Count("assignments", filter=mine & Q(assignments__state__in=ACTIVE), distinct=True),
            undeclared=Count("assignments", filter=mine & Q(assignments__state="drawn"), distinct=True),
            declared=Count(
                "assignments",
                filter=accepted & Q(assignments__sheet__state="draft", assignments__sheet__revision=0),
                distinct=True,
            ),
            started=Count("assignments", filter=accepted & started, distinct=True),
            submitted=Count(
                "assignments",
                filter=accepted & Q(assignments__sheet__state__in=("submitted", "locked", "voided")),
                distinct=True,
            ),
            recused=Count("assignments", filter=mine & Q(assignments__state="recused"), distinct=True),
            last_answer=Max("assignments__answered_at", filter=mine),
            last_saved=Max("assignments__sheet__saved_at", filter=mine),
            last_submitted=Max("assignments__sheet__submitted_at", filter=mine),
        )
        .order_by("code")
    )


def sights(round_: Round, experts: Iterable[Expert]) -> list[Sight]:
    """The rows of one page, each with its expert's deadline and last activity."""
    later = extended(round_)
    dues = due_dates(round_, later)
    rows = [Sight(e, dues.get(e.pk), e.pk in later) for e in experts]
    for row in rows:
        row.expert.last_seen = last_activity(row.expert)  # type: ignore[attr-defined]
    return rows


def last_activity(expert: Any) -> datetime | None:
    """The last declaration, saving or submission."""
    moments = (expert.last_answer, expert.last_saved, expert.last_submitted)
    return max((moment for moment in moments if moment), default=None)


def owes_sheets(round_: Round, expert: Expert) -> bool:
    """Whether sheets of this expert are missing."""
    return missing_sheets(round_).filter(expert=expert).exists()


def sheets_of_expert(round_: Round, expert: Expert) -> list[Assignment]:
    """One expert's duties with the state of each sheet, for the office."""
    rows = round_.assignments.filter(expert=expert).select_related(
        "nomination__nominee", "nomination__unit", "sheet"
    )
    return list(rows.order_by("-stage", "nomination__code"))


def waiting_sheets(round_: Round) -> QuerySet[ScoreSheet]:
    """The sheets about which the manager has asked and the supervisor has not confirmed."""
    rows = (
        ScoreSheet.objects.filter(assignment__round=round_, assignment__stage=round_.stage)
        .exclude(asked="")
        .select_related("assignment__expert", "assignment__nomination__nominee", "operator")
    )
    return rows.order_by("pk")


# The opening ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Opening:
    """What the opening verified, read back from the ledger."""

    entry: Entry
    asked: Entry | None
    sheets: int
    verified: int
    broken: tuple[ScoreSheet, ...]


def opening_of(
    round_: Round, entries: QuerySet[Entry] | None = None, *, stage: int | None = None
) -> Opening | None:
    """The opening of a stage of the round, the last if none is named, every sheet held against its receipt once more
    now; None before it."""
    rows = ledger.entries_of(round_) if entries is None else entries
    openings = list(rows.filter(kind="round.open_scores").order_by("seq"))
    stage = len(openings) if stage is None else stage
    if not 0 < stage <= len(openings):
        return None
    entry = openings[stage - 1]
    sheets = list(opened_sheets(round_, stage))
    broken = broken_seals(round_, sheets)
    asked = rows.filter(kind="round.ask_opening", seq__lt=entry.seq).order_by("-seq").first()
    return Opening(entry, asked, len(sheets), len(sheets) - len(broken), tuple(broken))


def opened_sheets(round_: Round, stage: int | None = None) -> QuerySet[ScoreSheet]:
    """What was opened in a stage, the last if none is named: the locked sheets, and those annulled since."""
    opened = Q(state="locked") | Q(state="voided", assignment__state="accepted")
    stage = round_.opened_stage if stage is None else stage
    rows = ScoreSheet.objects.filter(
        opened, assignment__round=round_, assignment__stage=stage, receipt_seq__isnull=False
    )
    return rows.select_related("assignment__expert", "assignment__nomination__nominee").order_by(
        "receipt_seq"
    )


def head_before(opening: Opening) -> PublishedHead | None:
    """The heads that were published before the first sheet was opened."""
    code = opening.entry.chain_id.partition(":")[2]
    rows = PublishedHead.objects.filter(occasion=f"round.open_scores {code}", at__lte=opening.entry.at)
    return rows.order_by("-pk").first()

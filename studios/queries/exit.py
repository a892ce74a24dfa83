"""Exits as a reader may see them, what an exit or a revocation brings, and who waits for what."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from selection.models import Revocation
from selection.rules.integrity import TERMS, free_on
from studios.models import Assessment, Exit, Instalment, Studio
from studios.queries.recovery import recoverable
from studios.queries.studio import of_reader
from studios.rules.exit import AFTER_REVOCATION, GROUNDS
from workflow import clock


def exits_visible_to(user: Any) -> QuerySet[Exit]:
    """The exits of the studios that this reader sees."""
    rows = Exit.objects.filter(of_reader(user, "studio__"))
    return rows.select_related("studio__recognition__nominee", "studio__host", "studio__city", "started_by")


def of_revoked_titles() -> QuerySet[Studio]:
    """Living studios whose title is revoked."""
    rows = Studio.objects.filter(state__in=Studio.LIVING, recognition__revoked_on__lte=clock.today())
    return rows.select_related("recognition").order_by("pk")


def revocation_of(studio: Studio) -> Revocation | None:
    """The decision by which the title was taken."""
    nomination = studio.recognition.nomination_id
    rows = Revocation.objects.filter(nomination=nomination, state="revoked") if nomination else None
    return rows.order_by("-pk").first() if rows is not None else None


@dataclass(frozen=True)
class Following:
    """What a revocation brings a studio, or will if it is decided."""

    studio: Studio
    revocation: Revocation
    unpaid: Decimal
    recovered: Decimal


def following() -> list[Following]:
    """Living studios whose title is revoked or under question, with what follows."""
    asked = Revocation.objects.filter(state__in=("started", "heard", "revoked")).select_related("nomination")
    by_dossier = {row.nomination_id: row for row in asked.order_by("pk")}
    rows = Studio.objects.filter(state__in=Studio.LIVING, recognition__nomination__in=by_dossier)
    rows = rows.select_related("recognition", "agreement").prefetch_related("instalments").order_by("pk")
    return [
        _following(studio, by_dossier[dossier])
        for studio in rows
        if (dossier := studio.recognition.nomination_id)
    ]


def _following(studio: Studio, revocation: Revocation) -> Following:
    unpaid = sum((i.amount for i in studio.instalments.all() if i.state in Instalment.UNPAID), Decimal(0))
    return Following(studio, revocation, unpaid, recoverable(studio, recovery_ground(revocation)))


def recovery_ground(revocation: Revocation | None) -> str:
    """On which ground a revocation asks money back."""
    return AFTER_REVOCATION.get(revocation.ground if revocation else "", "terminated")


def to_hear(rows: QuerySet[Exit]) -> list[Exit]:
    """Nothing was said, and the period is over."""
    return list(rows.filter(state=Exit.State.NOTICED, statement_due__lt=clock.today()))


def to_decide(rows: QuerySet[Exit]) -> list[Exit]:
    """Heard and the period over, or no statement needed."""
    found = rows.filter(state__in=Exit.OPEN)
    return [row for row in found if not row.blames or _over(row)]


def _over(row: Exit) -> bool:
    return (
        row.state == Exit.State.HEARD and row.statement_due is not None and clock.today() > row.statement_due
    )


def bar_years(found: Exit) -> int:
    """For how many years the talent is barred: as the programme says, within what the register knows for the ground."""
    term = TERMS[GROUNDS[found.ground].bar]
    return min(max(found.studio.programme.bar_years, term.least), term.most)


@dataclass(frozen=True)
class Outlook:
    """What a decision today would bring."""

    unpaid: Decimal
    instalments: int
    recovered: Decimal
    recovery_days: int
    bar_years: int
    bar_until: Any


def outlook(found: Exit, recovered: Decimal) -> Outlook:
    """What follows if it is decided today."""
    unpaid = list(found.studio.instalments.filter(state__in=Instalment.UNPAID))
    years = bar_years(found) if GROUNDS[found.ground].bar else 0
    return Outlook(
        unpaid=sum((row.amount for row in unpaid), Decimal(0)),
        instalments=len(unpaid),
        recovered=recovered,
        recovery_days=found.studio.programme.recovery_days,
        bar_years=years,
        bar_until=free_on(clock.today(), years) if years else None,
    )


def final_grade(studio: Studio) -> str:
    """The grade of the confirmed final assessment; nothing where there is none."""
    rows = Assessment.objects.filter(studio=studio, kind="final", state="confirmed")
    return str(rows.order_by("-year", "-pk").values_list("grade", flat=True).first() or "")

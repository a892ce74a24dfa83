"""Until when an expert's sheets are due: the round's last day, or the later one granted to this expert. Every page, letter
and list asks here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from selection.models import Assignment, Panel, Round, ScoringExtension

STANDING = ("drawn", "accepted")


def own_due() -> Any:
    """For assignments, in the database: the last day of the assignment's expert in its round."""
    later = ScoringExtension.objects.filter(
        round=OuterRef("round"), expert=OuterRef("expert"), stage=OuterRef("round__stage")
    ).order_by("-pk")
    common = Panel.objects.filter(round=OuterRef("round")).order_by("-pk")
    return Coalesce(Subquery(later.values("until")[:1]), Subquery(common.values("scoring_due")[:1]))


def first_due(duties: QuerySet[Assignment]) -> date | None:
    """The nearest last day of these duties."""
    rows = duties.annotate(own_due=own_due()).exclude(own_due=None).order_by("own_due")
    return rows.values_list("own_due", flat=True).first()


def due_dates(round_: Round, later: Mapping[int, date] | None = None) -> dict[int, date | None]:
    """The last day for each expert with duties; `later` are the days of those whose deadline was moved, where known."""
    panel = round_.panels.first()
    day = panel.scoring_due if panel else None
    experts = (
        round_.assignments.filter(stage=round_.stage, state__in=STANDING)
        .values_list("expert", flat=True)
        .distinct()
    )
    found: dict[int, date | None] = dict.fromkeys(experts, day)
    found.update(extended(round_) if later is None else later)
    return found


def extended(round_: Round) -> dict[int, date]:
    """The last day of those whose deadline was moved."""
    return {
        row.expert_id: row.until
        for row in round_.scoring_extensions.filter(stage=round_.stage).order_by("pk")
    }


def with_time_left(day: date) -> Q:
    """Assignments whose expert was given time until `day` or beyond."""
    later = ScoringExtension.objects.filter(
        round=OuterRef("round"), expert=OuterRef("expert"), stage=OuterRef("round__stage"), until__gte=day
    )
    return Q(Exists(later))

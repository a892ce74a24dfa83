"""Assessments as a reader may see them, the grades that others go by, and the facts that stand beside the marks."""

from __future__ import annotations

from collections.abc import Iterable

from studios.models import Assessment, Studio

CONFIRMED = Assessment.State.CONFIRMED


# The grades that others go by ----------------------------------------------------------------------------------------


def grade_of(studio: Studio, year: int | None = None) -> str:
    """The grade of a studio's newest confirmed assessment, of that year if one is named; "" where there is none."""
    return grades_of([studio.pk], year).get(studio.pk, "")


def grades_of(studios: Iterable[int], year: int | None = None) -> dict[int, str]:
    """The same for many studios, in one statement."""
    rows = Assessment.objects.filter(studio__in=list(studios), state=CONFIRMED)
    if year is not None:
        rows = rows.filter(year=year)
    newest_last = rows.order_by("year", "confirmed_at", "pk")
    return dict(newest_last.values_list("studio", "grade"))


def unqualified_times(studio: Studio) -> int:
    """How many confirmed assessments of a studio found it unqualified."""
    return Assessment.objects.filter(studio=studio, state=CONFIRMED, grade="unqualified").count()

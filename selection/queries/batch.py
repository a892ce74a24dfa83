"""A published batch as everybody reads it, in few statements."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.functional import cached_property

from selection.models import Determination, Panel, Recognition, RollCorrection, Round
from selection.queries.determination import marks, public_recognitions


class Counted(Paginator):  # type: ignore[type-arg]
    """Pages of a list whose length is known already, so that it is not counted again."""

    def __init__(self, rows: QuerySet[Any], per_page: int, *, known: int | None) -> None:
        super().__init__(rows, per_page)
        self.known = known

    @cached_property
    def count(self) -> int:
        """How many rows there are."""
        return super().count if self.known is None else self.known


def with_draw(rounds: QuerySet[Round]) -> QuerySet[Round]:
    """Each with whether its draw has a public page, and whether a line was corrected."""
    frozen = Panel.objects.exclude(state="preparing").filter(
        round=OuterRef("pk"), round__announced_at__isnull=False
    )
    corrected = RollCorrection.objects.filter(recognition__round=OuterRef("pk"), state="published")
    return rounds.annotate(has_draw=Exists(frozen), has_marks=Exists(corrected))


def with_revoked(rounds: QuerySet[Round]) -> QuerySet[Round]:
    """Each with how many of its recognitions were revoked."""
    return rounds.annotate(
        revoked=Count("recognitions", filter=Q(recognitions__revoked_on__isnull=False), distinct=True)
    )


def recognitions_of(round_: Any) -> list[Recognition]:
    """The lines of a batch, in the printed order; where nothing was corrected, corrections are not asked for."""
    nothing = [Prefetch("corrections", RollCorrection.objects.none())]
    rows = public_recognitions().filter(round=round_).prefetch_related(None)
    return list(rows.prefetch_related(*(marks() if round_.has_marks else nothing)))


def documents_of(recognitions: list[Recognition]) -> list[Determination]:
    """The decisions that the lines come from, in order."""
    found = {row.determination.pk: row.determination for row in recognitions if row.determination is not None}
    return [found[pk] for pk in sorted(found)]

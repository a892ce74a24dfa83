"""Expenses as a reader may see them, and the sums that gates, pages and reports ask for."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum

from studios.models import Expense
from studios.queries.studio import of_reader

NOTHING = Decimal("0.00")
APPROVED = Expense.State.APPROVED


# The sums: approved expenses alone ------------------------------------------------------------------------------------


def spent_of(studio: Any) -> Decimal:
    """What a studio has spent, from its approved expenses."""
    found = Expense.objects.filter(studio_id=studio.pk, state=APPROVED).aggregate(sum=Sum("amount"))["sum"]
    return found or NOTHING


def spent_by_head(studio: Any, states: Collection[str] = (APPROVED,)) -> dict[str, Decimal]:
    """What a studio has spent by head; heads without an expense are absent."""
    rows = Expense.objects.filter(studio_id=studio.pk, state__in=states)
    return dict(rows.order_by().values("head").annotate(sum=Sum("amount")).values_list("head", "sum"))


def spending_of(studio_ids: Iterable[int]) -> dict[int, Decimal]:
    """What each of these studios has spent, in one statement; those that spent nothing stand with zero."""
    ids = list(studio_ids)
    rows = Expense.objects.filter(studio_id__in=ids, state=APPROVED).order_by().values("studio_id")
    return dict.fromkeys(ids, NOTHING) | dict(
        rows.annotate(sum=Sum("amount")).values_list("studio_id", "sum")
    )


# Lists ---------------------------------------------------------------------------------------------------------------


def expenses_visible_to(user: Any) -> QuerySet[Expense]:
    """The expenses of the studios this reader may see."""
    rows = Expense.objects.filter(of_reader(user, "studio__"))
    return rows.select_related("studio__host", "studio__lead", "claimant", "approver", "activity")

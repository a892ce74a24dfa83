"""A studio's budget by heads as it stands: agreed, adjusted, committed, spent; and how the money stands as a whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Case, IntegerField, Min, Q, QuerySet, Sum, Value, When
from django.utils.translation import get_language

from studios.models import (
    BudgetAdjustment,
    Expense,
    Instalment,
    Settlement,
    Studio,
)
from studios.models.budget import agreed_budget
from studios.queries.spending import NOTHING, cents
from studios.queries.studio import of_reader
from studios.rules import spending as rules
from studios.rules.programme import FULL, Head
from workflow import clock

LAST_MARK = Decimal("99.3")  # or the line of a cap of 100 % would be drawn outside


def _width(part: Decimal, whole: Decimal) -> str:
    share = part * FULL / whole if whole else NOTHING
    return f"{min(max(share, NOTHING), Decimal(FULL)):.2f}%"


def head_name(head: Head) -> str:
    """The head's name in the reader's language."""
    return head.name_en if (get_language() or "").startswith("en") else head.name


@dataclass(frozen=True)
class Line:
    """One head: all of it in yuan, shares in per cent of the award."""

    head: Head
    award: Decimal
    agreed: Decimal
    moved: Decimal  # in less out, what is in effect
    spent: Decimal  # approved
    waiting: Decimal  # submitted

    @property
    def name(self) -> str:
        """As the reader calls it."""
        return head_name(self.head)

    @property
    def code(self) -> str:
        return self.head.code

    @property
    def budget(self) -> Decimal:
        """What may be spent of it."""
        return self.agreed + self.moved

    @property
    def left(self) -> Decimal:
        """What may still be asked for."""
        return self.budget - self.spent - self.waiting

    @property
    def cap(self) -> Decimal:
        """The most that the rules let it take."""
        return rules.cap_of(self.award, self.head)

    @property
    def share(self) -> Decimal:
        """What is spent, of the award, one decimal."""
        return round(self.spent * FULL / self.award, 1) if self.award else NOTHING

    @property
    def width(self) -> str:
        """How long its bar is, of the whole award."""
        return _width(self.spent, self.award)

    @property
    def planned_width(self) -> str:
        """How long the bar of its budget is."""
        return _width(self.budget, self.award)

    @property
    def mark(self) -> str:
        """Where the black line of its cap stands."""
        return f"{min(Decimal(self.head.cap), LAST_MARK):.2f}%"

    @property
    def over(self) -> bool:
        """More is spent than the head's cap: only what was spent under other rules can be."""
        return self.spent > self.cap


@dataclass(frozen=True)
class Account:
    """A studio's money at one moment."""

    studio: Studio
    award: Decimal
    paid: Decimal
    paid_from: Any  # the day of the first payment, or None
    lines: tuple[Line, ...]
    beyond: Decimal  # spent under heads that the rules do not have

    @cached_property
    def spent(self) -> Decimal:
        """Approved expenses."""
        return sum((line.spent for line in self.lines), NOTHING) + self.beyond

    @property
    def waiting(self) -> Decimal:
        """Submitted, not yet approved."""
        return sum((line.waiting for line in self.lines), NOTHING)

    @property
    def unspent(self) -> Decimal:
        """Received and not spent; never negative."""
        return max(self.paid - self.spent, NOTHING)

    @property
    def share(self) -> Decimal | None:
        """What is spent of what was received, per cent to one decimal; None before anything was."""
        return round(self.spent * FULL / self.paid, 1) if self.paid else None

    @property
    def agreed(self) -> Decimal:
        """Of all heads together, as agreed."""
        return sum((line.agreed for line in self.lines), NOTHING)

    @property
    def budget(self) -> Decimal:
        """Of all heads together."""
        return sum((line.budget for line in self.lines), NOTHING)


def award_of(studio: Any) -> Decimal:
    """The award; nothing before the agreement."""
    signed = getattr(studio, "agreement", None)
    return Decimal(signed.award) if signed else NOTHING


def moved_by_head(studio: Any) -> dict[str, Decimal]:
    """What adjustments in effect brought into each head, less what they took out."""
    rows = BudgetAdjustment.objects.filter(studio_id=studio.pk, state__in=BudgetAdjustment.IN_EFFECT)
    found: dict[str, Decimal] = defaultdict(lambda: NOTHING)
    for source, target, amount in rows.values_list("source", "target", "amount"):
        found[source] -= amount
        found[target] += amount
    return dict(found)


def sums_by_head(studio: Any, *, but: int | None = None) -> dict[str, dict[str, Decimal]]:
    """Submitted and approved, by state and head, but one expense."""
    rows = Expense.objects.filter(studio_id=studio.pk, state__in=Expense.COMMITTED).exclude(pk=but or 0)
    found: dict[str, dict[str, Decimal]] = {"submitted": {}, "approved": {}}
    for state, head, total in rows.order_by().values_list("state", "head").annotate(sum=Sum("amount")):
        found[state][head] = cents(total)
    return found


def received(studio: Any) -> tuple[Decimal, Any]:
    """What was paid to a studio, and the day of the first payment."""
    rows = Instalment.objects.filter(studio_id=studio.pk, state="paid")
    found = rows.aggregate(sum=Sum("amount"), first=Min("paid_at"))
    first = found["first"]
    return cents(found["sum"]), first.astimezone(clock.ZONE).date() if first else None


def account_of(studio: Studio) -> Account:
    """How the money of one studio stands, in four statements."""
    award, programme = award_of(studio), studio.programme
    agreed, moved = agreed_budget(studio), moved_by_head(studio)
    sums, (paid, first) = sums_by_head(studio), received(studio)
    lines = tuple(
        Line(
            head,
            award,
            agreed.get(head.code, NOTHING),
            moved.get(head.code, NOTHING),
            sums["approved"].get(head.code, NOTHING),
            sums["submitted"].get(head.code, NOTHING),
        )
        for head in programme.heads
    )
    known = {head.code for head in programme.heads}
    beyond = sum((total for code, total in sums["approved"].items() if code not in known), NOTHING)
    return Account(studio, award, paid, first, lines, beyond)


def books_of(studio: Studio, *, but: int | None = None) -> rules.Books:
    """What the rules ask of a studio's money, without one expense."""
    agreed, moved = agreed_budget(studio), moved_by_head(studio)
    sums, (_paid, first) = sums_by_head(studio, but=but), received(studio)
    return rules.Books(
        award=award_of(studio),
        today=clock.today(),
        paid_from=first,
        ends_on=studio.ends_on,
        budgets=_added(agreed, moved),
        committed=_added(sums["submitted"], sums["approved"]),
    )


def _added(one: Mapping[str, Decimal], other: Mapping[str, Decimal]) -> dict[str, Decimal]:
    return {code: one.get(code, NOTHING) + other.get(code, NOTHING) for code in {**one, **other}}


# Adjustments and what is left at the end -----------------------------------------------------------------------------


def adjustments_visible_to(user: Any) -> QuerySet[BudgetAdjustment]:
    """The adjustments of the studios this reader may see."""
    rows = BudgetAdjustment.objects.filter(of_reader(user, "studio__"))
    return rows.select_related(
        "studio__host", "studio__lead", "studio__agreement__programme", "requested_by", "decided_by"
    )


def waiting_first(rows: QuerySet[BudgetAdjustment]) -> QuerySet[BudgetAdjustment]:
    """What the manager is asked for, then the newest."""
    rank = Case(When(state="requested", then=Value(0)), default=Value(1), output_field=IntegerField())
    return rows.order_by(rank, "-pk")


def adjustments_waiting() -> QuerySet[BudgetAdjustment]:
    """What the manager is asked for."""
    return BudgetAdjustment.objects.filter(state=BudgetAdjustment.State.REQUESTED)


def unsettled() -> QuerySet[Studio]:
    """The studios whose term is over and whose rest is not settled; those that never got money have none."""
    rows = Studio.objects.filter(Q(instalments__state="paid"), state=Studio.State.CONCLUDED, settlement=None)
    return rows.distinct()


def settlement_of(studio: Studio) -> Settlement | None:
    """What became of the rest."""
    return Settlement.objects.filter(studio_id=studio.pk).select_related("settled_by").first()

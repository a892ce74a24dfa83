"""Money to be given back: the orders a reader may see, what may still be ordered, and where an award's money is."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from accounts.models import User
from accounts.queries.people import people_with
from accounts.roles import Role
from studios.models import Instalment, RecoveryOrder, Repayment, Studio
from studios.queries.report import AHEAD
from studios.queries.spending import spending_of, spent_of
from studios.queries.studio import of_reader
from studios.rules.money import NOTHING, AwardMoney
from studios.rules.reports import REMINDERS
from workflow import clock

STATE = RecoveryOrder.State


def orders_visible_to(user: Any) -> QuerySet[RecoveryOrder]:
    """The orders of the studios this reader may see."""
    return RecoveryOrder.objects.filter(of_reader(user, "studio__")).select_related(
        "studio__recognition", "studio__host", "studio__city", "studio__lead", "ordered_by"
    )


def open_first(orders: QuerySet[RecoveryOrder]) -> QuerySet[RecoveryOrder]:
    """What is still to come back first, the longest due first."""
    closed = Case(When(state=STATE.ORDERED, then=Value(0)), default=Value(1), output_field=IntegerField())
    return orders.order_by(closed, "due_on", "pk")


def repayments_of(order: RecoveryOrder) -> QuerySet[Repayment]:
    """What came back of one order, in the order of the days."""
    return order.repayments.select_related("recorded_by")


def outstanding() -> QuerySet[RecoveryOrder]:
    """What is still to come back."""
    return RecoveryOrder.objects.filter(state=STATE.ORDERED)


def owed_by(user: Any) -> QuerySet[RecoveryOrder]:
    """What this person's studio or unit is to give back."""
    own = Q(pk__in=())
    if user.holds(Role.STUDIO_LEAD):
        own |= Q(studio__lead_id=user.pk)
    if user.holds(Role.UNIT_CLERK) and user.organisation_id is not None:
        own |= Q(studio__host_id=user.organisation_id)
    return outstanding().filter(own).select_related("studio").order_by("due_on", "pk")


def to_remind() -> QuerySet[RecoveryOrder]:
    """Open orders whose reminders may have reached a new level."""
    due = Q(reminded=None) | Q(reminded__lt=REMINDERS[0])
    rows = outstanding().filter(due, due_on__lte=clock.today() + AHEAD)
    return rows.select_related("studio").order_by("due_on", "pk")


def finance() -> QuerySet[User]:
    """Those who record what comes back."""
    return people_with(Role.FINANCE)


# Where the money is --------------------------------------------------------------------------------------------------


def money_of_award(studio: Studio) -> AwardMoney:
    """Where the money of this studio's award is now, from its rows."""
    return _money(
        studio,
        Instalment.objects.filter(studio_id=studio.pk),
        RecoveryOrder.objects.filter(studio_id=studio.pk),
        spent_of(studio),
    )


def money_of_awards(studios: Iterable[Studio]) -> dict[int, AwardMoney]:
    """The same for many studios, in three statements."""
    rows = {studio.pk: studio for studio in studios}
    parts = _by_studio(Instalment.objects.filter(studio_id__in=rows))
    orders, spent = _by_studio(RecoveryOrder.objects.filter(studio_id__in=rows)), spending_of(rows)
    return {
        pk: _money(studio, parts.get(pk, []), orders.get(pk, []), spent.get(pk, NOTHING))
        for pk, studio in rows.items()
    }


def _by_studio(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.studio_id, []).append(row)
    return found


def _money(studio: Studio, parts: Iterable[Any], orders: Iterable[Any], spent: Decimal) -> AwardMoney:
    agreement = getattr(studio, "agreement", None)
    return AwardMoney.of(
        agreement.award if agreement else NOTHING,
        ((part.state, part.amount) for part in parts),
        ((order.amount, order.repaid, order.written_off) for order in orders),
        spent,
    )


def recoverable(studio: Studio, ground: str = "") -> Decimal:
    """What may be ordered back today: paid, neither spent nor ordered yet; after misuse or fraud what was spent too."""
    money = money_of_award(studio)
    return money.claimable_in_full if ground in RecoveryOrder.OF_ALL_PAID else money.claimable

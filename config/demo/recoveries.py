"""Money that comes back: of every order that stands open, a first part has been repaid. And a condition waived."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from config.demo.days import on
from config.demo.world import World
from studios.actions import grant, recovery
from studios.models import Instalment, RecoveryOrder
from studios.models.gate import to_waive

HALF = Decimal("0.5")
WHY_WAIVED = "结对站点的场地改造延期，培训支出顺延至明年第一季度，合同已签订。"


def run(world: World, until: date) -> None:
    """About half of each order came back before the day on which the demo stands."""
    for number, order in enumerate(RecoveryOrder.objects.filter(state="ordered").order_by("pk"), start=1):
        day = min(order.ordered_on + timedelta(days=12), until - timedelta(days=1))
        part = (order.amount * HALF).quantize(Decimal("100")) or order.amount
        with on(day, 15, number):
            recovery.repay(
                order, by=world.staff["finance"], amount=part, on=day, voucher=f"收字{day:%Y-%m}-{number:03d}"
            )


def waive_one(world: World, third: Instalment, until: date) -> None:
    """The leader lets one studio pass with what it has spent; the report that is red still stops the payment."""
    with on(until - timedelta(days=3), 11):
        if any(condition.code == "spent_too_little" for condition in to_waive(third)):
            grant.waive(third, by=world.staff["leader"], condition="spent_too_little", reason=WHY_WAIVED)

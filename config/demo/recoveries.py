"""Money that comes back: of every order that stands open, a first part has been repaid."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from config.demo.days import on
from config.demo.world import World
from studios.actions import grant, recovery
from studios.models import Instalment, RecoveryOrder
from studios.models.gate import to_waive

HALF = Decimal("0.5")
WHY_WAIVED = "2025年度考核结果尚在汇总，年度报告已通过审核，先行拨付。"


def run(world: World, until: date) -> None:
    """About half of each order came back before the day on which the demo stands."""
    for number, order in enumerate(RecoveryOrder.objects.filter(state="ordered").order_by("pk"), start=1):
        day = min(order.ordered_on + timedelta(days=12), until - timedelta(days=1))
        part = (order.amount * HALF).quantize(Decimal("100")) or order.amount
        with on(day, 15, number):
            recovery.repay(
                order, by=world.staff["finance"], amount=part, on=day, voucher=f"收字{day:%Y-%m}-{number:03d}"
            )


def let_pass(world: World, instalment: Instalment) -> None:
    """The leader waives the grade of a studio whose assessment is not confirmed yet."""
    for condition in to_waive(instalment):
        if condition.code == "grade_too_low" and not condition.numbers["grade"]:
            grant.waive(instalment, by=world.staff["leader"], condition=condition.code, reason=WHY_WAIVED)

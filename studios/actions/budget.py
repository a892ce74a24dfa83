"""What is done with a studio's budget: set with the agreement, moved between heads; the rest settled at the end."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from studios import policies
from studios.actions import recovery
from studios.actions.spending import locked
from studios.actions.spending_words import refuse
from studios.messages import spending as messages
from studios.models import BudgetAdjustment, BudgetLine, Expense, Settlement, Studio
from studios.models.budget import is_small
from studios.models.spending import accounts_open
from studios.queries import budget as queries
from studios.queries.recovery import recoverable
from studios.rules import spending as rules
from workflow import clock, door, kinds, ledger
from workflow.actor import Actor
from workflow.errors import NotPermitted, StepRefused
from workflow.machine import subject_of

BUDGETED = kinds.named("studio.budgeted", gettext_lazy("设定预算"))
ASKED = kinds.named("adjustment.asked", gettext_lazy("申请预算调整"))
SETTLED = kinds.named("studio.settled", gettext_lazy("处理结余"))


# The budget ----------------------------------------------------------------------------------------------------------


def plan_budget(studio: Studio) -> None:
    """Write down the first budget of an agreement just recorded, part of that act."""
    spread = rules.spread(queries.award_of(studio), studio.programme.heads)
    BudgetLine.objects.bulk_create(
        BudgetLine(studio=studio, head=code, amount=amount) for code, amount in spread.items()
    )


@door.act
def set_budget(studio: Studio, *, by: Actor, lines: Mapping[str, Decimal]) -> Studio:
    """Set the budget anew, before the first payment; later it is adjusted. It sums to the award, no head above its cap."""
    studio = locked(studio)
    if not policies.may_set_budget(studio, by):
        raise NotPermitted(_("您的身份不能设定预算。"))
    if not hasattr(studio, "agreement"):
        raise StepRefused(_("尚未登记协议。"), code="no_agreement")
    if queries.received(studio)[1] is not None:
        raise StepRefused(_("第一期已拨付，预算只能调整，不能重新设定。"), code="already_paid")
    if BudgetAdjustment.objects.filter(studio=studio, state__in=BudgetAdjustment.IN_EFFECT).exists():
        raise StepRefused(_("预算已有调整生效，只能继续调整，不能重新设定。"), code="adjusted_already")
    heads = studio.programme.heads
    if unknown := set(lines) - {head.code for head in heads}:
        refuse([rules.Fault("unknown_head", min(unknown))])
    refuse(rules.budget_faults(lines, studio.agreement.award, heads))
    BudgetLine.objects.filter(studio=studio).delete()
    BudgetLine.objects.bulk_create(
        BudgetLine(studio=studio, head=code, amount=amount) for code, amount in lines.items()
    )
    said = {code: str(amount) for code, amount in lines.items()}
    ledger.append(by, chain=studio.chain_key, kind=BUDGETED, subject=subject_of(studio), payload=said)
    return studio


# Adjustments ---------------------------------------------------------------------------------------------------------


@door.act
def adjust(
    studio: Studio, *, by: Actor, source: str, target: str, amount: Decimal, purpose: str
) -> BudgetAdjustment:
    """Move money between heads: in effect at once within the share that the lead may move, else asked of the manager."""
    studio = locked(studio)
    if not policies.may_adjust_budget(studio, by):
        raise NotPermitted(_("只有本工作室的领军人才可以调整预算。"))
    _require_movable(studio, source, target, amount)
    assert isinstance(by, User)  # no other actor leads a studio
    row = BudgetAdjustment.objects.create(
        studio=studio, source=source, target=target, amount=amount, purpose=purpose, requested_by=by,
        requested_at=clock.now(),
    )  # fmt: skip
    said = {"source": source, "target": target, "amount": str(amount)}
    ledger.append(by, chain=row.chain_key, kind=ASKED, subject=subject_of(row), payload=said)
    if is_small(row):
        return record(row, by=by)
    messages.adjusted(row, "request", by=by)
    return row


def _require_movable(studio: Studio, source: str, target: str, amount: Decimal) -> None:
    if not accounts_open(studio):
        raise StepRefused(_("工作室未在运行或结余已结清，不能调整预算。"), code="books_closed")
    refuse(rules.adjustment_faults(source, target, amount, studio.programme, queries.books_of(studio)))


@door.act
def record(adjustment: BudgetAdjustment, *, by: Actor) -> BudgetAdjustment:
    """The lead's own small movement takes effect."""
    studio = locked(adjustment.studio)
    door.require_open(adjustment, "record", by=by)
    _require_movable(studio, adjustment.source, adjustment.target, adjustment.amount)
    return door.take(adjustment, "record", by=by, at=clock.now())


@door.act
def approve(adjustment: BudgetAdjustment, *, by: Actor) -> BudgetAdjustment:
    """The manager approves; what the heads allow is asked again."""
    studio = locked(adjustment.studio)
    door.require_open(adjustment, "approve", by=by)
    _require_movable(studio, adjustment.source, adjustment.target, adjustment.amount)
    moved = door.take(adjustment, "approve", by=by, decider=by, at=clock.now())
    messages.adjusted(moved, "approve", by=by)
    return moved


@door.act
def refuse_adjustment(adjustment: BudgetAdjustment, *, by: Actor, reason: str) -> BudgetAdjustment:
    """Not approved, with the reason."""
    moved = door.take(adjustment, "refuse", by=by, reason=reason, decider=by, at=clock.now())
    messages.adjusted(moved, "refuse", by=by, said=reason)
    return moved


@door.act
def withdraw(adjustment: BudgetAdjustment, *, by: Actor) -> BudgetAdjustment:
    """The lead does not want it any more."""
    return door.take(adjustment, "withdraw", by=by)


# The rest at the end -------------------------------------------------------------------------------------------------


@door.act
def settle_unspent(studio: Studio, *, by: Actor, carry: bool = False, reason: str = "") -> Settlement:
    """When the term is over: what was not spent is returned (an order is written), or carried on with a reason."""
    studio = locked(studio)
    _require_settleable(studio, by)
    account, rest = queries.account_of(studio), recoverable(studio)
    if carry and not reason.strip():
        raise StepRefused(_("结转下一管理期须写明理由和依据。"), code="reason_required")
    way = Settlement.Way.NOTHING if not rest else Settlement.Way.CARRIED if carry else Settlement.Way.RETURNED
    if way == Settlement.Way.RETURNED:
        words = reason.strip() or _("管理期届满，结余资金退回。")
        recovery.order(studio, by=by, amount=rest, ground="unspent", reason=words)
    assert isinstance(by, User)  # no other actor is a manager
    row = Settlement.objects.create(
        studio=studio, paid=account.paid, spent=account.spent, unspent=rest, way=way, reason=reason,
        settled_by=by, settled_at=clock.now(),
    )  # fmt: skip
    said = {"paid": str(row.paid), "spent": str(row.spent), "unspent": str(rest), "way": str(way)}
    ledger.append(
        by,
        chain=studio.chain_key,
        kind=SETTLED,
        subject=subject_of(studio),
        payload={**said, "reason": reason},
    )
    messages.settled(row, by=by)
    return row


def _require_settleable(studio: Studio, by: Actor) -> None:
    if not policies.may_settle_unspent(studio, by):
        raise NotPermitted(_("您的身份不能处理结余。"))
    if studio.state != Studio.State.CONCLUDED:
        raise StepRefused(_("工作室期满结项后方可处理结余。"), code="not_concluded")
    if Settlement.objects.filter(studio=studio).exists():
        raise StepRefused(_("结余已处理。"), code="settled")
    waiting = studio.expenses.filter(state=Expense.State.SUBMITTED).count()
    if waiting:
        raise StepRefused(
            _("还有%(n)s笔支出待审批，审批或退回后再处理结余。") % {"n": waiting}, code="waiting"
        )

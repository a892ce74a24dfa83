"""What those concerned with an expense, an adjustment or the rest of the money are told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from studios.messages.studio import instant, tell
from studios.models import BudgetAdjustment, Expense, Settlement
from studios.queries import studio
from workflow.actor import Actor
from workflow.machine import step_named


def page_of(expense: Expense) -> str:
    """The expense's page."""
    return reverse("expense_detail", args=[expense.studio_id, expense.pk])


def budget_page(adjustment: BudgetAdjustment) -> str:
    """The page on which an adjustment stands."""
    return f"{reverse('studio_budget', args=[adjustment.studio_id])}#a{adjustment.pk}"


def _label(obj: Any, step: str) -> Any:
    declared = step_named(type(obj), step)
    return declared.label if declared else step


def _facts(expense: Expense, step: str, by: Actor, said: str = "") -> dict[str, object]:
    return {
        "studio": expense.studio.name,
        "payee": expense.payee,
        "purpose": expense.purpose,
        "day": expense.spent_on.isoformat(),
        "amount": f"{expense.amount:,.2f}",
        "step": _label(expense, step),
        "name": str(by.name),
        "said": said,
    }


def submitted(expense: Expense, *, by: Actor) -> None:
    """The host unit's clerks, who approve."""
    facts = _facts(expense, "submit", by)
    tell(
        studio.hosts_of(expense.studio),
        event=f"expense.submitted:{expense.pk}:{instant()}",
        kind="expense.submitted",
        about=expense,
        path=page_of(expense),
        but=by,
        subject=lambda: _("%(studio)s有一笔支出待审批：%(amount)s元") % facts,
        body=lambda: (
            _(
                "%(name)s提交了%(day)s的支出%(amount)s元，收款方%(payee)s，用途：%(purpose)s。请核对凭证后审批。"
            )
            % facts
        ),
    )


def judged(expense: Expense, step: str, *, by: Actor, said: str = "") -> None:
    """The one who claims, and the lead."""
    facts = _facts(expense, step, by, said)
    tell(
        _claimants(expense),
        event=f"expense.{step}:{expense.pk}:{instant()}",
        kind=f"expense.{step}",
        about=expense,
        path=page_of(expense),
        but=by,
        subject=lambda: _("支出%(amount)s元：%(step)s") % facts,
        body=lambda: _("%(day)s付%(payee)s的%(amount)s元，由%(name)s办理“%(step)s”。%(said)s") % facts,
    )


def _claimants(expense: Expense) -> Iterable[User]:
    found = {person.pk: person for person in (expense.claimant, expense.studio.lead) if person is not None}
    return [person for person in found.values() if person.is_active]


# Budget and the rest -------------------------------------------------------------------------------------------------


def adjusted(adjustment: BudgetAdjustment, step: str, *, by: Actor, said: str = "") -> None:
    """A request goes to the managers, a decision to the talent and the host unit."""
    facts = {
        "studio": adjustment.studio.name,
        "amount": f"{adjustment.amount:,.2f}",
        "step": _("申请预算调整") if step == "request" else _label(adjustment, step),
        "name": str(by.name),
        "purpose": adjustment.purpose,
        "said": said,
    }
    asked = step == "request"
    tell(
        studio.managers() if asked else studio.receivers_of(adjustment.studio),
        event=f"adjustment.{step}:{adjustment.pk}:{instant()}",
        kind=f"adjustment.{step}",
        about=adjustment,
        path=budget_page(adjustment),
        but=by,
        subject=lambda: _("%(studio)s预算调整%(amount)s元：%(step)s") % facts,
        body=lambda: _("%(name)s办理“%(step)s”，金额%(amount)s元。理由：%(purpose)s。%(said)s") % facts,
    )


def settled(settlement: Settlement, *, by: Actor) -> None:
    """The talent and the host unit learn what becomes of the rest."""
    facts = {
        "studio": settlement.studio.name,
        "amount": f"{settlement.unspent:,.2f}",
        "way": settlement.get_way_display(),
        "said": settlement.reason,
    }
    tell(
        studio.receivers_of(settlement.studio),
        event=f"settlement:{settlement.pk}",
        kind="studio.settled",
        about=settlement.studio,
        path=reverse("studio_settlement", args=[settlement.studio_id]),
        but=by,
        subject=lambda: _("%(studio)s结余%(amount)s元：%(way)s") % facts,
        body=lambda: _("结余%(amount)s元，处理方式：%(way)s。%(said)s") % facts,
    )

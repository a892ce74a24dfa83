"""What those concerned with money to be given back are told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from studios.messages.studio import instant, tell
from studios.models import RecoveryOrder
from studios.queries import recovery as queries
from studios.queries import studio
from workflow.actor import Actor

CITY_IS_TOLD, OFFICE_IS_TOLD = 10, 20


def page_of(order: RecoveryOrder) -> str:
    """The order's page."""
    return reverse("recovery_detail", args=[order.pk])


def _facts(order: RecoveryOrder) -> dict[str, object]:
    return {
        "studio": order.studio.name,
        "amount": f"{order.amount:,.2f}",
        "left": f"{order.outstanding:,.2f}",
        "due": order.due_on.isoformat(),
        "ground": order.get_ground_display(),
    }


def _tell(
    people: Iterable[User],
    order: RecoveryOrder,
    kind: str,
    subject: Callable[[], str],
    body: Callable[[], str],
    *,
    mark: str = "",
    by: Actor | None = None,
) -> None:
    tell(
        people, event=f"recovery.{kind}:{order.pk}{mark}", kind=f"recovery.{kind}", about=order, but=by,
        path=page_of(order), subject=subject, body=body,
    )  # fmt: skip


def ordered(order: RecoveryOrder, *, by: Actor) -> None:
    """Talent and host, who give back; city and finance, who watch for it."""
    _tell(
        [*studio.concerned_with(order.studio), *queries.finance()],
        order,
        "ordered",
        lambda: _("%(studio)s须退回资金%(amount)s元") % _facts(order),
        lambda: (
            _("事由：%(ground)s。应退%(amount)s元，请于%(due)s前退回。") % _facts(order) + str(order.reason)
        ),
        by=by,
    )


def repaid(order: RecoveryOrder, amount: Decimal, *, by: Actor) -> None:
    """Talent and host: what arrived, and what is left."""
    part = f"{amount:,.2f}"
    _tell(
        studio.receivers_of(order.studio),
        order,
        "repaid",
        lambda: _("%(studio)s退回的%(part)s元已登记") % {**_facts(order), "part": part},
        lambda: _("应退%(amount)s元，尚余%(left)s元。") % _facts(order),
        mark=f":{instant()}:{part}",
        by=by,
    )


def written_off(order: RecoveryOrder, *, by: Actor, reason: str) -> None:
    """Talent, host and city, and finance: nothing more is to come."""
    _tell(
        [*studio.concerned_with(order.studio), *queries.finance()],
        order,
        "written_off",
        lambda: _("%(studio)s的退回通知余额已核销") % _facts(order),
        lambda: _("理由：%(reason)s") % {"reason": reason},
        by=by,
    )


def reminded(order: RecoveryOrder, level: int, passed: int) -> None:
    """A level of the ladder: talent and host always; finance from the first day late, then the city, then the office."""
    told = list(studio.receivers_of(order.studio))
    if level > 0:
        told += queries.finance()
    if level >= CITY_IS_TOLD:
        told += studio.officers_of(order.studio)
    if level >= OFFICE_IS_TOLD:
        told += studio.managers()
    said = {**_facts(order), "days": abs(passed)}
    _tell(
        told,
        order,
        "reminded",
        lambda: _late_or_soon(passed) % said,
        lambda: _("应退%(amount)s元，尚余%(left)s元，退回期限%(due)s。") % said,
        mark=f":{level}",
    )


def _late_or_soon(passed: int) -> str:
    if passed < 0:
        return _("%(studio)s的退回期限还有%(days)s个工作日。")
    if passed == 0:
        return _("%(studio)s的退回期限今天届满。")
    return _("%(studio)s的退回已逾期%(days)s个工作日。")

"""Orders to give money back as pages and API share them, and what of them waits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from accounts.roles import Role
from studios.collections.studio import iso
from studios.forms.recovery import FORMS
from studios.models import RecoveryOrder
from studios.queries import recovery as queries
from workflow import clock, collections, todo
from workflow.actor import Actor
from workflow.todo import Todo, end_of


def represent(order: RecoveryOrder, _actor: Actor) -> dict[str, Any]:
    """An order with what came back of it, JSON-ready."""
    return {
        "id": order.pk,
        "studio": order.studio_id,
        "amount": str(order.amount),
        "ground": order.ground,
        "reason": order.reason,
        "ordered_on": iso(order.ordered_on),
        "due_on": iso(order.due_on),
        "ordered_by": order.ordered_by.name if order.ordered_by else None,
        "state": order.state,
        "repaid": str(order.repaid),
        "written_off": str(order.written_off),
        "outstanding": str(order.outstanding),
        "closed_at": iso(order.closed_at),
        "note": order.note,
        "repayments": [
            {"amount": str(part.amount), "on": iso(part.on), "voucher": part.voucher}
            for part in order.repayments.all()
        ],
    }


def visible_to(user: Any) -> QuerySet[RecoveryOrder]:
    """The orders this reader may see, with what came back."""
    return queries.orders_visible_to(user).prefetch_related("repayments")


def url(order: RecoveryOrder) -> str:
    """The order's page."""
    return reverse("recovery_detail", args=[order.pk])


collections.register(
    collections.Collection(
        name="recovery-orders",
        model=RecoveryOrder,
        visible_to=visible_to,
        represent=represent,
        url=url,
        forms=FORMS,
        filters=("state", "studio", "ground"),
    )
)


@todo.register
def waiting(actor: Any) -> Iterator[Todo]:
    """For talent and host what they are to give back, for finance what is open, for the manager what is late."""
    for order in queries.owed_by(actor):
        title = gettext("退回资金%(amount)s元") % {"amount": f"{order.outstanding:,.2f}"}
        yield Todo(title, url(order), due=end_of(order.due_on), note=order.studio.name, icon="receipt")
    here = f"{reverse('recovery_list')}?state=ordered"
    if actor.holds(Role.FINANCE) and (count := queries.outstanding().count()):
        title = ngettext("%(n)s笔资金待退回", "%(n)s笔资金待退回", count) % {"n": count}
        yield Todo(title, here, icon="receipt", count=count)
    if actor.holds(Role.MANAGER) and (
        count := queries.outstanding().filter(due_on__lt=clock.today()).count()
    ):
        title = ngettext("%(n)s笔资金逾期未退回", "%(n)s笔资金逾期未退回", count) % {"n": count}
        yield Todo(title, here, icon="alert-triangle", count=count)

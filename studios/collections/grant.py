"""Instalments as pages and API share them, and what of them waits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from accounts.roles import Role
from studios.collections.studio import iso
from studios.forms.grant import FORMS
from studios.models import Instalment
from studios.queries import grant as queries
from workflow import collections, todo
from workflow.actor import Actor
from workflow.todo import Todo


def represent(instalment: Instalment, _actor: Actor) -> dict[str, Any]:
    """An instalment, JSON-ready."""
    return {
        "id": instalment.pk,
        "studio": instalment.studio_id,
        "number": instalment.number,
        "amount": str(instalment.amount),
        "state": instalment.state,
        "requested_by": _name(instalment.requested_by),
        "requested_at": iso(instalment.requested_at),
        "approved_by": _name(instalment.approved_by),
        "approved_at": iso(instalment.approved_at),
        "paid_by": _name(instalment.paid_by),
        "paid_at": iso(instalment.paid_at),
        "voucher": instalment.voucher,
        "note": instalment.note,
        "gate": [_condition(found) for found in queries.gate_of(instalment)]
        if instalment.state in Instalment.OPEN
        else [],
    }


def _condition(found: queries.Condition) -> dict[str, Any]:
    said = {"code": found.code, "open": found.open, "asked": str(found.asked), "now": str(found.now)}
    return {**said, "why_not": str(found.why_not), "waived": found.waiver.reason if found.waiver else None}


def _name(person: Any) -> str | None:
    return person.name if person else None


def visible_with_gates(user: Any) -> QuerySet[Instalment]:
    """The instalments this reader may see, with what their gates ask."""
    return queries.in_full(queries.instalments_visible_to(user))


def url(instalment: Instalment) -> str:
    """The instalment's page."""
    return reverse("instalment_detail", args=[instalment.pk])


collections.register(
    collections.Collection(
        name="instalments",
        model=Instalment,
        visible_to=visible_with_gates,
        represent=represent,
        url=url,
        forms=FORMS,
        filters=("state", "studio"),
    )
)


@todo.register
def waiting(actor: Any) -> Iterator[Todo]:
    """For the talent what may be asked for, for the manager what was, for finance what was approved."""
    if actor.holds(Role.STUDIO_LEAD):
        for row in queries.to_request_by(actor):
            title = gettext("可申请第%(number)s期资助%(amount)s元")
            facts = {"number": row.number, "amount": f"{row.amount:,.2f}"}
            yield Todo(title % facts, url(row), note=row.studio.name, icon="coins")
    here = reverse("instalment_list")
    if actor.holds(Role.MANAGER) and (count := queries.to_approve().count()):
        title = ngettext("%(n)s笔拨款待批准", "%(n)s笔拨款待批准", count)
        yield Todo(title % {"n": count}, f"{here}?state=requested", icon="coins", count=count)
    if actor.holds(Role.FINANCE) and (count := queries.to_pay().count()):
        title = ngettext("%(n)s笔拨款待支付", "%(n)s笔拨款待支付", count)
        yield Todo(title % {"n": count}, f"{here}?state=approved", icon="coins", count=count)

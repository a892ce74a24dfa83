"""Experts, as pages and API share them, and what waits for them and for who opens their accounts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from selection.models import Expert
from selection.queries.dossier import masked_phone
from selection.queries.expert import CONFIDENTIAL as TOLD_TO_THE_OFFICE
from selection.queries.expert import READERS, experts_visible_to, own_row, unconfirmed
from workflow import clock, todo
from workflow.actor import Actor
from workflow.collections import Collection, register


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def with_facts(user: Any) -> QuerySet[Expert]:
    """The experts that this person sees, with what stands about them: few statements, however many."""
    return experts_visible_to(user).prefetch_related("units__unit", "links__unit", "absences")


def represent_expert(expert: Expert, actor: Actor) -> dict[str, Any]:
    """An expert: never a number, the phone masked; links and absences for the office and the person."""
    found: dict[str, Any] = {
        "id": expert.pk,
        "code": expert.code,
        "name": expert.name,
        "unit": expert.unit.name,
        "category": expert.category,
        "field": expert.field,
        "title": expert.title,
        "certificate_level": expert.certificate_level,
        "region": expert.region,
        "city": expert.city.code if expert.city else None,
        "available": expert.available,
        "enabled_from": _day(expert.enabled_from),
        "enabled_until": _day(expert.enabled_until),
        "has_account": expert.user_id is not None,
    }
    own = expert.user_id is not None and expert.user_id == actor.id
    if own or any(actor.holds(role) for role in READERS):
        found |= _facts(expert, own=own)
    return found


def _facts(expert: Expert, *, own: bool) -> dict[str, Any]:
    links = [
        row
        for row in expert.links.all()
        if not own or row.source != "office" or row.kind not in TOLD_TO_THE_OFFICE
    ]
    return {
        "phone": masked_phone(expert.phone) if expert.phone else "",
        "confirmed_at": expert.confirmed_at.astimezone(clock.ZONE).isoformat() if expert.confirmed_at else None,
        "units": [
            {
                "unit": row.unit.name, "post": row.post, "capacity": row.capacity, "source": row.source,
                "starts_on": _day(row.starts_on), "ends_on": _day(row.ends_on),
            }
            for row in expert.units.all()
        ],
        "links": [
            {
                "kind": row.kind, "person_name": row.person_name, "unit": row.unit.name if row.unit else None,
                "identified": bool(row.person_hash), "since": _day(row.since), "until": _day(row.until),
                "note": row.note, "source": row.source,
            }
            for row in links
        ],
        "absences": [
            {"starts_on": _day(row.starts_on), "ends_on": _day(row.ends_on)} for row in expert.absences.all()
        ],
    }  # fmt: skip


register(
    Collection(
        name="experts",
        model=Expert,
        visible_to=with_facts,
        represent=represent_expert,
        url=lambda expert: reverse("expert_detail", args=[expert.pk]),
        filters=("category", "field", "available", "city__code", "code"),
    )
)


@todo.register
def experts_without_account(actor: Any) -> Iterator[todo.Todo]:
    """Experts who cannot be drawn because nobody opened an account for them."""
    if not actor.holds(Role.SECURITY_ADMIN):
        return
    count = Expert.objects.filter(user=None, available=True).count()
    if count:
        note = gettext("%(n)s位专家未开通账号，不能参加抽取") % {"n": count}
        url = f"{reverse('expert_list')}?standing=account"
        yield todo.Todo(_("为专家开通账号"), url, note=note, icon="user-plus", count=count)


@todo.register
def yearly_confirmation(actor: Any) -> Iterator[todo.Todo]:
    """The expert says once a year that units, links and absences are true."""
    if not actor.holds(Role.EXPERT):
        return
    expert = own_row(actor)
    if expert is not None and Expert.objects.filter(unconfirmed(), pk=expert.pk).exists():
        note = gettext("每年确认一次单位、利害关系人和可参加的时间")
        yield todo.Todo(_("确认本人信息属实"), reverse("expert_me"), note=note, icon="user-check")

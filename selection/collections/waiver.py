"""Waivers, as pages and API share them, and what waits for managers and nominators."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from selection.forms.waiver import FORMS
from selection.models import Waiver
from selection.queries.waiver import nominees_to_ask_for, waivers_to_decide, waivers_visible_to
from workflow import clock, todo
from workflow.actor import Actor
from workflow.collections import Collection, register

SHOWN = 5


def represent(waiver: Waiver, _actor: Actor) -> dict[str, Any]:
    """A waiver as JSON has it."""
    return {
        "id": waiver.pk,
        "nomination": waiver.nomination_id,
        "code": waiver.nomination.code,
        "rule": waiver.rule,
        "state": waiver.state,
        "state_label": str(waiver.get_state_display()),
        "reason": waiver.reason,
        "asked_at": waiver.asked_at.astimezone(clock.ZONE).isoformat(),
        "remark": waiver.remark,
        "decided_at": waiver.decided_at.astimezone(clock.ZONE).isoformat() if waiver.decided_at else None,
    }


register(
    Collection(
        name="waivers",
        model=Waiver,
        visible_to=waivers_visible_to,
        represent=represent,
        url=lambda waiver: reverse("waiver_detail", args=[waiver.pk]),
        forms=FORMS,
        filters=("nomination", "rule", "state"),
    )
)


@todo.register
def waiting(actor: Any) -> Iterator[todo.Todo]:
    """Waivers to decide; nominees for whom one must be asked."""
    if actor.holds(Role.MANAGER) and (count := waivers_to_decide().count()):
        note = gettext("%(n)s份") % {"n": count}
        url = f"{reverse('waiver_list')}?state=asked"
        yield todo.Todo(_("核准条件放宽"), url, note=note, icon="user-question", count=count)
    if actor.holds(Role.BUREAU_OFFICER) and actor.organisation_id is not None:
        for nomination in nominees_to_ask_for(actor)[:SHOWN]:
            yield todo.Todo(
                gettext("为%(name)s申请年龄放宽") % {"name": nomination.nominee.name},
                reverse("step", args=["nominations", nomination.pk, "ask_waiver"]),
                note=nomination.code,
                icon="user-question",
            )

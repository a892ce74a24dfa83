"""Objections, for their handlers alone, and what waits because of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from selection.collections.notice import iso
from selection.forms.objection import OBJECTION_FORMS
from selection.models import Objection
from selection.queries.objection import objections_visible_to, to_remove
from workflow import todo
from workflow.actor import Actor
from workflow.collections import Collection, register
from workflow.rules.calendar import ONE_DAY, start_of
from workflow.todo import Todo


def represent(objection: Objection, _actor: Actor) -> dict[str, Any]:
    """The case without the objector: identity is shown on the page alone, where each view is recorded."""
    return {
        "id": objection.pk,
        "notice": objection.notice.number,
        "nomination": objection.nomination_id,
        "kind": objection.kind,
        "state": objection.state,
        "facts": objection.facts,
        "lodged_at": iso(objection.lodged_at),
        "admit_due": objection.admit_due.isoformat(),
        "conclude_due": objection.conclude_due.isoformat() if objection.conclude_due else None,
        "investigator": objection.investigator.name if objection.investigator else None,
        "neutral_issue": objection.neutral_issue,
        "ground": objection.ground,
        "conclusion": objection.conclusion,
        "material": objection.material,
        "decided_at": iso(objection.decided_at),
    }


def page_of(objection: Objection) -> str:
    """The handlers' page of an objection."""
    return reverse("objection_detail", args=[objection.pk])


register(
    Collection(
        name="objections",
        model=Objection,
        visible_to=objections_visible_to,
        represent=represent,
        url=page_of,
        forms=OBJECTION_FORMS,
        filters=("state", "kind"),
    )
)


def _end(day: date | None) -> datetime | None:
    return start_of(day + ONE_DAY) if day else None


@todo.register
def objections_waiting(actor: Actor) -> Iterator[Todo]:
    """To admit and to conclude (manager), to investigate (whoever was named), to decide on removal (leader)."""
    manager = actor.holds(Role.MANAGER)
    for objection in objections_visible_to(actor).filter(state__in=("lodged", "admitted")):
        name = objection.nomination.nominee.name
        if objection.state == "lodged" and manager:
            yield Todo(
                _("决定是否受理异议"), page_of(objection), _end(objection.admit_due), name, "message-report"
            )
        elif objection.state == "admitted":
            title = _("核查异议") if objection.investigator_id == actor.id else _("作出异议处理结论")
            yield Todo(title, page_of(objection), _end(objection.conclude_due), name, "file-search")
    if actor.holds(Role.LEADER):
        for nomination in to_remove():
            url = reverse("step", args=["nominations", nomination.pk, "remove"])
            yield Todo(_("决定是否取消人选"), url, note=nomination.nominee.name, icon="user-minus")

"""Plans as pages and API share them, and what of them waits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from studios.collections.studio import iso
from studios.forms.plan import FORMS
from studios.models import StudioPlan
from studios.queries import plan as queries
from workflow import collections, todo
from workflow.actor import Actor
from workflow.todo import Todo


def represent(plan: StudioPlan, _actor: Actor) -> dict[str, Any]:
    """One version of a plan, JSON-ready."""
    return {
        "id": plan.pk,
        "studio": plan.studio_id,
        "version": plan.version,
        "state": plan.state,
        "content": plan.content,
        "amendment_reason": plan.amendment_reason,
        "submitted_at": iso(plan.submitted_at),
        "endorsed_by": plan.endorsed_by.name if plan.endorsed_by else None,
        "endorsed_at": iso(plan.endorsed_at),
        "opinion": plan.opinion,
        "approved_by": plan.approved_by.name if plan.approved_by else None,
        "approved_at": iso(plan.approved_at),
        "remarks": plan.remarks,
    }


def url(plan: StudioPlan) -> str:
    """The version's page."""
    return reverse("plan_detail", args=[plan.studio_id, plan.version])


collections.register(
    collections.Collection(
        name="studio-plans",
        model=StudioPlan,
        visible_to=queries.plans_visible_to,
        represent=represent,
        url=url,
        forms=FORMS,
        filters=("state", "studio"),
    )
)


def _title(plan: StudioPlan) -> str:
    words = {"studio": plan.studio.name}
    if plan.state == "drafted":
        return _("起草%(studio)s的计划") % words
    if plan.state == "returned":
        return _("修改并重新提交%(studio)s的计划") % words
    if plan.state == "submitted":
        return _("审核%(studio)s的计划") % words
    return _("批准%(studio)s的计划") % words


@todo.register
def waiting(actor: Any) -> Iterator[Todo]:
    """Plans to write, to endorse, to approve; one statement."""
    rows = list(queries.waiting_for(actor).order_by("pk")[:20])
    for plan in rows:
        yield Todo(_title(plan), url(plan), note=plan.remarks, icon="file-text")

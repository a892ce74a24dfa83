"""Who learns how a studio's plan stands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from studios.messages.studio import Text, instant, tell
from studios.models import StudioPlan
from studios.queries import plan as queries
from studios.queries import studio as studios
from workflow.actor import Actor


def page_of(plan: StudioPlan) -> str:
    """The version's page."""
    return reverse("plan_detail", args=[plan.studio_id, plan.version])


def _say(plan: StudioPlan, kind: str, people: Iterable[Any], by: Actor, subject: Text, body: Text) -> None:
    tell(
        people, event=f"studio.plan_{kind}:{plan.pk}:{instant()}", kind=f"studio.plan_{kind}", about=plan,
        path=page_of(plan), but=by, subject=subject, body=body,
    )  # fmt: skip


def _named(plan: StudioPlan) -> dict[str, Any]:
    return {"studio": plan.studio.name, "version": plan.version}


def submitted(plan: StudioPlan, *, by: Actor) -> None:
    """The city has to look at it."""
    _say(
        plan, "submitted", queries.endorsers_of(plan.studio), by,
        lambda: _("%(studio)s的计划待审核") % _named(plan),
        lambda: _("%(studio)s提交了计划第%(version)s版，请审核目标、年度任务、团队和合作站点。") % _named(plan),
    )  # fmt: skip


def endorsed(plan: StudioPlan, *, by: Actor) -> None:
    """The province has to decide."""
    _say(
        plan, "endorsed", studios.managers(), by,
        lambda: _("%(studio)s的计划待批准") % _named(plan),
        lambda: (
            _("%(studio)s的计划第%(version)s版已经市级同意。市级意见：%(opinion)s")
            % {**_named(plan), "opinion": plan.opinion}
        ),
    )  # fmt: skip


def returned(plan: StudioPlan, *, by: Actor) -> None:
    """The lead has to change it; the city learns of it where the province returned it."""
    _say(
        plan, "returned", {*studios.lead_of(plan.studio), *studios.officers_of(plan.studio)}, by,
        lambda: _("%(studio)s的计划被退回修改") % _named(plan),
        lambda: _("退回意见：%(remarks)s") % {"remarks": plan.remarks},
    )  # fmt: skip


def approved(plan: StudioPlan, *, by: Actor) -> None:
    """It holds."""
    _say(
        plan, "approved", studios.concerned_with(plan.studio), by,
        lambda: _("%(studio)s的计划已获批准") % _named(plan),
        lambda: _("计划第%(version)s版已批准，目标、年度任务、团队和合作站点即日生效。") % _named(plan),
    )  # fmt: skip

"""Pages of the dossiers to read, and the order of an office's nominees."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.roles import PROVINCIAL, Role
from selection import policies
from selection.models import Nomination
from selection.queries import dossier as dossiers
from selection.queries import nomination as queries
from selection.queries.dossier_versions import may_compare
from selection.queries.objection import issues_for, neutral_issues
from selection.queries.recheck import rechecks_visible_to
from selection.queries.revocation import line_of
from selection.queries.round import working_days_left
from selection.queries.steps import has_steps


@require_safe
def nomination_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A dossier: a task list for who fills it in, the whole of it for everybody else who may see it."""
    user: Any = request.user
    nomination = get_object_or_404(queries.dossiers_visible_to(user).prefetch_related("reviews"), pk=pk)
    context: dict[str, Any] = {
        "nomination": nomination,
        "rules": dossiers.rules(nomination),
        "requests": _requests(nomination),
        "asks_correction": nomination.state == "correction",
        "has_steps": has_steps(nomination, user),
        "id_number": dossiers.masked_id(nomination.nominee.id_number),
        "days_left": working_days_left(nomination.round.closes_at),
        "issues": neutral_issues(nomination),
        "answers_issues": issues_for(user).filter(nomination=nomination).exists(),
    }
    if nomination.state in ("draft", "returned") and policies.may_submit(nomination, user):
        return render(request, "selection/nomination_tasks.html", context | _tasks(nomination))
    context |= {
        "answers": dossiers.answers(nomination),
        "shows_opinions": queries.reads_opinions(nomination, user),
        "shows_hold": bool(user.roles & PROVINCIAL),
        "compares": may_compare(user) and bool(nomination.submitted_at),
        "recheck": _recheck(nomination, user),
        "line": line_of(user, nomination) if nomination.state in ("recognised", "revoked") else None,
        "questions": user.holds(Role.MANAGER),
    }
    return render(request, "selection/nomination_detail.html", context)


def _recheck(nomination: Nomination, user: Any) -> Any:
    """The right to have a disqualification looked at again, for whoever may see what became of it."""
    if nomination.state != Nomination.State.DISQUALIFIED:
        return None
    return rechecks_visible_to(user).filter(nomination=nomination).order_by("-pk").first()


def _requests(nomination: Nomination) -> list[dict[str, str]]:
    """What is asked for while it is asked for: label, reason, the page to mend it."""
    if nomination.state not in ("returned", "correction"):
        return []
    return [
        {
            "label": dossiers.label_of(row["field"]),
            "reason": row["reason"],
            "url": dossiers.place_of(nomination, row["field"]),
        }
        for row in nomination.requests
        if row["field"] in dossiers.ASKABLE
    ]


def _tasks(nomination: Nomination) -> dict[str, Any]:
    listed = dossiers.tasks(nomination)
    return {
        "tasks": listed,
        "done": sum(task["state"] in dossiers.SETTLED for task in listed),
        "total": len(listed),
        "outstanding": dossiers.outstanding(listed),
        "withdraw_url": reverse("step", args=["nominations", nomination.pk, "withdraw"]),
        "sending": {
            "title": _("提交申报"),
            "url": reverse("nomination_check", args=[nomination.pk]),
            "note": _("核对全部内容后提交"),
            "state": "unsent",
        },
    }

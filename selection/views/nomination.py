"""Pages of the dossiers to read: the list and the dossier."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.roles import PROVINCIAL, Role
from selection import policies
from selection.actions import nomination as actions
from selection.forms.nomination import RankForm
from selection.models import Nomination, Round
from selection.queries import dossier as dossiers
from selection.queries import nomination as queries
from selection.queries.objection import neutral_issues
from selection.queries.round import quotas_of_officer, rounds_visible_to, working_days_left
from selection.queries.steps import has_steps
from workflow.errors import Refused

PER_PAGE = 25


@require_safe
def nomination_list(request: HttpRequest) -> HttpResponse:
    """The dossiers this person may see, narrowed by the address."""
    user: Any = request.user
    wanted = queries.Filter.of(request.GET)
    quotas = list(quotas_of_officer(user))
    page = Paginator(queries.listed(user, wanted), PER_PAGE).get_page(request.GET.get("page"))
    counts = queries.counts_by_state(user, wanted)
    context = {
        "page": page,
        "wanted": wanted,
        "counts": counts,
        "total": sum(row["n"] for row in counts),
        "rounds": rounds_visible_to(user).exclude(state="draft"),
        "nominators": queries.nominators_of(user),
        "states": Nomination.State.choices,
        "fields": Nomination.Field.choices,
        "quotas": quotas,
        "may_create": user.holds(Role.UNIT_CLERK) and user.organisation_id is not None,
        "rows": [(row, _act(row, user), _due(row)) for row in page],
        "may_rank": any(quota.used > 1 for quota in quotas),  # type: ignore[attr-defined]
        "shows_desk": bool(user.roles & {Role.UNIT_CLERK, Role.BUREAU_OFFICER}),
        "shows_hold": bool(user.roles & PROVINCIAL),
    }
    return render(request, "selection/nomination_list.html", context)


BEFORE_NOMINATION = ("draft", "returned", "county_review", "nominator_review")


def _due(row: Nomination) -> date | None:
    """Until when something must be done about a dossier: its correction, or its nomination before the closing."""
    if row.state == "correction":
        return row.correction_due
    waits = row.state in BEFORE_NOMINATION and row.round.state == Round.State.OPEN
    return row.round.closes_at if waits else None


def _act(row: Nomination, user: Any) -> dict[str, str] | None:
    """The one act that a row waits for from this person: no guard is asked here, the step's page says what lacks."""
    if row.state in ("draft", "returned") and policies.may_submit(row, user):
        return {"label": _("继续填写"), "url": reverse("nomination_detail", args=[row.pk])}
    if row.state == "correction" and policies.may_submit(row, user):
        return {"label": _("补正"), "url": reverse("nomination_correction", args=[row.pk])}
    if row.state == "county_review" and policies.may_endorse(row, user):
        return {"label": _("审核"), "url": reverse("nomination_detail", args=[row.pk])}
    if row.state == "nominator_review" and policies.may_nominate(row, user):
        return {"label": _("推荐到省"), "url": reverse("step", args=["nominations", row.pk, "nominate"])}
    return None


@require_safe
def nomination_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A dossier: a task list for who fills it in, the whole of it for everybody else who may see it."""
    user: Any = request.user
    nomination = get_object_or_404(queries.nominations_visible_to(user), pk=pk)
    context: dict[str, Any] = {
        "nomination": nomination,
        "rules": dossiers.rules(nomination),
        "requests": _requests(nomination),
        "asks_correction": nomination.state == "correction",
        "has_steps": has_steps(nomination, user),
        "id_number": dossiers.masked_id(nomination.nominee.id_number),
        "days_left": working_days_left(nomination.round.closes_at),
        "issues": neutral_issues(nomination),
    }
    if nomination.state in ("draft", "returned") and policies.may_submit(nomination, user):
        return render(request, "selection/nomination_tasks.html", context | _tasks(nomination))
    context |= {
        "answers": dossiers.answers(nomination),
        "shows_opinions": _reads_opinions(nomination, user),
        "may_correct": nomination.state == "correction" and policies.may_submit(nomination, user),
        "shows_hold": bool(user.roles & PROVINCIAL),
    }
    return render(request, "selection/nomination_detail.html", context)


def _requests(nomination: Nomination) -> list[dict[str, str]]:
    """What is asked for while it is asked for: label, reason, the page to mend it."""
    if nomination.state not in ("returned", "correction"):
        return []
    return [
        {
            "label": dossiers.label_of(row["field"]),
            "reason": row["reason"],
            "url": reverse("nomination_edit", args=[nomination.pk, dossiers.section_of(row["field"]).slug]),
        }
        for row in nomination.requests
        if row["field"] in dossiers.CORRECTABLE
    ]


def _tasks(nomination: Nomination) -> dict[str, Any]:
    listed = dossiers.tasks(nomination)
    return {
        "tasks": listed,
        "done": sum(task["state"] == "done" for task in listed),
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


def _reads_opinions(nomination: Nomination, user: Any) -> bool:
    return bool(user.roles & PROVINCIAL) or policies.may_nominate(nomination, user)


@require_http_methods(["GET", "HEAD", "POST"])
def nomination_rank(request: HttpRequest) -> HttpResponse:
    """The order of the officer's own nominees while the round is open."""
    user: Any = request.user
    quota = quotas_of_officer(user).order_by("-round").first()
    if quota is None:
        raise Http404
    form = RankForm(request.POST or None, nominees=queries.nominees_of(quota.round, user.organisation_id))
    if form.is_bound and form.is_valid():
        try:
            actions.reorder(quota.round, by=user, order=form.order)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("已保存推荐排序。"))
            return redirect("nomination_list")
    status = 422 if form.is_bound and form.errors else 200
    return render(
        request, "selection/nomination_rank.html", {"form": form, "round": quota.round}, status=status
    )

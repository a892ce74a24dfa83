"""Pages of the conflicts of a round, and of the requests to leave somebody out."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from selection import policies
from selection.actions import conflict as actions
from selection.models import Panel, Recusal, RecusalRequest
from selection.queries import conflict_list as queries
from selection.queries.conflict_requests import OFFICE, people_meant, requests_visible_to, sees_pool
from selection.queries.round import rounds_visible_to
from selection.queries.steps import has_steps

PER_PAGE = 25


@require_safe
def conflict_list(request: HttpRequest, code: str) -> HttpResponse:
    """Who may not score whom in a round, and why; the duties among them that stand all the same."""
    user: Any = request.user
    if not user.roles & OFFICE:
        raise Http404
    round_ = get_object_or_404(rounds_visible_to(user), code=code)
    wanted = queries.Wanted.of(request.GET)
    found = queries.table_of(round_, wanted)
    page = Paginator(found.rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "round": round_,
        "panel": Panel.objects.filter(round=round_).first(),
        "page": page,
        "lines": queries.filled(list(page)),
        "total": found.total,
        "late": found.late,
        "grounds": [(value, Recusal.Ground(value).label, n) for value, n in found.grounds],
        "ground": wanted.ground,
        "q": wanted.text,
        "show": wanted.show,
        "may_bar": any(user.holds(role) for role in policies.may_bar_expert.roles),
    }
    return render(request, "selection/conflict_list.html", context)


@require_POST
def conflict_bar(request: HttpRequest, code: str) -> HttpResponse:
    """Take every duty away on which a conflict has become known."""
    user: Any = request.user
    if not user.roles & OFFICE:
        raise Http404
    round_ = get_object_or_404(rounds_visible_to(user), code=code)
    barred = actions.bar_found(round_, by=user)
    messages.success(request, _("已责令回避%(n)s份，系统已另行补抽。") % {"n": len(barred)})
    return redirect("conflict_list", round_.code)


@require_safe
def recusal_request_list(request: HttpRequest) -> HttpResponse:
    """The requests that this person may see, the newest first."""
    user: Any = request.user
    state = request.GET.get("state", "")
    rows = requests_visible_to(user).order_by("-asked_at", "-pk")
    if state in RecusalRequest.State.values:
        rows = rows.filter(state=state)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "state": state, "states": RecusalRequest.State.choices}
    return render(request, "selection/recusal_request_list.html", context)


@require_safe
def recusal_request_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One request: whom, why, the opinion and the decision; of the pool only the office reads."""
    user: Any = request.user
    row = get_object_or_404(requests_visible_to(user), pk=pk)
    office = sees_pool(user)
    context = {
        "recusal": row,
        "nomination": row.nomination,
        "office": office,
        "meant": people_meant(row) if office else [],
        "has_steps": has_steps(row, user),
    }
    return render(request, "selection/recusal_request_detail.html", context)

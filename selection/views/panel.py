"""Pages of the draw, of the pool and of the experts' duties."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.roles import Role
from selection.actions import panel as actions
from selection.actions.assignment import SIGNED
from selection.forms.panel import AcceptForm, RecuseForm
from selection.models import Assignment
from selection.queries import panel as queries
from selection.queries.conflict import known_to
from selection.queries.round import rounds_visible_to
from selection.rules.declarations import CURRENT, text_of
from workflow.errors import Refused

PER_PAGE = 25


@require_safe
def panel_list(request: HttpRequest) -> HttpResponse:
    """The draws of all rounds, and the rounds that wait for one."""
    page = Paginator(queries.panels_visible_to(request.user), PER_PAGE).get_page(request.GET.get("page"))
    waiting = queries.rounds_without_panel() if _manages(request) else []
    return render(request, "selection/panel_list.html", {"page": page, "waiting": waiting})


def _manages(request: HttpRequest) -> bool:
    return bool(request.user.holds(Role.MANAGER))  # type: ignore[union-attr]


@require_POST
def panel_prepare(request: HttpRequest, code: str) -> HttpResponse:
    """Prepare the draw of a round."""
    round_ = get_object_or_404(rounds_visible_to(request.user), code=code)
    return redirect("panel_detail", actions.prepare(round_, by=request.user).pk)  # type: ignore[arg-type]


# Experts -------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def panel_conflict(request: HttpRequest, pk: int) -> HttpResponse:
    """The declaration before a dossier opens, and the way out of it later."""
    assignment = get_object_or_404(queries.assignments_visible_to(request.user), pk=pk)
    if assignment.expert.user_id != request.user.pk:
        return render(request, "selection/panel_assignment.html", {"assignment": assignment})
    recusing = request.POST.get("act") == "recuse"
    accept = _form(AcceptForm, request, assignment, given=request.method == "POST" and not recusing)
    recuse = _form(RecuseForm, request, assignment, given=recusing)
    form = recuse if recusing else accept
    if form.is_bound and form.is_valid():
        try:
            form.take()
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _answered(request, assignment, recusing)
    context = {
        "assignment": assignment,
        "accept": accept,
        "recuse": recuse,
        "form": form,
        **_statement(assignment),
    }
    return render(request, "selection/panel_conflict.html", context, status=422 if form.is_bound else 200)


def _statement(assignment: Assignment) -> dict[str, Any]:
    """What is to be signed, and what is known already."""
    standing = assignment.state in queries.ACTIVE
    return {
        "statement": text_of(SIGNED, get_language() or ""),
        "statement_version": CURRENT,
        "derived": known_to(assignment) if standing else [],
    }


def _form(kind: Any, request: HttpRequest, assignment: Assignment, *, given: bool) -> Any:
    return kind(request.POST if given else None, obj=assignment, actor=request.user)


def _answered(request: HttpRequest, assignment: Assignment, recused: bool) -> HttpResponse:
    if recused:
        messages.success(
            request, _("已回避%(code)s，系统已另行补抽。") % {"code": assignment.nomination.code}
        )
        return redirect("panel_inbox")
    return redirect("scoring_sheet", assignment.pk)

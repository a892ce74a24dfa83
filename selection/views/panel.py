"""Pages of the draw, of the pool and of the experts' duties."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.roles import Role
from selection.actions import panel as actions
from selection.forms.panel import AcceptForm, RecuseForm
from selection.models import Assignment, Expert, Panel
from selection.queries import panel as queries
from selection.queries.round import rounds_visible_to
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


@require_safe
def panel_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A draw from its freezing to its assignments, so that anybody can do it again."""
    panel = get_object_or_404(queries.panels_visible_to(request.user), pk=pk)
    context: dict[str, Any] = {"panel": panel, "round": panel.round}
    if panel.state == Panel.State.PREPARING:
        context |= _before(panel)
    else:
        context |= _inputs(panel)
    if panel.state == Panel.State.DRAWN:
        context["seats"] = queries.loads(panel)
        context["reserves"] = panel.panelists.filter(number=None).select_related("expert")
    return render(request, "selection/panel_detail.html", context)


def _before(panel: Panel) -> dict[str, Any]:
    """What would be frozen now."""
    names = dict(Expert.Category.choices)
    pool = queries.pool_by_category()
    strata = panel.round.rulebook.strata
    return {
        "nominees": len(queries.nominees_to_draw(panel.round)),
        "strata": [(names.get(s, s), len(pool.get(s, ())), n) for s, n in strata.items()],
        "per_nominee": panel.round.rulebook.per_nominee,
    }


def _inputs(panel: Panel) -> dict[str, Any]:
    names = dict(Expert.Category.choices)
    found = panel.inputs
    return {
        "nominees": len(found["nominees"]),
        "strata": [(names.get(s, s), len(found["pool"].get(s, ())), n) for s, n in found["sizes"].items()],
        "recusals": len(found["recusals"]),
        "per_nominee": found["per_nominee"],
    }


@require_safe
def expert_list(request: HttpRequest) -> HttpResponse:
    """The pool of experts."""
    if not request.user.roles & queries.READERS:  # type: ignore[union-attr]
        raise Http404
    words, category = request.GET.get("q", "").strip(), request.GET.get("category", "")
    rows = queries.searched(queries.experts_visible_to(request.user), words, category)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "q": words, "category": category, "categories": Expert.Category.choices}
    return render(request, "selection/expert_list.html", {**context, "may_change": _manages(request)})


@require_POST
def expert_available(request: HttpRequest, pk: int) -> HttpResponse:
    """Let an expert take part in coming draws, or not."""
    expert = get_object_or_404(queries.experts_visible_to(request.user), pk=pk)
    available = request.POST.get("available") == "1"
    actions.set_available(expert, by=request.user, available=available)  # type: ignore[arg-type]
    words = _("%(name)s可参加以后的抽取。") if available else _("%(name)s不参加以后的抽取。")
    messages.success(request, words % {"name": expert.name})
    back = request.POST.get("next", "")
    return redirect(back if url_has_allowed_host_and_scheme(back, {request.get_host()}) else "expert_list")


# Experts -------------------------------------------------------------------------------------------------------------


@require_safe
def panel_inbox(request: HttpRequest) -> HttpResponse:
    """An expert's own duties with how far they are."""
    if not request.user.holds(Role.EXPERT):  # type: ignore[union-attr]
        raise Http404
    page = Paginator(queries.duties_of(request.user), PER_PAGE).get_page(request.GET.get("page"))
    due = queries.scoring_due_of(request.user)
    context = {"page": page, "progress": queries.progress_of(request.user), "due": due}
    return render(request, "selection/panel_inbox.html", {**context, "days_left": queries.days_until(due)})


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
    context = {"assignment": assignment, "accept": accept, "recuse": recuse, "form": form}
    return render(request, "selection/panel_conflict.html", context, status=422 if form.is_bound else 200)


def _form(kind: Any, request: HttpRequest, assignment: Assignment, *, given: bool) -> Any:
    return kind(request.POST if given else None, obj=assignment, actor=request.user)


def _answered(request: HttpRequest, assignment: Assignment, recused: bool) -> HttpResponse:
    if recused:
        messages.success(
            request, _("已回避%(code)s，系统已另行补抽。") % {"code": assignment.nomination.code}
        )
        return redirect("panel_inbox")
    return redirect("scoring_sheet", assignment.pk)

"""The office's pages of the scoring: how far each expert is, one expert, one sheet, and the opening. No page has a mark."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.roles import Role
from selection.actions import scoring as actions
from selection.forms.scoring_progress import ExtensionForm
from selection.models import Round
from selection.queries import scoring as scoring_queries
from selection.queries import scoring_progress as queries
from selection.queries.result import numbers_of
from workflow.errors import Refused

PER_PAGE = 25


@require_safe
def scoring_progress(request: HttpRequest, code: str) -> HttpResponse:
    """How far each expert is. No score and no rank is on this page, before the opening or after it."""
    round_ = get_object_or_404(scoring_queries.rounds_scored_for(request.user), code=code)
    page = Paginator(queries.progress_by_expert(round_), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "round": round_,
        "page": page,
        "rows": queries.sights(round_, page),
        "totals": scoring_queries.sheet_totals(round_),
        "panel": round_.panels.first(),
        "waiting": queries.waiting_sheets(round_),
        "missing": scoring_queries.experts_behind(round_).count() if round_.state == "review" else 0,
        "opened": round_.opened_stage > 0,
        "may_remind": _manages(request, round_),
    }
    return render(request, "selection/scoring_progress.html", context)


def _manages(request: HttpRequest, round_: Round) -> bool:
    return round_.state == Round.State.REVIEW and request.user.holds(Role.MANAGER)  # type: ignore[union-attr]


@require_POST
def scoring_remind(request: HttpRequest, code: str) -> HttpResponse:
    """Write to those whose sheets are missing."""
    round_ = get_object_or_404(scoring_queries.rounds_scored_for(request.user), code=code)
    people = actions.remind(round_, by=request.user)  # type: ignore[arg-type]
    words = ngettext(
        "已提醒%(n)s位专家，当日重复催办不再发送。", "已提醒%(n)s位专家，当日重复催办不再发送。", people
    )
    messages.success(request, words % {"n": people})
    return redirect("scoring_progress", code)


@require_http_methods(["GET", "HEAD", "POST"])
def scoring_expert(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """One expert's duties by state, and a later deadline for this expert alone."""
    round_ = get_object_or_404(scoring_queries.rounds_scored_for(request.user), code=code)
    expert = get_object_or_404(queries.progress_by_expert(round_), pk=pk)
    form = ExtensionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = form.take(round_, by=request.user, expert=expert)  # type: ignore[arg-type]
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("评分期限已延长至%(until)s。") % {"until": row.until.isoformat()})
            return redirect("scoring_expert", code, pk)
    context = {
        "round": round_,
        "row": queries.sights(round_, [expert])[0],
        "expert": expert,
        "duties": queries.sheets_of_expert(round_, expert),
        "extensions": round_.scoring_extensions.filter(expert=expert).select_related("granted_by"),
        "panel": round_.panels.first(),
        "form": form if _manages(request, round_) else None,
    }
    return render(request, "selection/scoring_expert.html", context, status=422 if form.is_bound else 200)


@require_safe
def sheet_office(request: HttpRequest, pk: int) -> HttpResponse:
    """One sheet as the office sees it: its state, its receipts, and what two persons may do about it. Its own expert is
    sent to the desk."""
    sheet = get_object_or_404(scoring_queries.sheets_visible_to(request.user), pk=pk)
    if sheet.assignment.expert.user_id == request.user.pk:
        return redirect("scoring_sheet", sheet.assignment_id)
    round_ = sheet.assignment.round
    opened = sheet.assignment.stage <= round_.opened_stage
    context: dict[str, Any] = {
        "sheet": sheet,
        "round": round_,
        "nomination": sheet.assignment.nomination,
        "opened": opened,  # from then on the expert is a number
        "number": numbers_of(round_).get(sheet.assignment.expert_id) if opened else None,
        "versions": sheet.versions.select_related("reopened_by"),
    }
    return render(request, "selection/scoring_sheet_office.html", context)


@require_safe
def opening_report(request: HttpRequest, code: str) -> HttpResponse:
    """What the opening did: who, when, which head was published first, and that every sheet matches its receipt."""
    round_ = get_object_or_404(scoring_queries.rounds_scored_for(request.user), code=code)
    asked = request.GET.get("stage", "")
    stage = int(asked) if asked in ("1", "2") else max(round_.opened_stage, 1)
    opening = queries.opening_of(round_, stage=stage)
    if opening is None:
        return redirect("scoring_progress", code)
    page = Paginator(queries.opened_sheets(round_, stage), PER_PAGE * 2).get_page(request.GET.get("page"))
    broken = {sheet.pk for sheet in opening.broken}
    numbers = numbers_of(round_)
    rows = [(sheet, numbers.get(sheet.assignment.expert_id), sheet.pk not in broken) for sheet in page]
    context = {
        "round": round_,
        "opening": opening,
        "stage": stage,
        "page": page,
        "rows": rows,
        "head": queries.head_before(opening),
    }
    return render(request, "selection/scoring_opening.html", context)

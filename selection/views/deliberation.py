"""Results after the opening, and the meeting's list."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.roles import Role
from selection.forms.deliberation import ProposalForm
from selection.models import Result
from selection.models.nomination import IN_LIST
from selection.queries import deliberation as queries
from workflow.errors import Refused

PAGE = 50  # a whole list of proposed people on the first page


@require_safe
def result_list(request: HttpRequest, code: str) -> HttpResponse:
    """The ranking of a round."""
    round_ = get_object_or_404(queries.rounds_with_results(request.user), code=code)  # type: ignore[arg-type]
    ranking = queries.ranking_of(round_)
    context = {
        "round": round_,
        "page": Paginator(ranking, PAGE).get_page(request.GET.get("page")),
        "rules": round_.rulebook,
        "proposal": queries.proposal_of(round_),
        "listed": ranking.filter(nomination__state__in=IN_LIST).count(),
        "waiting": ranking.filter(nomination__state="scored").count(),
        "may_propose": request.user.holds(Role.LEADER) and round_.state == "deliberation",  # type: ignore[union-attr]
    }
    return render(request, "selection/deliberation_results.html", context)


@require_safe
def result_detail(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """How one nominee's score came about, sheet by sheet. `pk` is the nomination's."""
    results = queries.results_visible_to(request.user)  # type: ignore[arg-type]
    result = get_object_or_404(results, nomination__round__code=code, nomination_id=pk)
    sheet = queries.result_sheet(result)
    round_ = result.nomination.round
    context = {
        "round": round_,
        "result": result,
        "nomination": result.nomination,
        "rules": round_.rulebook,
        "sheet": sheet,
        "strip": _strip(sheet, result),
        "ties": queries.tie_steps(result),
        "exact": queries.exact_text(result),
        "ranked": Result.objects.filter(nomination__round=round_, rank__isnull=False).count(),
        "equals": results.filter(nomination__round=round_, score=result.score).exclude(pk=result.pk),
    }
    return render(request, "selection/deliberation_result.html", context)


def _strip(sheet: queries.ResultSheet, result: Result) -> dict[str, Any]:
    """The totals on one scale, as positions in percent."""
    totals = [float(row.total) for row in sheet.rows]
    if not totals or result.score is None:
        return {}
    low, high = int(min(totals)) - 1, int(max(totals)) + 2

    def place(value: float) -> str:
        return f"{(value - low) / (high - low) * 100:.2f}%"

    rows = [(row, place(float(row.total))) for row in sheet.rows]
    return {"low": low, "high": high, "mean": place(float(result.score)), "rows": rows}


@require_http_methods(["GET", "HEAD", "POST"])
def proposal(request: HttpRequest, code: str) -> HttpResponse:
    """The leader's list: prefilled from the ranking, each departure with its reason."""
    if not request.user.holds(Role.LEADER):  # type: ignore[union-attr]
        raise Http404
    round_ = get_object_or_404(queries.rounds_with_results(request.user), code=code)  # type: ignore[arg-type]
    rows = queries.choices(round_)
    form = ProposalForm(request.POST or None, rows=rows)
    if request.method == "POST" and form.is_valid():
        try:
            form.take(round_, by=request.user)  # type: ignore[arg-type]
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("拟认定名单已确定"))
            return redirect("result_list", code=round_.code)
    context = {
        "round": round_,
        "form": form,
        "rows": rows,
        "rules": round_.rulebook,
        "suggested": sum(choice.suggested for choice in rows),
        "places": queries.places_left(round_),
        "proposal": queries.proposal_of(round_),
    }
    status = 422 if form.is_bound else 200
    return render(request, "selection/deliberation_proposal.html", context, status=status)

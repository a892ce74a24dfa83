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
from selection.errors import FloorsInfeasible
from selection.forms.deliberation import ProposalForm
from selection.models import Result
from selection.models.nomination import IN_LIST
from selection.models.round import second_stage_held
from selection.queries import deliberation as queries
from selection.queries.ballot import standing
from selection.queries.groups import bounds_in_words, groups_of, names_of
from selection.queries.reliability import report_of
from selection.queries.result import ResultSheet, exact_text, result_sheet, tie_steps, tie_table
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
        "bounds": bounds_in_words(round_),
        "ballots": round_.ballots.exists(),
        "may_propose": request.user.holds(Role.LEADER)  # type: ignore[union-attr]
        and round_.state == "deliberation"
        and second_stage_held(round_),
        "second_stage_due": round_.state == "deliberation" and not second_stage_held(round_),
    }
    return render(request, "selection/deliberation_results.html", context)


@require_safe
def result_detail(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """How one nominee's score came about, sheet by sheet. `pk` is the nomination's."""
    results = queries.results_visible_to(request.user)  # type: ignore[arg-type]
    result = get_object_or_404(results, nomination__round__code=code, nomination_id=pk)
    sheet = result_sheet(result)
    round_ = result.nomination.round
    equals = (
        list(results.filter(nomination__round=round_, score=result.score).exclude(pk=result.pk))
        if result.score is not None
        else []
    )
    context = {
        "round": round_,
        "result": result,
        "nomination": result.nomination,
        "rules": round_.rulebook,
        "sheet": sheet,
        "strip": _strip(sheet, result),
        "ties": tie_steps(result),
        "chain": tie_table(result, equals, round_.rulebook.tie_chain) if result.tie_path else [],
        "exact": exact_text(result),
        "versions": result.nomination.result_versions.all(),
        "ballot_line": standing(round_).get(pk) if round_.rulebook.ballot else None,
        "bounds": _bounds_of(result),
        "may_annul": round_.state == "deliberation"
        and result.stage == round_.stage
        and (request.user.holds(Role.MANAGER) or request.user.holds(Role.SUPERVISOR)),  # type: ignore[union-attr]
        "ranked": Result.objects.filter(nomination__round=round_, rank__isnull=False).count(),
        "equals": equals,
    }
    return render(request, "selection/deliberation_result.html", context)


def _strip(sheet: ResultSheet, result: Result) -> dict[str, Any]:
    """The totals on one scale, as positions in percent."""
    totals = [float(row.total) for row in sheet.rows if row.total is not None]
    if not totals:
        return {"rows": [(row, "") for row in sheet.rows]}
    low, high = int(min(totals)) - 1, int(max(totals)) + 2

    def place(value: float) -> str:
        return f"{(value - low) / (high - low) * 100:.2f}%"

    rows = [(row, place(float(row.total)) if row.total is not None else "") for row in sheet.rows]
    mean = place(float(result.score)) if result.score is not None else ""
    return {"low": low, "high": high, "mean": mean, "rows": rows}


def _bounds_of(result: Result) -> list[tuple[str, str, str]]:
    """The caps and minimums that speak of this nominee, in words."""
    rules, round_ = result.nomination.round.rulebook, result.nomination.round
    mine = groups_of(result.nomination) & {*rules.bounds("caps"), *rules.bounds("floors")}
    names = set(names_of(mine, round_).values())
    return [row for row in bounds_in_words(round_) if row[0].partition("：")[2] in names] if mine else []


@require_http_methods(["GET", "HEAD", "POST"])
def proposal(request: HttpRequest, code: str) -> HttpResponse:
    """The leader's list: prefilled from the ranking, each departure with its reason."""
    if not request.user.holds(Role.LEADER):  # type: ignore[union-attr]
        raise Http404
    round_ = get_object_or_404(queries.rounds_with_results(request.user), code=code)  # type: ignore[arg-type]
    if round_.state == "review" or (round_.state == "deliberation" and not second_stage_held(round_)):
        messages.error(request, _("规则书规定的第二阶段评审尚未完成，不能确定名单。"))
        return redirect("result_list", code=round_.code)
    try:
        rows = queries.choices(round_)
    except FloorsInfeasible as refusal:  # explained, never relaxed
        context = {
            "round": round_,
            "infeasible": str(refusal),
            "bounds": bounds_in_words(round_),
            "rules": round_.rulebook,
        }
        return render(request, "selection/deliberation_infeasible.html", context)
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
        "bounds": bounds_in_words(round_),
        "unvoted": queries.unvoted(round_, [choice.nomination for choice in rows if choice.suggested]),
        "asks_note": bool(rows) and report_of(round_).asks_reason,
    }
    status = 422 if form.is_bound else 200
    return render(request, "selection/deliberation_proposal.html", context, status=status)

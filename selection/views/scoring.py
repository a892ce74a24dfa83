"""Pages of the score sheets, their progress, and the saving in between."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from selection.actions import scoring as actions
from selection.forms.scoring import SheetForm, initial_of
from selection.models import Assignment, ScoreSheet
from selection.queries import scoring as queries
from selection.queries.expert_view import shown_to_expert
from selection.queries.panel import days_until, duties_of, progress_of, scoring_due_of
from selection.rules.marks import fault_of, read_mark, subtotal
from workflow import clock
from workflow.errors import OutsideWindow, Refused

PER_PAGE = 25


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def scoring_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The dossier beside the sheet; saved, then confirmed, then sealed."""
    assignment = get_object_or_404(queries.own_duties(request.user), pk=pk)
    if assignment.state != Assignment.State.ACCEPTED:
        return redirect("panel_conflict", pk)
    sheet = assignment.sheet
    if request.method != "POST":
        form = SheetForm(obj=sheet, actor=request.user, initial=initial_of(sheet))
        return _desk(request, assignment, form)
    form = SheetForm(request.POST, obj=sheet, actor=request.user)
    act = request.POST.get("act")
    try:
        if act != "confirm":  # whatever comes of it, nothing typed is lost
            assignment.sheet = actions.save_draft(sheet, by=request.user, **_typed(request, sheet))  # type: ignore[arg-type]
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _desk(request, assignment, form, status=409)
    if act == "save":
        messages.success(request, _("已保存，尚未提交。"))
        return redirect("scoring_sheet", pk)
    if not form.is_valid():
        return _desk(request, assignment, form, status=422)
    return (
        _submit(request, assignment, form) if act == "confirm" else _confirmation(request, assignment, form)
    )


def _desk(
    request: HttpRequest, assignment: Assignment, form: SheetForm, *, status: int = 200
) -> HttpResponse:
    duties = list(duties_of(request.user).filter(state="accepted").values_list("pk", "nomination__code"))
    keys = [key for key, _code in duties]
    place = keys.index(assignment.pk) if assignment.pk in keys else -1
    sheet = assignment.sheet
    due = scoring_due_of(request.user)
    points, weight = subtotal(_marks_now(form), assignment.round.rulebook.weights)
    context = {
        "assignment": assignment,
        "nomination": assignment.nomination,
        "dossier": shown_to_expert(assignment.nomination),
        "sheet": sheet,
        "form": form,
        "lines": list(form.lines()),
        "editable": sheet.state == ScoreSheet.State.DRAFT and assignment.round.state == "review",
        "previous": keys[place - 1] if place > 0 else None,
        "following": keys[place + 1] if 0 <= place < len(keys) - 1 else None,
        "place": place + 1,
        "places": len(keys),
        "progress": progress_of(request.user),
        "due": due,
        "days_left": days_until(due),
        "points": points,
        "weight": weight,
        "marked": len(_marks_now(form)),
    }
    return render(request, "selection/panel_scoring.html", context, status=status)


def _marks_now(form: SheetForm) -> dict[str, Any]:
    """The marks that stand rightly in the form, sent or stored."""
    if form.is_bound:
        form.is_valid()
        return dict(form.marks)
    found = {}
    for criterion in form.criteria:
        mark = read_mark(str(form.initial.get(f"mark_{criterion.code}", "")))
        if not fault_of(mark) and mark is not None:
            found[criterion.code] = mark
    return found


def _confirmation(request: HttpRequest, assignment: Assignment, form: SheetForm) -> HttpResponse:
    """What will be sealed, once more in full."""
    points, _weight = subtotal(form.marks, assignment.round.rulebook.weights)
    context = {
        "assignment": assignment,
        "nomination": assignment.nomination,
        "form": form,
        "lines": list(form.lines()),
    }
    return render(request, "selection/panel_scoring_confirm.html", {**context, "points": points})


def _submit(request: HttpRequest, assignment: Assignment, form: SheetForm) -> HttpResponse:
    try:
        sheet = form.take()
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _desk(request, assignment, form, status=409)
    messages.success(request, _("已提交评分表，回执第%(seq)s号。") % {"seq": sheet.receipt_seq})
    return redirect("scoring_sheet", assignment.pk)


def _typed(request: HttpRequest, sheet: ScoreSheet) -> dict[str, Any]:
    """What is typed, as it is typed: a draft may hold what a sheet may not."""
    codes = [criterion.code for criterion in sheet.assignment.round.rulebook.criteria]
    revision = request.POST.get("revision", "")
    return {
        "marks": {code: request.POST.get(f"mark_{code}", "").strip() for code in codes},
        "comments": {code: request.POST.get(f"comment_{code}", "") for code in codes},
        "overall": request.POST.get("overall", ""),
        "revision": int(revision) if revision.isdecimal() and len(revision) < 10 else sheet.revision,
    }


@require_POST
def scoring_save(request: HttpRequest, pk: int) -> JsonResponse:
    """Autosave: 200 saved, 409 newer elsewhere, 423 no longer open."""
    assignment = get_object_or_404(queries.own_duties(request.user), pk=pk)
    sheet = getattr(assignment, "sheet", None)
    if sheet is None:
        return JsonResponse({"message": _("请先作出回避声明。")}, status=423)
    try:
        saved = actions.save_draft(sheet, by=request.user, **_typed(request, sheet))  # type: ignore[arg-type]
    except actions.NewerElsewhere as refusal:
        return JsonResponse({"message": str(refusal)}, status=409)
    except OutsideWindow as refusal:
        return JsonResponse({"message": str(refusal)}, status=423)
    at = clock.now().strftime("%H:%M:%S")
    return JsonResponse(
        {"revision": saved.revision, "saved_at": at, "message": _("已保存 %(at)s") % {"at": at}}
    )


# The office ----------------------------------------------------------------------------------------------------------


@require_safe
def scoring_progress(request: HttpRequest, code: str) -> HttpResponse:
    """How far each expert is. No score and no rank is on this page, before the opening or after it."""
    round_ = get_object_or_404(queries.rounds_scored_for(request.user), code=code)
    page = Paginator(queries.progress_by_expert(round_), PER_PAGE).get_page(request.GET.get("page"))
    panel = round_.panels.first()
    context = {"round": round_, "page": page, "totals": queries.sheet_totals(round_), "panel": panel}
    may_remind = round_.state == "review" and request.user.holds("manager")  # type: ignore[union-attr]
    return render(request, "selection/scoring_progress.html", {**context, "may_remind": may_remind})


@require_POST
def scoring_remind(request: HttpRequest, code: str) -> HttpResponse:
    """Write to those whose sheets are missing."""
    round_ = get_object_or_404(queries.rounds_scored_for(request.user), code=code)
    people = actions.remind(round_, by=request.user)  # type: ignore[arg-type]
    words = ngettext(
        "已提醒%(n)s位专家，当日重复催办不再发送。", "已提醒%(n)s位专家，当日重复催办不再发送。", people
    )
    messages.success(request, words % {"n": people})
    return redirect("scoring_progress", code)

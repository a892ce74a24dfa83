"""Pages of the score sheets, their progress, and the saving in between."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from selection.actions import own_sheets
from selection.actions import scoring as actions
from selection.forms.scoring import SheetForm, initial_of, marks_now, other_of
from selection.models import Assignment, ScoreSheet
from selection.queries import own_sheets as own_queries
from selection.queries import scoring as queries
from selection.queries.expert_facts import facts_by_criterion
from selection.queries.expert_view import face_of, shown_to_expert
from selection.queries.panel import days_until, scoring_due_of
from selection.queries.rulebook import bands_in_words
from selection.rules.marks import subtotal
from workflow import clock
from workflow.errors import OutsideWindow, Refused


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def scoring_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The dossier beside the sheet; saved, then confirmed, then sealed."""
    assignment = get_object_or_404(queries.own_duties(request.user), pk=pk)
    if assignment.state != Assignment.State.ACCEPTED:
        return redirect("panel_conflict", pk)
    sheet = assignment.sheet
    sheet.assignment = assignment
    assignment.nomination.round = assignment.round  # one object, whose rules are read once
    if request.method != "POST":
        form = SheetForm(obj=sheet, actor=request.user, initial=initial_of(sheet))
        return _desk(request, assignment, form)
    form = SheetForm(request.POST, obj=sheet, actor=request.user)
    act = request.POST.get("act")
    try:
        if act != "confirm":  # whatever comes of it, nothing typed is lost
            actions.save_draft(sheet, by=request.user, **_typed(request, sheet))  # type: ignore[arg-type]
    except actions.NewerElsewhere as refusal:
        return _two_versions(request, assignment, form, refusal)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _desk(request, assignment, form, status=409)
    if act == "save":
        messages.success(request, _("已保存，尚未提交。"))
        return redirect("scoring_sheet", pk)
    if not form.is_valid():
        sheet.refresh_from_db(fields=["revision", "saved_at", "ready_at"])
        return _desk(request, assignment, form, status=422)
    return _next(request, assignment, form, act or "")


def _next(request: HttpRequest, assignment: Assignment, form: SheetForm, act: str) -> HttpResponse:
    """A sheet without fault: noted as ready, shown once more, or submitted."""
    if act == "ready":
        own_sheets.mark_ready(assignment.sheet, by=request.user, ready=True)  # type: ignore[arg-type]
        messages.success(request, _("%(code)s已标为待提交。") % {"code": assignment.nomination.code})
        return redirect("own_sheets_compare")
    if act == "confirm":
        return _submit(request, assignment, form)
    return _confirmation(request, assignment, form)


def _two_versions(
    request: HttpRequest, assignment: Assignment, form: SheetForm, refusal: actions.NewerElsewhere
) -> HttpResponse:
    """The same sheet from two pages: which one stays is the expert's to say. What was sent here stands in the form."""
    form.add_error(None, str(refusal))
    assignment.sheet.revision, assignment.sheet.saved_at = refusal.sheet.revision, refusal.sheet.saved_at
    return _desk(request, assignment, form, status=409, other=other_of(refusal.sheet, form))


def _desk(
    request: HttpRequest, assignment: Assignment, form: SheetForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    nomination, rules, sheet = assignment.nomination, assignment.round.rulebook, assignment.sheet
    duties = own_queries.order_of(request.user, assignment.round_id)
    place = next((n for n, row in enumerate(duties) if row["pk"] == assignment.pk), None)
    around = own_queries.neighbours(
        [row["pk"] for row in duties if row["state"] == "accepted"], assignment.pk
    )
    due = scoring_due_of(request.user)
    marks = marks_now(form)
    points, weight = subtotal(marks, rules.weights)
    context = {
        "assignment": assignment,
        "nomination": nomination,
        "face": face_of(nomination),
        "dossier": shown_to_expert(nomination),
        "sheet": sheet,
        "form": form,
        "lines": list(form.lines(facts_by_criterion(nomination))),
        "rules": rules,
        "bands": list(zip(bands_in_words(rules), ("bad", "mid", "good", "best"), strict=True)),
        "editable": sheet.state == ScoreSheet.State.DRAFT and assignment.round.state == "review",
        "previous": around[0],
        "following": around[1],
        "place": (place or 0) + 1,
        "places": len(duties),
        "submitted": sum(1 for row in duties if row["sheet__state"] == "submitted"),
        "stand": sum(1 for row in duties if row["state"] != "recused"),
        "due": due,
        "days_left": days_until(due),
        "points": points,
        "weight": weight,
        "marked": len(marks),
    }
    return render(request, "selection/panel_scoring.html", {**context, **more}, status=status)


def _confirmation(request: HttpRequest, assignment: Assignment, form: SheetForm) -> HttpResponse:
    """What will be sealed, once more in full."""
    points, _weight = subtotal(form.marks, assignment.round.rulebook.weights)
    context = {
        "assignment": assignment,
        "face": face_of(assignment.nomination),
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
        "revision": int(revision) if revision.isdecimal() and len(revision) < 10 else -1,
    }


@require_POST
def scoring_save(request: HttpRequest, pk: int) -> JsonResponse:
    """Autosave: 200 saved, 409 newer elsewhere with what stands there, 423 no longer open."""
    assignment = get_object_or_404(queries.duties_to_save(request.user), pk=pk)
    sheet = getattr(assignment, "sheet", None)
    if sheet is None:
        return JsonResponse({"message": _("请先作出回避声明。")}, status=423)
    sheet.assignment = assignment
    try:
        saved = actions.save_draft(sheet, by=request.user, **_typed(request, sheet))  # type: ignore[arg-type]
    except actions.NewerElsewhere as refusal:
        newer = refusal.sheet
        stands = {"revision": newer.revision, "values": initial_of(newer)}
        return JsonResponse({"message": str(refusal), **stands}, status=409)
    except OutsideWindow as refusal:
        return JsonResponse({"message": str(refusal)}, status=423)
    at = (saved.saved_at or clock.now()).astimezone(clock.ZONE).strftime("%H:%M")
    return JsonResponse(
        {
            "revision": saved.revision,
            "saved_at": at,
            "ready": saved.ready_at is not None,
            "message": _("已保存 %(at)s") % {"at": at},
        }
    )

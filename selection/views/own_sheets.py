"""Pages of an expert's own duties and sheets: inbox, comparison, submission together, receipts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.roles import Role
from selection.actions import own_sheets as actions
from selection.models import Round
from selection.queries import own_sheets as queries
from selection.queries.expert_view import face_of
from selection.queries.rulebook import named
from selection.queries.scoring import sheets_visible_to
from workflow.errors import Refused

PER_PAGE = 25


def rounds_for(request: HttpRequest) -> tuple[list[Round], Round | None]:
    """The expert's rounds under review, and the one asked for, or the newest. Nobody else has such a page."""
    if not request.user.holds(Role.EXPERT):  # type: ignore[union-attr]
        raise Http404
    rounds = queries.own_rounds(request.user)
    asked = request.GET.get("round", "")
    if asked and not any(round_.code == asked for round_ in rounds):
        raise Http404
    return rounds, next((round_ for round_ in rounds if round_.code == asked or not asked), None)


def _frame(request: HttpRequest) -> tuple[Round | None, dict[str, Any]]:
    """What the pages have in common: the round, how far it is, until when."""
    rounds, round_ = rounds_for(request)
    if round_ is None:
        return None, {"rounds": [], "round": None}
    due, days_left = queries.due_of(request.user, round_)
    counts = queries.counts_of(request.user, round_)
    stand = sum(number for name, number in counts.items() if name != "recused")
    return round_, {
        "rounds": rounds, "round": round_, "due": due, "days_left": days_left, "counts": counts, "stand": stand,
        "blind": round_.rulebook.blind,
    }  # fmt: skip


@never_cache
@require_safe
def panel_inbox(request: HttpRequest) -> HttpResponse:
    """The own duties, each with its state, what is missing, and its next step."""
    round_, context = _frame(request)
    if round_ is None:
        return render(request, "selection/panel_inbox.html", context)
    rows, state = queries.by_urgency(queries.duties_in(request.user, round_)), request.GET.get("state", "")
    if state in queries.STATES:
        rows = rows.filter(queries.STATES[state][3])
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context["duties"] = queries.told(page.object_list, round_)
    context["chips"] = [
        (name, found[0], context["counts"][name])
        for name, found in queries.STATES.items()
        if context["counts"][name]
    ]
    return render(request, "selection/panel_inbox.html", {**context, "page": page, "state": state})


@never_cache
@require_safe
def own_sheets_compare(request: HttpRequest) -> HttpResponse:
    """All own sheets of a round in one table, in the order asked for, with how the marks of each column lie."""
    round_, context = _frame(request)
    if round_ is None:
        return render(request, "selection/own_sheets_compare.html", context)
    criteria = round_.rulebook.criteria
    column = request.GET.get("sort", "code")
    column = column if column in {"code", "total", *(c.code for c in criteria)} else "code"
    falling = request.GET.get("order", "desc" if column != "code" else "asc") == "desc"
    duties = queries.told(queries.duties_in(request.user, round_).filter(state="accepted"), round_)
    names = [(c.code, f"{c.code} {named(c)}", f"{c.weight:f}".rstrip("0").rstrip(".")) for c in criteria]
    context |= {
        "names": names,
        "rows": [
            (duty, [(name, duty.marks.get(code)) for code, name, _weight in names])
            for duty in queries.sorted_duties(duties, column, falling=falling)
        ],
        "strips": [
            (name, queries.strip_of(duties, code))
            for code, name, _weight in (*names, ("total", _("加权得分"), ""))
        ],
        "sort": column,
        "falling": falling,
        "order": "asc" if falling else "desc",
    }
    return render(request, "selection/own_sheets_compare.html", context)


@require_POST
def own_sheet_ready(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a sheet ready, or take that back."""
    sheet = get_object_or_404(
        sheets_visible_to(request.user), assignment=pk, assignment__expert__user=request.user.pk
    )
    ready = request.POST.get("ready") == "1"
    back = request.POST.get("next", "")
    target = (
        back
        if url_has_allowed_host_and_scheme(back, {request.get_host()})
        else reverse("scoring_sheet", args=[pk])
    )
    try:
        actions.mark_ready(sheet, by=request.user, ready=ready)  # type: ignore[arg-type]
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(target)
    words = _("%(code)s已标为待提交。") if ready else _("%(code)s已改回评分中。")
    messages.success(request, words % {"code": sheet.assignment.nomination.code})
    return redirect(target)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_sheets_submit(request: HttpRequest) -> HttpResponse:
    """What is ready, once more with counts; then all of it in one act."""
    round_, context = _frame(request)
    if round_ is None:
        raise Http404
    if request.method == "POST":
        return _submitted(request, round_)
    duties = queries.told(queries.duties_in(request.user, round_).filter(state="accepted"), round_)
    context["ready"] = [duty for duty in duties if duty.state == "ready"]
    context["waiting"] = [duty for duty in duties if duty.state in ("untouched", "scoring")]
    return render(request, "selection/own_sheets_submit.html", context)


def _submitted(request: HttpRequest, round_: Round) -> HttpResponse:
    chosen = dict(pair for text in request.POST.getlist("sheet") if (pair := _pair(text)))
    try:
        sheets = actions.submit_many(round_, by=request.user, chosen=chosen)  # type: ignore[arg-type]
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(f"{reverse('own_sheets_submit')}?round={round_.code}")
    words = ngettext("已提交%(n)s份评分表，回执如下。", "已提交%(n)s份评分表，回执如下。", len(sheets))
    messages.success(request, words % {"n": len(sheets)})
    return redirect(f"{reverse('own_sheets_receipts')}?round={round_.code}")


def _pair(text: str) -> tuple[int, int] | None:
    """`sheet:revision`."""
    sheet, _colon, revision = text.partition(":")
    fits = all(part.isascii() and part.isdecimal() and len(part) < 10 for part in (sheet, revision))
    return (int(sheet), int(revision)) if fits else None


@never_cache
@require_safe
def own_sheets_receipts(request: HttpRequest) -> HttpResponse:
    """The receipts of the own submitted sheets, to print and keep."""
    if not request.user.holds(Role.EXPERT):  # type: ignore[union-attr]
        raise Http404
    rows = queries.receipts_of(request.user)
    if code := request.GET.get("round", ""):
        rows = rows.filter(assignment__round__code=code)
    page = Paginator(rows, 100).get_page(request.GET.get("page"))
    faces = [(sheet, face_of(sheet.assignment.nomination)) for sheet in page]
    return render(request, "selection/own_sheets_receipts.html", {"page": page, "faces": faces})

"""The results as files, and what would be under other rules."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from selection.documents import result_form
from selection.documents.result import HEAD, Record, of_one, rows_of
from selection.documents.table import CSV, csv_lines
from selection.forms.what_if import WhatIfForm
from selection.models import Round
from selection.queries import deliberation as queries
from selection.queries.result_record import record_of
from selection.queries.what_if import compared
from workflow import clock
from workflow.documents import pdf
from workflow.documents.fonts import CharactersMissing
from workflow.errors import Refused


@never_cache
@require_safe
def round_csv(request: HttpRequest, code: str) -> HttpResponse:
    """The whole round as a table that anybody can compute again."""
    round_ = _round(request, code)
    return _table(record_of(round_), f"{round_.code}-results")


@never_cache
@require_safe
def sheet_csv(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """One nominee's result as a table."""
    round_ = _round(request, code)
    user: Any = request.user
    rows = queries.results_visible_to(user)
    nominee = get_object_or_404(rows, nomination__round=round_, nomination_id=pk)
    number = nominee.nomination.code
    return _table(of_one(record_of(round_), number), f"{round_.code}-{number}")


@never_cache
@require_safe
def round_pdf(request: HttpRequest, code: str) -> HttpResponse:
    """The whole round on paper."""
    round_, at = _round(request, code), clock.now()
    return _paper(request, round_, result_form.round_form(record_of(round_), at=at), f"{round_.code}-results")


@never_cache
@require_safe
def sheet_pdf(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """One nominee's result sheet on paper."""
    round_, at = _round(request, code), clock.now()
    user: Any = request.user
    rows = queries.results_visible_to(user)
    nominee = get_object_or_404(rows, nomination__round=round_, nomination_id=pk)
    number = nominee.nomination.code
    form = result_form.sheet_of(record_of(round_), number, at=at)
    return _paper(request, round_, form, f"{round_.code}-{number}")


def _round(request: HttpRequest, code: str) -> Round:
    user: Any = request.user
    return get_object_or_404(queries.rounds_with_results(user), code=code)


def _table(record: Record, name: str) -> HttpResponse:
    return _file(b"".join(csv_lines(HEAD, rows_of(record))), CSV, f"{name}.csv")


def _paper(request: HttpRequest, round_: Round, form: Any, name: str) -> HttpResponse:
    try:
        return _file(pdf.pdf_of(form, at=clock.now()), pdf.MEDIA, f"{name}.pdf")
    except CharactersMissing as refusal:
        messages.error(request, str(refusal))
        return redirect("result_list", round_.code)


def _file(content: bytes, media: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media)
    plain = "".join(c for c in name if c.isascii() and (c.isalnum() or c in "-."))
    response["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


@never_cache
@require_safe
def what_if(request: HttpRequest, code: str) -> HttpResponse:
    """The ranking under other weights, method, line or ceiling: looked at, never stored."""
    round_ = _round(request, code)
    form = WhatIfForm(request.GET if "method" in request.GET else None, rules=round_.rulebook)
    rows = []
    if form.is_bound and form.is_valid():
        try:
            rows = compared(round_, form.changed())
        except Refused as refusal:
            form.add_error(None, str(refusal))
    changed = [row for row in rows if row.now != row.then]
    context = {"round": round_, "form": form, "rows": rows, "changed": changed}
    return render(request, "selection/result_what_if.html", context)

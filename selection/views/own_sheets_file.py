"""Own scores as a file: down for work without a line, up again with a preview; saved only when confirmed, as drafts."""

from __future__ import annotations

import io
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from selection.actions import own_sheets as actions
from selection.documents import own_sheets as documents
from selection.documents.table import XLSX
from selection.errors import BadFile
from selection.forms.own_sheets import ScoresFileForm, sealed, unsealed
from selection.models import Round
from selection.queries import own_sheets as queries
from selection.queries.own_sheets_file import preview_of
from selection.views.own_sheets import rounds_for
from workflow.errors import Refused


def _round(request: HttpRequest) -> Round:
    _rounds, round_ = rounds_for(request)
    if round_ is None:
        raise Http404
    return round_


def _duties(request: HttpRequest, round_: Round) -> list[queries.Duty]:
    return queries.told(queries.duties_in(request.user, round_), round_)


@never_cache
@require_safe
def own_sheets_download(request: HttpRequest) -> HttpResponse:
    """The own sheets of a round as .xlsx, the submitted ones to look at."""
    round_ = _round(request)
    rows = [duty for duty in _duties(request, round_) if duty.state not in ("undeclared", "recused")]
    target = io.BytesIO()
    documents.write(target, round_.rulebook, rows)
    name = f"scores-{round_.code}.xlsx"
    return HttpResponse(
        target.getvalue(),
        headers={"Content-Type": XLSX, "Content-Disposition": f'attachment; filename="{name}"'},
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_sheets_upload(request: HttpRequest) -> HttpResponse:
    """A file with scores: what is wrong with it and what it would change. Saved when that is confirmed."""
    round_ = _round(request)
    if request.POST.get("act") == "confirm":
        return _saved(request, round_)
    form = ScoresFileForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    context: dict[str, Any] = {"round": round_, "form": form, "rows": None}
    if request.method == "POST" and form.is_valid():
        try:
            context |= _preview(request, round_, form.cleaned_data["file"])
        except BadFile as refusal:
            form.add_error("file", str(refusal))
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "selection/own_sheets_upload.html", context, status=status)


def _preview(request: HttpRequest, round_: Round, file: Any) -> dict[str, Any]:
    lines = documents.read(file.name, file, round_.rulebook)
    rows = preview_of(lines, _duties(request, round_), round_.rulebook)
    saved = [row.given for row in rows if row.will_be_saved]
    return {
        "rows": rows,
        "saved": len(saved),
        "faulty": sum(1 for row in rows if row.faults),
        "same": sum(1 for row in rows if not row.faults and not row.changes),
        "sealed": sealed(request.user, round_, saved) if saved else "",
    }


def _saved(request: HttpRequest, round_: Round) -> HttpResponse:
    again = f"{reverse('own_sheets_upload')}?round={round_.code}"
    rows = unsealed(request.POST.get("sealed", ""), request.user, round_)
    if rows is None:
        messages.error(request, _("预览已失效，请重新上传。"))
        return redirect(again)
    try:
        number = actions.fill_in(
            round_, by=request.user, sheets=[actions.Filled(**row) for row in rows]  # type: ignore[arg-type]
        )  # fmt: skip
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(again)
    words = ngettext("已存为草稿%(n)s份，尚未提交。", "已存为草稿%(n)s份，尚未提交。", number)
    messages.success(request, words % {"n": number})
    return redirect(f"{reverse('own_sheets_compare')}?round={round_.code}")

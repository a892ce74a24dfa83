"""The office's pages of the integrity register. Nothing of it is public."""

from __future__ import annotations

import io
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from selection import policies
from selection.actions.integrity import record_export
from selection.documents.table import XLSX, write_xlsx
from selection.forms.integrity import BarFilter, BarForm
from selection.models import Bar
from selection.queries import integrity as queries
from workflow import clock
from workflow.errors import Refused

PAGE = 25


def _reader(request: HttpRequest) -> Any:
    user: Any = request.user
    if not user.roles & queries.READERS:
        raise Http404
    return user


def _rows(request: HttpRequest) -> tuple[BarFilter, queries.Filter, QuerySet[Bar]]:
    form = BarFilter(request.GET)
    wanted = queries.Filter(**form.cleaned_data) if form.is_valid() else queries.Filter()
    return form, wanted, queries.narrowed(queries.bars_visible_to(_reader(request)), wanted)


@require_safe
def bar_list(request: HttpRequest) -> HttpResponse:
    """The register."""
    form, wanted, rows = _rows(request)
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "form": form,
        "narrowed": wanted.narrows,
        "query": request.GET.urlencode(),
        "may_record": policies.may_record_bar(None, _reader(request)),
        "in_force": queries.bars_in_force().count(),
    }
    return render(request, "selection/bar_list.html", context)


@require_safe
def bar_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One bar, and every decision that rested on it."""
    bar = get_object_or_404(queries.bars_visible_to(_reader(request)), pk=pk)
    context = {"bar": bar, "uses": queries.uses_of(bar), "today": clock.today()}
    return render(request, "selection/bar_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def bar_new(request: HttpRequest) -> HttpResponse:
    """Enter a bar from a document."""
    user = _reader(request)
    if not policies.may_record_bar(None, user):
        raise Http404
    form = BarForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            made = form.take(by=user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("已列入诚信名册，期满日期为%(day)s") % {"day": made.until_on})
            return redirect("bar_detail", made.pk)
    return render(request, "selection/bar_new.html", {"form": form}, status=422 if form.is_bound else 200)


@require_safe
def bar_export(request: HttpRequest) -> FileResponse:
    """What the filters show, as a file."""
    user = _reader(request)
    _form, _wanted, rows = _rows(request)
    head = [
        _("对象"),
        _("限制事项"),
        _("事由"),
        _("来源"),
        _("文号"),
        _("起始日期"),
        _("期满日期"),
        _("状态"),
    ]
    standings = dict(queries.STANDINGS)
    lines = (
        [
            row.subject_name, row.get_capacity_display(), row.get_ground_display(), row.get_source_display(),
            row.document_number, row.from_on, row.until_on, str(standings[row.standing]),
        ]
        for row in rows
    )  # fmt: skip
    content = io.BytesIO()
    write_xlsx(content, head, lines)
    record_export(by=user, rows=rows.count(), query=request.GET.urlencode())
    content.seek(0)
    name = _("诚信名册_%(day)s.xlsx") % {"day": clock.today().strftime("%Y%m%d")}
    return FileResponse(content, as_attachment=True, filename=name, content_type=XLSX)

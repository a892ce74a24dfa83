"""Expenses across studios: the list that clerks, the office and supervision work from, files, adjustments."""

from __future__ import annotations

import io
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from selection.documents.table import MEDIA, WRITERS
from studios.actions import spending as actions
from studios.actions.spending_words import FLAGS
from studios.forms.spending import ExpenseFilter, StudioExpenseFilter
from studios.models import Expense
from studios.models.programme import in_force, rules_of
from studios.queries import budget, spending_sheets
from studios.queries import spending as queries
from studios.queries.studio import cities_of, studios_visible_to
from studios.views.spending import flags_of, head_names, studio_of
from workflow import clock

PAGE = 25
MOST_EXPORTED = 100_000


def _names() -> dict[str, str]:
    """Heads by code, as the rules in force today call them."""
    return {head.code: budget.head_name(head) for head in rules_of(in_force()).heads}


def _rows(request: HttpRequest) -> tuple[ExpenseFilter, QuerySet[Expense]]:
    cities = cities_of(studios_visible_to(request.user))
    form = ExpenseFilter(request.GET, programme=rules_of(in_force()), cities=cities)
    rows = queries.expenses_visible_to(request.user)
    return form, queries.narrowed(rows, form.cleaned_data if form.is_valid() else {})


@require_safe
def expense_list(request: HttpRequest) -> HttpResponse:
    """The expenses of all studios that this reader may see: the newest first; what deserves a look is counted."""
    form, found = _rows(request)
    # The page is found by numbers alone, or its last rows would be joined with everything before them.
    page = Paginator(found.values_list("pk", flat=True), PAGE).get_page(request.GET.get("page"))
    rows = queries.expenses_visible_to(request.user).filter(pk__in=list(page))
    names = _names()
    counts = queries.flag_counts(queries.expenses_visible_to(request.user))
    context = {
        "page": page,
        "rows": [(row, names.get(row.head, row.head), flags_of(row)) for row in rows],
        "form": form,
        "narrowed": any(request.GET.get(name) for name in form.fields),
        "query": request.GET.urlencode(),
        "counts": [(code, FLAGS[code], n) for code, n in counts.items() if n and code in FLAGS],
        "flag": request.GET.get("flag", ""),
    }
    return render(request, "studios/expense_office.html", context)


@require_safe
def expense_file(request: HttpRequest, form: str) -> FileResponse:
    """What the filters show, as a file."""
    _form, rows = _rows(request)
    return _file(request, form, rows, _("支出_%(day)s"), _names())


@require_safe
def studio_file(request: HttpRequest, studio_pk: int, form: str) -> FileResponse:
    """One studio's expenses, as the filters show them, as a file."""
    studio = studio_of(request, studio_pk)
    wanted = StudioExpenseFilter(request.GET, programme=studio.programme)
    rows = queries.expenses_visible_to(request.user).filter(studio=studio)
    rows = queries.narrowed(rows, wanted.cleaned_data if wanted.is_valid() else {})
    return _file(request, form, rows, _("工作室支出_%(day)s"), head_names(studio))


def _file(
    request: HttpRequest, form: str, rows: QuerySet[Expense], name: str, names: dict[str, str]
) -> FileResponse:
    if form not in WRITERS:
        raise Http404
    user: Any = request.user
    rows = rows[:MOST_EXPORTED]
    content = io.BytesIO()
    WRITERS[form](content, spending_sheets.EXPORTED, spending_sheets.lines(rows, names, FLAGS))
    actions.record_export(by=user, rows=rows.count(), query=request.GET.urlencode()[:500])
    content.seek(0)
    named = f"{name % {'day': clock.today().strftime('%Y%m%d')}}.{form}"
    return FileResponse(content, as_attachment=True, filename=named, content_type=MEDIA[form])


@require_safe
def adjustment_list(request: HttpRequest) -> HttpResponse:
    """The adjustments of all studios: those that wait first."""
    rows = budget.adjustments_visible_to(request.user).order_by("-pk")
    state = request.GET.get("state", "")
    if state:
        rows = rows.filter(state=state)
    page = Paginator(budget.waiting_first(rows), PAGE).get_page(request.GET.get("page"))
    names = _names()
    context = {"page": page, "rows": [(row, names.get(row.source, row.source), names.get(row.target, row.target)) for row in page]}  # fmt: skip
    return render(request, "studios/adjustment_list.html", context)

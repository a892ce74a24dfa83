"""The pages of reports."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from studios.forms.report import ReportFilter
from studios.models import ProgressReport
from studios.queries import report as queries
from studios.views.studio import acts, shown
from workflow import calendar, clock

PAGE = 25


@require_safe
def report_list(request: HttpRequest) -> HttpResponse:
    """The reports this reader may see: those that wait for the manager first."""
    form = ReportFilter(request.GET)
    rows = queries.waiting_first(_narrowed(queries.reports_visible_to(request.user), form))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    today, work_days = clock.today(), calendar.current()
    lit = [(report, shown(queries.light_of(report, today, work_days))) for report in page]
    narrowed = any(request.GET.get(name) for name in form.fields)
    context = {"page": page, "rows": lit, "form": form, "narrowed": narrowed}
    return render(request, "studios/report_list.html", context)


def _narrowed(rows: QuerySet[ProgressReport], form: ReportFilter) -> QuerySet[ProgressReport]:
    wanted = form.cleaned_data if form.is_valid() else {}
    if text := wanted.get("q"):
        rows = rows.filter(studio__name__icontains=text)
    for name in ("kind", "state"):
        if value := wanted.get(name):
            rows = rows.filter(**{name: value})
    return rows


@require_safe
def report_detail(request: HttpRequest, studio_pk: int, pk: int) -> HttpResponse:
    """One report: its numbers and texts, its light, what was remarked."""
    found = queries.reports_visible_to(request.user).filter(studio_id=studio_pk)
    report = get_object_or_404(found, pk=pk)
    context = {
        "report": report,
        "studio": report.studio,
        "light": shown(queries.light_of(report, clock.today(), calendar.current())),
        "acts": acts(report, request.user),
        "owed": report.state in ProgressReport.OWED,
    }
    return render(request, "studios/report_detail.html", context)

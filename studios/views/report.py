"""The pages of reports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from selection.errors import BadFile
from studios.actions import report_file
from studios.documents.report import report_form
from studios.forms.report import ReportFilter
from studios.models import ProgressReport, Rectification
from studios.queries import report as queries
from studios.queries import studio as studios
from studios.queries.evidence import in_language
from studios.queries.rectification import rectifications_visible_to
from studios.queries.report_file import files_visible_to, may_attach
from studios.views.studio import acts, shown
from workflow import calendar, clock
from workflow.documents import pdf
from workflow.documents.fonts import CharactersMissing

PAGE = 25
YEAR_DIGITS = 4
CLOSED = "default-src 'none'; sandbox; frame-ancestors 'none'"


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
    for name in ("kind", "state", "period"):
        if value := wanted.get(name):
            rows = rows.filter(**{name: value})
    return rows


@require_safe
def studio_reports(request: HttpRequest, studio_pk: int) -> HttpResponse:
    """One studio's reports, the latest first, with the number of their files."""
    studio = get_object_or_404(studios.studios_visible_to(request.user), pk=studio_pk)
    rows = queries.reports_visible_to(request.user).filter(studio=studio).order_by("-due_on", "pk")
    today, work_days = clock.today(), calendar.current()
    lit = [(row, shown(queries.light_of(row, today, work_days))) for row in rows.annotate(n=Count("files"))]
    return render(request, "studios/report_studio.html", {"studio": studio, "rows": lit})


@require_safe
def report_detail(request: HttpRequest, studio_pk: int, pk: int) -> HttpResponse:
    """One report: its numbers beside the records', its texts, its files, its light, what was remarked and changed."""
    report = _report(request, studio_pk, pk)
    owed = report.state in ProgressReport.OWED
    context = {
        "report": report,
        "studio": report.studio,
        "light": shown(queries.light_of(report, clock.today(), calendar.current())),
        "acts": acts(report, request.user),
        "owed": owed,
        "numbers": _numbers(report),
        "tasks": _tasks(report),
        "asked": _asked(report),
        "changes": queries.changes_of(report),
        "files": report.files.all(),
        "attaches": may_attach(report, request.user),
        "covered": queries.covered(report),
    }
    return render(request, "studios/report_detail.html", context)


def _report(request: HttpRequest, studio_pk: int, pk: int) -> ProgressReport:
    found = queries.reports_visible_to(request.user).filter(studio_id=studio_pk)
    return get_object_or_404(found, pk=pk)


@dataclass(frozen=True)
class Number:
    """A number of the report, and what the records said when it was handed in (say now, while it is owed)."""

    label: Any
    value: Any
    records: Any
    money: bool

    @property
    def differs(self) -> bool:
        """It was changed by hand."""
        return self.value is not None and self.records is not None and str(self.value) != str(self.records)


def _numbers(report: ProgressReport) -> list[Number]:
    said = report.prefilled if report.submitted_at else queries.from_records(report).as_json()
    return [
        Number(_label(name), getattr(report, name), said.get(name), name == "spent")
        for name in queries.NUMBERS
    ]


def _label(name: str) -> Any:
    return ProgressReport._meta.get_field(name).verbose_name  # type: ignore[union-attr]


def _asked(report: ProgressReport) -> list[tuple[Any, str]]:
    return [(_label(name), text) for name, text in report.field_remarks.items()]


def _tasks(report: ProgressReport) -> list[tuple[str, str, str]]:
    """The annual tasks as they were kept: name, reached, asked."""
    ours = {task.code: task for task in report.studio.programme.tasks}
    return [(_task_name(t, ours.get(t["code"])), t["reached"], t["target"]) for t in report.tasks]


def _task_name(kept: dict[str, str], ours: Any) -> str:
    """As the plan called it then; as the rules do where it kept no name."""
    if kept.get("name"):
        english = (get_language() or "").startswith("en") and kept.get("name_en")
        return f"{english or kept['name']}（{kept['unit']}）"
    return f"{in_language(ours)}（{ours.unit}）" if ours else kept["code"]


@require_safe
def report_print(request: HttpRequest, studio_pk: int, pk: int) -> HttpResponse:
    """The report as PDF."""
    report = _report(request, studio_pk, pk)
    first, last = queries.covered(report)
    now = clock.now()
    form = report_form(report, tasks=_tasks(report), covered=(first.isoformat(), last.isoformat()), at=now)
    try:
        content = pdf.pdf_of(form, at=now)
    except CharactersMissing as refusal:
        messages.error(request, str(refusal))
        return redirect("report_detail", studio_pk, pk)
    response = HttpResponse(content, content_type=pdf.MEDIA)
    name = quote(f"{report}.pdf", safe="")
    response["Content-Disposition"] = f"inline; filename=\"report-{report.pk}.pdf\"; filename*=UTF-8''{name}"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
def report_calendar(request: HttpRequest) -> HttpResponse:
    """What falls due in a year, by month and day, and how far it is."""
    typed = request.GET.get("year", "")
    year = (
        int(typed)
        if typed.isascii() and typed.isdigit() and len(typed) == YEAR_DIGITS
        else clock.today().year
    )
    days = queries.due_days(queries.reports_visible_to(request.user), year)
    months = [(month, [one for one in days if one.day.month == month]) for month in range(1, 13)]
    context = {
        "year": year,
        "months": [(date(year, month, 1), found) for month, found in months if found],
        "before": year - 1,
        "after": year + 1,
        "today": clock.today(),
    }
    return render(request, "studios/report_calendar.html", context)


# Files ---------------------------------------------------------------------------------------------------------------


@require_POST
def report_attach(request: HttpRequest, studio_pk: int, pk: int) -> HttpResponse:
    """Take files for a report."""
    report = _report(request, studio_pk, pk)
    _attach(request, report)
    return redirect("report_detail", studio_pk, pk)


@require_POST
def rectification_attach(request: HttpRequest, studio_pk: int, pk: int) -> HttpResponse:
    """Take files for what was put right."""
    rows = rectifications_visible_to(request.user).filter(studio_id=studio_pk)
    _attach(request, get_object_or_404(rows, pk=pk))
    return redirect("rectification_detail", studio_pk, pk)


def _attach(request: HttpRequest, owner: ProgressReport | Rectification) -> None:
    """Each file for itself: one that cannot be taken says why, the others stay."""
    user: Any = request.user
    for file in request.FILES.getlist("files"):
        try:
            report_file.attach(owner, by=user, name=file.name or "", data=file.read())
        except BadFile as refusal:
            messages.error(request, f"{file.name}：{refusal}")


@require_safe
def report_file_open(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """One file, to whoever sees what it belongs to."""
    file = get_object_or_404(files_visible_to(request.user), key=key)
    try:
        opened = file.file.open("rb")
    except FileNotFoundError as missing:
        raise Http404 from missing
    response = FileResponse(opened, content_type=file.mime, filename=file.name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = CLOSED
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


@require_POST
def report_file_remove(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take a file away again."""
    rows = files_visible_to(request.user).select_related("report__studio", "rectification__studio")
    file = get_object_or_404(rows, key=key)
    report_file.detach(file, by=request.user)  # type: ignore[arg-type]
    if file.report:
        return redirect("report_detail", file.report.studio_id, file.report.pk)
    assert file.rectification is not None
    return redirect("rectification_detail", file.rectification.studio_id, file.rectification.pk)

"""Pages of an import: the template, the upload, what the check found, the confirmation."""

from __future__ import annotations

import io
from typing import Any

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from selection.actions import intake as actions
from selection.documents.table import csv_lines
from selection.documents.template import write_template
from selection.forms.intake import UploadForm
from selection.queries.round import open_rounds
from selection.queries.sheets import may_import
from workflow import jobs
from workflow.errors import NotPermitted
from workflow.models import Job

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PER_PAGE = 100
WRITES = require_http_methods(["GET", "HEAD", "POST"])


def _require_importer(request: HttpRequest) -> None:
    user: Any = request.user
    if not may_import(user):
        raise NotPermitted(_("只有用人单位经办和民政局经办可以导入申报。"))


@WRITES
def nomination_import(request: HttpRequest) -> HttpResponse:
    """Upload a file; it is looked at from outside at once and checked row by row in a job."""
    _require_importer(request)
    user: Any = request.user
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = UploadForm(*sent, initial={"round": open_rounds().first()})
    if sent and form.is_valid():
        file = form.cleaned_data["file"]
        job = actions.begin_check(form.cleaned_data["round"], by=user, name=file.name, content=file.file)
        return redirect("job_detail", job.pk)
    context = {"form": form, "open": open_rounds().exists()}
    return render(request, "selection/nomination_import.html", context, status=422 if form.is_bound else 200)


@require_safe
def nomination_import_template(request: HttpRequest) -> FileResponse:
    """The empty template, with headings, notes and drop-downs."""
    _require_importer(request)
    content = io.BytesIO()
    write_template(content)
    content.seek(0)
    return FileResponse(content, as_attachment=True, filename=_("申报导入模板.xlsx"), content_type=XLSX)


def _checked(request: HttpRequest, pk: int) -> Job:
    user: Any = request.user
    job: Job = get_object_or_404(jobs.started_by(user), pk=pk, kind=actions.CHECK)
    if job.status != Job.Status.DONE:
        raise Http404
    return job


@WRITES
def nomination_import_result(request: HttpRequest, pk: int) -> HttpResponse:
    """Every fault by sheet, row, column and reason; the clean ones are brought in on confirmation."""
    job = _checked(request, pk)
    user: Any = request.user
    if request.method == "POST":
        return redirect("job_detail", actions.begin_import(job, by=user).pk)
    found = job.result
    clean = len(found["clean_rows"])
    context = {
        "job": job,
        "page": Paginator(found["faults"], PER_PAGE).get_page(request.GET.get("page")),
        "people": found["people"],
        "clean": clean,
        "left_out": found["people"] - clean,
        "fault_count": found["fault_count"],
        "confirmed": jobs.started_by(user).filter(key=f"{actions.IMPORT}:{job.pk}").first(),
    }
    return render(request, "selection/nomination_import_result.html", context)


@require_safe
def nomination_import_faults(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """The same list as a file."""
    job = _checked(request, pk)
    head = [_("工作表"), _("行"), _("列"), _("原因")]
    lines = csv_lines(head, iter(job.result["faults"]))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, _("导入问题清单.csv"))
    return response

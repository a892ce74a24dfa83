"""Expenses from a file: the template, the check with every fault by its cell, the import, all or none."""

from __future__ import annotations

import io
from typing import Any

from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from selection.documents.table import XLSX
from selection.documents.template import write_sheets
from studios.actions import spending_import as actions
from studios.actions.spending import require_open
from studios.forms.spending_intake import ExpenseUploadForm
from studios.queries import spending_sheets
from studios.views.spending import WRITES, studio_of
from workflow import jobs
from workflow.models import Job

FAULTS = 100


@WRITES
def upload(request: HttpRequest, studio_pk: int) -> HttpResponse:
    """Upload a file; it is checked row by row in a job."""
    studio = studio_of(request, studio_pk)
    user: Any = request.user
    require_open(studio, user)
    form = ExpenseUploadForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        job = actions.begin_check(studio, by=user, name=file.name, content=file.file)
        return redirect("job_detail", job.pk)
    context = {"studio": studio, "form": form}
    return render(request, "studios/expense_import.html", context, status=422 if form.is_bound else 200)


@require_safe
def template(request: HttpRequest, studio_pk: int) -> FileResponse:
    """The empty template, with this studio's heads."""
    studio = studio_of(request, studio_pk)
    user: Any = request.user
    require_open(studio, user)
    content = io.BytesIO()
    guide = (
        _("一、每笔支出一行；科目从下拉列表中选择，为本工作室协议适用的管理办法所列。"),
        _("二、一张发票在全省只能列支一次；发票号码的单元格设为文本格式，以免末几位丢失。"),
        _("三、上传后先核对，列出每一处问题所在的单元格；文件全部无误才能导入，不会只导入一部分。"),
        _("四、导入的支出是草稿，逐笔上传凭证扫描件后提交审批。"),
    )
    found = [(spending_sheets.SHEET, spending_sheets.columns(studio.programme))]
    write_sheets(content, found, title=_("支出导入模板填写说明"), guide=guide)
    content.seek(0)
    return FileResponse(content, as_attachment=True, filename=_("支出导入模板.xlsx"), content_type=XLSX)


@WRITES
def result(request: HttpRequest, studio_pk: int, pk: int) -> HttpResponse:
    """Every fault by cell and reason; a file without any is brought in on confirmation."""
    studio = studio_of(request, studio_pk)
    user: Any = request.user
    require_open(studio, user)
    job: Job = get_object_or_404(
        jobs.started_by(user), pk=pk, kind=actions.CHECK, status=Job.Status.DONE, given__studio=studio.pk
    )
    if request.method == "POST":
        return redirect("job_detail", actions.begin_import(studio, check=job, by=user).pk)
    context = {
        "studio": studio,
        "job": job,
        "page": Paginator(job.result["faults"], FAULTS).get_page(request.GET.get("page")),
        "rows": job.result["rows"],
        "total": job.result["total"],
        "fault_count": job.result["fault_count"],
        "confirmed": jobs.started_by(user).filter(key=f"{actions.IMPORT}:{job.pk}").first(),
    }
    return render(request, "studios/expense_import_result.html", context)

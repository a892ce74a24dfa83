"""The pool as files: the template, the upload, what the check found, the confirmation, the export."""

from __future__ import annotations

import io
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from selection.actions import expert_intake as actions
from selection.documents.table import XLSX, csv_lines
from selection.documents.template import write_sheets
from selection.forms.expert_intake import UploadForm
from selection.queries import expert_sheets
from selection.queries.expert import READERS, may_change
from selection.queries.expert_extract import rows_for_export
from workflow import jobs
from workflow.errors import NotPermitted
from workflow.models import Job

PER_PAGE = 100
AT_ONCE = 2_000
WRITES = require_http_methods(["GET", "HEAD", "POST"])


class ExportForm(forms.Form):
    """The kind of file."""

    form = forms.ChoiceField(
        label=gettext_lazy("文件格式"),
        choices=(("xlsx", gettext_lazy("Excel工作簿（.xlsx）")), ("csv", gettext_lazy("CSV（UTF-8）"))),
        widget=forms.RadioSelect,
        initial="xlsx",
    )


def _require_manager(request: HttpRequest) -> Any:
    user: Any = request.user
    if not may_change(user):
        raise NotPermitted(_("只有处室负责人可以导入专家。"))
    return user


@WRITES
def expert_import(request: HttpRequest) -> HttpResponse:
    """Upload a file; it is looked at from outside at once and checked row by row in a job."""
    user = _require_manager(request)
    form = UploadForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        return redirect("job_detail", actions.begin_check(by=user, name=file.name, content=file.file).pk)
    return render(
        request, "selection/expert_import.html", {"form": form}, status=422 if form.is_bound else 200
    )


@require_safe
def expert_import_template(request: HttpRequest) -> FileResponse:
    """The empty template."""
    _require_manager(request)
    content = io.BytesIO()
    guide = (
        _("一、“专家”每人一行，写现在的单位；“任职经历”“利害关系人”每项一行，用专家的身份证号指明是谁的。"),
        _("二、专家库中已有的人不再写入“专家”，可以只在后两张表中补充。"),
        _("三、单位写全称或代码；系统中没有的单位填18位统一社会信用代码，随同登记。"),
        _("四、身份证号各列已设为文本格式，请用“选择性粘贴—数值”粘贴；对方的身份证号只保存不可还原的摘要。"),
        _("五、上传后先核对：逐条列出问题所在的工作表、行、列和原因，确认之前不导入任何内容。"),
    )
    write_sheets(content, expert_sheets.all_sheets(), title=_("专家导入模板填写说明"), guide=guide)
    content.seek(0)
    return FileResponse(content, as_attachment=True, filename=_("专家导入模板.xlsx"), content_type=XLSX)


def _checked(request: HttpRequest, pk: int) -> Job:
    user = _require_manager(request)
    job: Job = get_object_or_404(jobs.started_by(user), pk=pk, kind=actions.CHECK)
    if job.status != Job.Status.DONE:
        raise Http404
    return job


@WRITES
def expert_import_result(request: HttpRequest, pk: int) -> HttpResponse:
    """Every fault by sheet, row, column and reason; what is clean is brought in on confirmation."""
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
        "lines": found["clean_lines"],
        "left_out": found["people"] - clean,
        "lines_left_out": found["lines"] - found["clean_lines"],
        "fault_count": found["fault_count"],
        "confirmed": jobs.started_by(user).filter(key=f"{actions.IMPORT}:{job.pk}").first(),
    }
    return render(request, "selection/expert_import_result.html", context)


@require_safe
def expert_import_faults(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """The same list as a file."""
    job = _checked(request, pk)
    head = [_("工作表"), _("行"), _("列"), _("原因")]
    response = StreamingHttpResponse(
        csv_lines(head, iter(job.result["faults"])), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = content_disposition_header(True, _("导入问题清单.csv"))
    return response


@WRITES
def expert_export(request: HttpRequest) -> HttpResponse:
    """Export what the list shows under the same address; numbers are masked."""
    user: Any = request.user
    if not user.roles & READERS:
        raise Http404
    query = request.GET.urlencode()
    total = rows_for_export(user, query).order_by().count()
    form = ExportForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        job = actions.begin_export(by=user, query=query, form=form.cleaned_data["form"])
        if total <= AT_ONCE:
            jobs.run_now(job)
        return redirect("job_detail", job.pk)
    context = {"form": form, "total": total, "query": query}
    return render(request, "selection/expert_export.html", context, status=422 if form.is_bound else 200)

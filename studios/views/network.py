"""The pages of the service network."""

from __future__ import annotations

import io
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Organisation
from selection.documents.table import XLSX, write_xlsx
from selection.documents.template import write_sheets
from studios.actions import network as actions
from studios.forms.network import AmendForm, PointFilter, RegisterForm, UploadForm
from studios.models import IndicatorPart, ServicePoint
from studios.queries import network as queries
from studios.queries import network_sheets
from studios.queries.indicator import failing
from workflow import clock, jobs
from workflow.errors import Refused
from workflow.models import Job

PAGE = 25
FAULTS = 100
WRITES = require_http_methods(["GET", "HEAD", "POST"])


def _rows(request: HttpRequest) -> tuple[PointFilter, QuerySet[ServicePoint], IndicatorPart | None]:
    user: Any = request.user
    cities = queries.cities_seen_by(user)
    form = PointFilter(request.GET, cities=cities, counties=_counties(user))
    rows = queries.points_visible_to(user)
    part = None
    if (wanted := request.GET.get("failing", "")).isdigit():
        part = (
            IndicatorPart.objects.select_related("indicator")
            .filter(pk=wanted)
            .exclude(source="observed")
            .first()
        )
        rows = failing(part, user).select_related("parent") if part else rows.none()
    return form, _narrowed(rows, form), part


def _counties(user: Any) -> Any:
    rows = Organisation.objects.filter(kind="county").order_by("code")
    return rows.filter(pk__in=queries.points_visible_to(user).order_by().values("county"))


def _narrowed(rows: QuerySet[ServicePoint], form: PointFilter) -> QuerySet[ServicePoint]:
    wanted = form.cleaned_data if form.is_valid() else {}
    if text := wanted.get("q"):
        rows = rows.filter(
            Q(name__icontains=text)
            | Q(division__icontains=text)
            | Q(operator__icontains=text)
            | Q(code__startswith=text)
        )
    for name in ("city", "county", "level", "place", "status"):
        if value := wanted.get(name):
            rows = rows.filter(**{name: value})
    return rows.filter(weak_area=True) if wanted.get("weak_area") else rows


@require_safe
def network_list(request: HttpRequest) -> HttpResponse:
    """The divisions with what stands there; `failing` narrows to those that miss an indicator."""
    form, rows, part = _rows(request)
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "form": form,
        "part": part,
        "narrowed": bool(part) or any(request.GET.get(name) for name in form.fields),
        "keeper": queries.counties_of(request.user).exists(),
        "query": request.GET.urlencode(),
    }
    return render(request, "studios/network_list.html", context)


@require_safe
def network_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One division: what stands there, who serves there, and its past."""
    rows = queries.points_visible_to(request.user).prefetch_related("records", "children")
    point = get_object_or_404(rows, pk=pk)
    context = {"point": point, "editable": queries.may_edit(point, request.user)}
    return render(request, "studios/network_detail.html", context)


@require_safe
def network_summary(request: HttpRequest) -> HttpResponse:
    """What stands of what there could be: by city, or by county of one."""
    cities = queries.cities_seen_by(request.user)
    wanted = request.GET.get("city", "")
    city = get_object_or_404(cities, pk=wanted) if wanted.isdigit() else None
    context = {"rows": queries.summary(request.user, city), "city": city}
    return render(request, "studios/network_summary.html", context)


@require_safe
def federation_list(request: HttpRequest) -> HttpResponse:
    """Federations and associations with their officers and terms."""
    if not request.user.is_authenticated:
        raise Http404
    today = clock.today()
    rows = [
        {"unit": unit, "terms": [(term, term.covers(today)) for term in unit.board_terms.all()]}
        for unit in queries.federations()
    ]
    return render(request, "studios/federation_list.html", {"rows": rows})


@WRITES
def network_new(request: HttpRequest) -> HttpResponse:
    """Enter a division."""
    user: Any = request.user
    actions.require_keeper(user)
    form = RegisterForm(
        request.POST if request.method == "POST" else None,
        counties=queries.counties_of(user),
        initial={"status_on": clock.today()},
    )
    if form.is_bound and form.is_valid():
        try:
            point = actions.register(form.cleaned_data["county"], by=user, **form.given())
            return redirect("network_detail", point.pk)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    return render(request, "studios/network_form.html", {"form": form}, status=422 if form.is_bound else 200)


@WRITES
def network_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a row from a day on."""
    user: Any = request.user
    point = get_object_or_404(queries.points_visible_to(user), pk=pk)
    form = AmendForm(request.POST if request.method == "POST" else None, instance=point)
    if form.is_bound and form.is_valid():
        try:
            actions.amend(point, by=user, **form.cleaned_data)
            return redirect("network_detail", point.pk)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    context = {"form": form, "point": point}
    return render(request, "studios/network_form.html", context, status=422 if form.is_bound else 200)


@require_safe
def network_export(request: HttpRequest) -> FileResponse:
    """What the filters show, as a file that can be imported again."""
    user: Any = request.user
    _form, rows, _part = _rows(request)
    content = io.BytesIO()
    write_xlsx(content, queries.headings(), queries.lines(rows))
    actions.record_export(by=user, rows=rows.count(), query=request.GET.urlencode())
    content.seek(0)
    name = _("服务网络_%(day)s.xlsx") % {"day": clock.today().strftime("%Y%m%d")}
    return FileResponse(content, as_attachment=True, filename=name, content_type=XLSX)


@WRITES
def network_import(request: HttpRequest) -> HttpResponse:
    """Upload a file; it is checked row by row in a job."""
    user: Any = request.user
    actions.require_keeper(user)
    form = UploadForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        return redirect("job_detail", actions.begin_check(by=user, name=file.name, content=file.file).pk)
    return render(
        request, "studios/network_import.html", {"form": form}, status=422 if form.is_bound else 200
    )


@require_safe
def network_import_template(request: HttpRequest) -> FileResponse:
    """The empty template."""
    user: Any = request.user
    actions.require_keeper(user)
    content = io.BytesIO()
    guide = (
        _("一、每个县、乡镇、街道、村和社区一行；还没有站点的也要登记，状态选“未建”，否则覆盖率的分母不全。"),
        _("二、区划代码县6位、乡镇街道9位、村和社区12位，均以所在县（市、区）的代码开头。"),
        _("三、已登记的区划代码按文件更新，名称、状态、运营机构的变更按状态日期留存沿革。"),
        _("四、社会工作专业人才含持证人员。上传后先核对，确认之前不写入任何内容。"),
    )
    found = [(network_sheets.SHEET, network_sheets.columns())]
    write_sheets(content, found, title=_("站点导入模板填写说明"), guide=guide)
    content.seek(0)
    return FileResponse(content, as_attachment=True, filename=_("站点导入模板.xlsx"), content_type=XLSX)


@WRITES
def network_import_result(request: HttpRequest, pk: int) -> HttpResponse:
    """Every fault by row, column and reason; what is clean is brought in on confirmation."""
    user: Any = request.user
    actions.require_keeper(user)
    job: Job = get_object_or_404(jobs.started_by(user), pk=pk, kind=actions.CHECK, status=Job.Status.DONE)
    if request.method == "POST":
        return redirect("job_detail", actions.begin_import(job, by=user).pk)
    context = {
        "job": job,
        "page": Paginator(job.result["faults"], FAULTS).get_page(request.GET.get("page")),
        "rows": job.result["rows"],
        "clean": job.result["clean"],
        "left_out": job.result["rows"] - job.result["clean"],
        "fault_count": job.result["fault_count"],
        "confirmed": jobs.started_by(user).filter(key=f"{actions.IMPORT}:{job.pk}").first(),
    }
    return render(request, "studios/network_import_result.html", context)

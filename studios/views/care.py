"""The pages of what local bureaus do for their talents."""

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

from accounts.models import Organisation
from accounts.roles import PROVINCIAL, Role
from selection.documents.table import XLSX, write_xlsx
from studios.actions import care as actions
from studios.forms.care import CareFilter, CareForm, TakeBackForm
from studios.models import CareMeasure
from studios.queries import care as queries
from workflow import clock
from workflow.errors import Refused

PAGE = 25
WRITES = require_http_methods(["GET", "HEAD", "POST"])
READERS = PROVINCIAL | {Role.BUREAU_OFFICER, Role.STUDIO_LEAD}


def _reader(request: HttpRequest) -> Any:
    user: Any = request.user
    if not user.roles & READERS:
        raise Http404
    return user


def _office(request: HttpRequest) -> Organisation:
    """The bureau for which this reader writes; nobody else writes."""
    user = _reader(request)
    office = Organisation.objects.select_related("parent").filter(pk=user.organisation_id).first()
    if not user.holds(Role.BUREAU_OFFICER) or office is None or queries.city_of(office) is None:
        raise Http404
    return office


def _writes(user: Any) -> bool:
    return bool(user.holds(Role.BUREAU_OFFICER) and user.organisation_id)


def _rows(request: HttpRequest) -> tuple[CareFilter, QuerySet[CareMeasure]]:
    rows = queries.care_visible_to(_reader(request))
    cities = Organisation.objects.filter(pk__in=rows.order_by().values("city")).order_by("code")
    form = CareFilter(request.GET, cities=cities)
    wanted = form.cleaned_data if form.is_valid() else {}
    for name in ("kind", "city"):
        if value := wanted.get(name):
            rows = rows.filter(**{name: value})
    return form, rows.filter(given_on__year=wanted.get("year") or clock.today().year)


@require_safe
def care_list(request: HttpRequest) -> HttpResponse:
    """The measures of a year."""
    form, rows = _rows(request)
    user = _reader(request)
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "form": form,
        "narrowed": any(request.GET.get(name) for name in form.fields),
        "query": request.GET.urlencode(),
        "writes": _writes(user),
        "oversees": bool(user.roles & PROVINCIAL),
    }
    return render(request, "studios/care_list.html", context)


@require_safe
def care_summary(request: HttpRequest) -> HttpResponse:
    """Each city by kind in a year, and who has done nothing: for the province."""
    if not _reader(request).roles & PROVINCIAL:
        raise Http404
    known = queries.years()
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdigit() and int(asked) in known else known[0]
    rows = queries.by_city(year)
    context = {
        "year": year,
        "years": known,
        "rows": rows,
        "kinds": [label for _kind, label in queries.KINDS],
        "totals": [sum(n for _label, n in cells) for cells in zip(*(row.cells for row in rows), strict=True)],
        "nothing": [row for row in rows if row.nothing],
    }
    return render(request, "studios/care_summary.html", context)


@WRITES
def care_new(request: HttpRequest) -> HttpResponse:
    """Enter a measure; the next one can follow at once."""
    office = _office(request)
    form = CareForm(request.POST if request.method == "POST" else None, office=office)
    if form.is_bound and form.is_valid():
        try:
            form.take(by=request.user)  # type: ignore[arg-type]
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("已登记"))
            return redirect("care_new" if "again" in request.POST else "care_list")
    context = {"form": form, "office": office}
    return render(request, "studios/care_new.html", context, status=422 if form.is_bound else 200)


@WRITES
def care_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what was entered by mistake."""
    office = _office(request)
    measure = get_object_or_404(
        queries.care_visible_to(request.user), pk=pk, office=office, taken_back_at=None
    )
    form = TakeBackForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            form.take(measure, by=request.user)  # type: ignore[arg-type]
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("已撤回"))
            return redirect("care_list")
    context = {"form": form, "measure": measure}
    return render(request, "studios/care_take_back.html", context, status=422 if form.is_bound else 200)


@require_safe
def care_export(request: HttpRequest) -> FileResponse:
    """What the filters show, as a file."""
    user = _reader(request)
    _form, rows = _rows(request)
    head = [
        _("设区市"),
        _("民政局"),
        _("人才"),
        _("措施"),
        _("日期"),
        _("内容"),
        _("依据"),
        _("金额（元）"),
        _("撤回"),
    ]
    lines = (
        [
            row.city.area or row.city.name, row.office.name, row.recognition.name_key, row.get_kind_display(),
            row.given_on, row.note, row.evidence, row.amount, row.taken_back_why,
        ]
        for row in rows
    )  # fmt: skip
    content = io.BytesIO()
    write_xlsx(content, head, lines)
    actions.record_export(by=user, rows=rows.count(), query=request.GET.urlencode())
    content.seek(0)
    name = _("关爱措施_%(day)s.xlsx") % {"day": clock.today().strftime("%Y%m%d")}
    return FileResponse(content, as_attachment=True, filename=name, content_type=XLSX)

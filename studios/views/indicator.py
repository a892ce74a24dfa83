"""The pages of indicators: the target sheet, one indicator by area, observations, the plan's file."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Organisation
from selection.documents.table import XLSX, write_xlsx
from studios import policies
from studios.actions import indicator as actions
from studios.forms.indicator import ObserveForm, PlanForm, RejectForm
from studios.models import Indicator
from studios.queries import indicator as queries
from studios.rules.indicators import rounded, whole
from workflow import clock
from workflow.errors import Refused

PAGE = 25
LISTED = 50  # failing units named on an indicator's page; the rest stand behind a link
HUNDRED = 100
WRITES = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class Shown:
    """One part as pages print it."""

    name: str
    year: int | None
    value: str
    target: str
    share: str
    gap: str
    pace: str
    ahead: str
    behind: bool
    met: bool | None
    per_cent: int  # for the bar: whole per cent of the target, at most 100


def shown(indicator: Indicator, standing: queries.Standing) -> Shown:
    """Counts to the whole person, all else to two decimals, a half upwards."""
    found = standing.found

    def say(value: Any) -> str:
        if value is None:
            return "—"
        return f"{whole(value):,}" if indicator.kind == Indicator.Kind.COUNT else f"{rounded(value):,}"

    share = found.share if found else None
    return Shown(
        name=standing.part.name,
        year=standing.year,
        value=say(standing.value),
        target=say(found.target) if found else "—",
        share="—" if share is None else f"{rounded(share * HUNDRED, 1)}%",
        gap=say(found.gap) if found else "—",
        pace=say(found.pace) if found else "—",
        ahead=say(found.ahead) if found else "—",
        behind=bool(found and found.ahead is not None and found.ahead < 0),
        met=found.met if found else None,
        per_cent=0 if share is None else min(whole(share * HUNDRED), HUNDRED),
    )


def _area(request: HttpRequest, areas: list[Organisation]) -> Organisation:
    """The area asked for, else the widest the reader may look at. 404 for whoever has none."""
    code = request.GET.get("area", "")
    found = [area for area in areas if area.code == code] if code else areas[:1]
    if not found:
        raise Http404
    return found[0]


def _plan(request: HttpRequest) -> Any:
    plans = list(queries.plans())
    code = request.GET.get("plan", "")
    return next((plan for plan in plans if not code or plan.code == code), None), plans


@require_safe
def indicator_list(request: HttpRequest) -> HttpResponse:
    """The target sheet of one area: value, target, share, gap, pace."""
    areas = queries.areas_of(request.user)
    area, (plan, plans) = _area(request, areas), _plan(request)
    found = queries.in_full(plan.indicators.all()) if plan else []
    lines = queries.lines_of(found, [area], queries.today())[area.pk]
    rows = [(line, [shown(line.indicator, part) for part in line.parts]) for line in lines]
    user: Any = request.user
    context = {
        "rows": rows,
        "area": area,
        "areas": areas,
        "plan": plan,
        "plans": plans,
        "day": queries.today(),
        "may_load": policies.may_load_plan(None, user),
        "met": sum(line.together.met for line in lines),
        "wrong": [line.indicator for line in _exceeding(lines)],
    }
    return render(request, "studios/indicator_list.html", context)


def _exceeding(lines: list[queries.Line]) -> Iterator[queries.Line]:
    """Subsets that are larger than their whole: the data is wrong somewhere."""
    values = {line.indicator.pk: line.parts[0].value for line in lines}
    for line in lines:
        whole_, own = values.get(line.indicator.subset_of_id or 0), values[line.indicator.pk]
        if whole_ is not None and own is not None and own > whole_:
            yield line


@require_safe
def indicator_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One indicator: where it stands here, in each area below, and the units that fail."""
    indicator = get_object_or_404(queries.indicators_visible_to(request.user), pk=pk)
    areas = queries.areas_of(request.user)
    area = _area(request, areas)
    below = queries.children_of(area, areas)
    here = queries.lines_of([indicator], [area], queries.today())[area.pk][0]
    down = queries.lines_of([indicator], below, queries.today()) if below else {}
    rows = [(org, [shown(indicator, part) for part in down[org.pk][0].parts]) for org in below]
    context = {
        "indicator": indicator,
        "area": area,
        "above": next((org for org in areas if org.pk == area.parent_id), None),
        "parts": [(part.part, shown(indicator, part)) for part in here.parts],
        "rows": rows,
        "failing": [_failing(part.part, request.user, area) for part in here.parts if part.part.places],
        "day": queries.today(),
    }
    return render(request, "studios/indicator_detail.html", context)


def _failing(part: Any, user: Any, area: Organisation) -> dict[str, Any]:
    rows = queries.failing(part, user, area)
    return {"part": part, "count": rows.count(), "rows": rows[:LISTED], "more": _query_of(part, area)}


def _query_of(part: Any, area: Organisation) -> str:
    kind = {"city": "city", "county": "county"}.get(area.kind)
    return f"failing={part.pk}" + (f"&{kind}={area.pk}" if kind else "")


@require_safe
def indicator_export(request: HttpRequest) -> FileResponse:
    """The sheet of an area and of those below it."""
    areas = queries.areas_of(request.user)
    area, (plan, _plans) = _area(request, areas), _plan(request)
    head = [_("地区"), _("代码"), _("指标"), _("分项"), _("单位"), _("目标年份"), _("数值"), _("目标"), _("完成比例"),
            _("差额"), _("应达进度"), _("进度偏差"), _("是否达标")]  # fmt: skip
    content = io.BytesIO()
    groups = [[area], queries.children_of(area, areas)]
    write_xlsx(
        content, head, (row for group in groups if group and plan for row in _export_rows(plan, group))
    )
    content.seek(0)
    name = _("指标完成情况_%(day)s.xlsx") % {"day": clock.today().strftime("%Y%m%d")}
    return FileResponse(content, as_attachment=True, filename=name, content_type=XLSX)


def _export_rows(plan: Any, areas: list[Organisation]) -> Iterator[list[Any]]:
    found = queries.lines_of(queries.in_full(plan.indicators.all()), areas, queries.today())
    for area in areas:
        for line in found[area.pk]:
            for part in line.parts:
                one = shown(line.indicator, part)
                met = {True: _("达标"), False: _("未达标"), None: "—"}[one.met]
                yield [area.area or area.name, line.indicator.code, line.indicator.name, one.name, line.indicator.unit,
                       one.year or "", one.value, one.target, one.share, one.gap, one.pace, one.ahead, met]  # fmt: skip


# Observations --------------------------------------------------------------------------------------------------------


@require_safe
def observation_list(request: HttpRequest) -> HttpResponse:
    """What was reported: unverified first."""
    user: Any = request.user
    page = Paginator(queries.unverified_first(queries.observations_visible_to(user)), PAGE).get_page(
        request.GET.get("page")
    )
    waiting = set(
        queries.to_verify_by(user).filter(pk__in=[row.pk for row in page]).values_list("pk", flat=True)
    )
    context = {"page": page, "waiting": waiting, "may_enter": bool(_units(user)), "reject": RejectForm()}
    return render(request, "studios/observation_list.html", context)


def _units(user: Any) -> list[Organisation]:
    return [area for area in queries.areas_of(user) if policies.may_observe(area, user)]


@WRITES
def observation_new(request: HttpRequest) -> HttpResponse:
    """Report a value."""
    user: Any = request.user
    units = Organisation.objects.filter(pk__in=[unit.pk for unit in _units(user)]).order_by("code")
    form = ObserveForm(
        request.POST if request.method == "POST" else None, units=units, initial={"on": clock.today()}
    )
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            actions.observe(given.pop("unit"), by=user, **given)
            return redirect("observation_list")
        except Refused as refusal:
            form.add_error(None, str(refusal))
    return render(
        request, "studios/observation_form.html", {"form": form}, status=422 if form.is_bound else 200
    )


@require_POST
def observation_verify(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm what was reported."""
    user: Any = request.user
    actions.verify(get_object_or_404(queries.observations_visible_to(user), pk=pk), by=user)
    return redirect("observation_list")


@require_POST
def observation_reject(request: HttpRequest, pk: int) -> HttpResponse:
    """Send back what cannot be confirmed."""
    user: Any = request.user
    row = get_object_or_404(queries.observations_visible_to(user), pk=pk)
    actions.reject(row, by=user, reason=request.POST.get("reason", ""))
    return redirect("observation_list")


@WRITES
def plan_import(request: HttpRequest) -> HttpResponse:
    """Load a plan from its file."""
    user: Any = request.user
    form = PlanForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if form.is_bound and form.is_valid():
        try:
            actions.load_plan(form.cleaned_data["file"], by=user)
            return redirect("indicator_list")
        except Refused as refusal:
            form.add_error(None, str(refusal))
    return render(request, "studios/plan_import.html", {"form": form}, status=422 if form.is_bound else 200)

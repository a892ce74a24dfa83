"""The working-day calendar: a loaded year, and the loading of another after a look at it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts import actions
from accounts.forms.calendar import CalendarForm, ConfirmForm
from accounts.queries import record
from accounts.queries.months import changes_between, months_of
from accounts.roles import Role
from accounts.views.gate import for_roles, person
from workflow import calendar as calendars
from workflow import clock, deadlines
from workflow.errors import Refused
from workflow.models import CalendarYear
from workflow.rules.calendar import WorkCalendar
from workflow.wording import listed

WEEKDAYS = (
    pgettext_lazy("weekday", "一"),
    pgettext_lazy("weekday", "二"),
    pgettext_lazy("weekday", "三"),
    pgettext_lazy("weekday", "四"),
    pgettext_lazy("weekday", "五"),
    pgettext_lazy("weekday", "六"),
    pgettext_lazy("weekday", "日"),
)


@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """One version of a loaded year, month by month, and every version with the notice it comes from."""
    user = person(request)
    rows = list(record.calendars_visible_to(user))
    newest = {row.year: row for row in reversed(rows)}
    year = _number(request, "year")
    shown = newest.get(year if year in newest else _default_year(newest))
    if shown is not None:
        version = _number(request, "version")
        shown = next((r for r in rows if (r.year, r.version) == (shown.year, version)), shown)
    context = {
        "rows": rows,
        "years": sorted(newest),
        "wanted": year if year and year not in newest else None,
        "shown": shown,
        "superseded": shown is not None and shown != newest[shown.year],
        "months": months_of(shown.year, calendars.of_version(shown)) if shown else [],
        "may_load": user.holds(Role.SYSTEM_ADMIN),
        "today": clock.today(),
        "weekdays": WEEKDAYS,
    }
    return render(request, "accounts/calendar.html", context)


def _number(request: HttpRequest, name: str) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 4 else 0


def _default_year(newest: dict[int, CalendarYear]) -> int:
    present = clock.today().year
    return present if present in newest else max(newest, default=present)


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.SYSTEM_ADMIN)
def calendar_load(request: HttpRequest) -> HttpResponse:
    """Give a year in; look at it; load it."""
    if request.method == "POST" and "content" in request.POST:
        return _load(request)
    initial = {"year": _number(request, "year") or None}
    form = CalendarForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        answer = _preview(request, form.content, ConfirmForm(initial={"content": form.content}))
        if isinstance(answer, HttpResponse):
            return answer
        form.add_error(None, str(answer))
    status = 422 if form.errors else 200
    return render(request, "accounts/calendar_load.html", {"form": form}, status=status)


def _preview(
    request: HttpRequest, content: dict[str, Any], form: ConfirmForm, status: int = 200
) -> HttpResponse | Refused:
    """The years as they would stand, against what is loaded; or why they are none."""
    try:
        after = calendars.with_years(content)
    except Refused as refusal:
        return refusal
    before = calendars.current()
    context = {
        "form": form,
        "content": content,
        "years": [_year(int(year), before, after) for year in content["years"]],
        "moves": deadlines.moves(before, after),
        "today": clock.today(),
        "weekdays": WEEKDAYS,
    }
    return render(request, "accounts/calendar_preview.html", context, status=status)


def _year(year: int, before: WorkCalendar, after: WorkCalendar) -> dict[str, Any]:
    known = year in before.years
    months = months_of(year, after, before if known else None)
    return {
        "year": year,
        "known": known,
        "months": months,
        "workdays": sum(month.workdays for month in months),
        "changes": changes_between(year, before, after) if known else [],
    }


def _load(request: HttpRequest) -> HttpResponse:
    form = ConfirmForm(request.POST, request.FILES)
    if form.is_valid():
        given = form.cleaned_data
        try:
            rows = actions.calendar.load(
                given["content"], by=person(request), scan=given["scan"], move=given["move"]
            )
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("calendar_load")
        years = listed(str(row.year) for row in rows)
        messages.success(request, _("已导入%(years)s年工作日历") % {"years": years})
        return redirect(f"{reverse('calendar')}?year={rows[0].year}")
    content = form.cleaned_data.get("content")
    answer = _preview(request, content, form, 422) if content else None
    return answer if isinstance(answer, HttpResponse) else redirect("calendar_load")


@require_safe
def calendar_scan(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The notice as it was scanned: everybody counts by it."""
    row = get_object_or_404(record.calendars_visible_to(person(request)), pk=pk)
    path = str(row.scan.name)
    if not row.scan or not default_storage.exists(path):
        raise Http404
    suffix = path.rpartition(".")[2]
    name = f"{row.year}-v{row.version}.{suffix}"
    return FileResponse(default_storage.open(path), as_attachment=True, filename=name)

"""The office's pages: a quarter's sample, calls, what looks odd; the studio's volunteers and their certificates."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.roles import Role
from selection.documents import table
from studios import policies
from studios.actions import activity_check as actions
from studios.forms.activity import CallForm, SampleForm
from studios.models import Studio
from studios.queries import activity as activities
from studios.queries import activity_check as queries
from studios.queries.studio import studios_visible_to
from studios.rules import activity as rules
from studios.views.activity_words import ODD
from workflow import clock
from workflow.errors import NotPermitted, Refused

READERS = (Role.MANAGER, Role.LEADER, Role.SUPERVISOR, Role.AUDIT_ADMIN, Role.BUREAU_OFFICER)


def _require_office(request: HttpRequest) -> None:
    if not any(request.user.holds(role) for role in READERS):  # type: ignore[union-attr]
        raise NotPermitted(_("活动抽查由省、市民政部门办理。"))


def _last_quarter() -> str:
    """The quarter that ended last."""
    first, _last = rules.days_of(rules.quarter_of(clock.today()))
    return rules.quarter_of(first - timedelta(days=1))


@require_http_methods(["GET", "HEAD", "POST"])
def sample_list(request: HttpRequest) -> HttpResponse:
    """The quarters drawn, and the draw of the next."""
    _require_office(request)
    draws = request.user.holds(Role.MANAGER)  # type: ignore[union-attr]
    form = SampleForm(
        request.POST if request.method == "POST" else None, initial={"quarter": _last_quarter()}
    )
    if request.method == "POST" and form.is_valid():
        try:
            sample = actions.draw_sample(by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        except NotPermitted:
            raise
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("activity_sample", sample.pk)
    context = {"samples": queries.samples(), "form": form, "draws": draws, "quarter": _last_quarter()}
    return render(request, "studios/activity_samples.html", context, status=422 if form.errors else 200)


@require_safe
def sample_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One quarter's sample in the order drawn, as far as this office is concerned."""
    _require_office(request)
    sample = get_object_or_404(queries.samples(), pk=pk)
    items = queries.sampled_visible_to(request.user).filter(sample=sample)
    context = {"sample": sample, "items": items, "total": len(sample.population)}
    return render(request, "studios/activity_sample.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def call(request: HttpRequest, pk: int) -> HttpResponse:
    """One call to a station: whom, about what, what was said."""
    item = get_object_or_404(queries.sampled_visible_to(request.user), pk=pk)
    if not policies.may_verify_activity(item.activity, request.user):  # type: ignore[arg-type]
        raise NotPermitted(_("您的身份不能记录这次回访。"))
    form = CallForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.record_call(item.activity, item=item, by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("回访结果已记录。"))
            return redirect("activity_sample", item.sample_id)
    context = {"item": item, "activity": item.activity, "form": form}
    return render(request, "studios/activity_call.html", context, status=422 if form.errors else 200)


@require_safe
def odd_list(request: HttpRequest) -> HttpResponse:
    """What looks odd in a quarter; it proves nothing by itself."""
    _require_office(request)
    quarter = request.GET.get("quarter") or rules.quarter_of(clock.today())
    if not re.fullmatch(r"20[0-9]{2}Q[1-4]", quarter):
        raise Http404
    rows = [(ODD[row.kind], row) for row in queries.odd(request.user, quarter)]
    before = rules.quarter_of(rules.days_of(quarter)[0] - timedelta(days=1))
    context = {"rows": rows, "quarter": quarter, "before": before}
    return render(request, "studios/activity_odd.html", context)


# Volunteers ----------------------------------------------------------------------------------------------------------


def _own_studio(request: HttpRequest, pk: int) -> Studio:
    """The studio, for those who keep its records: volunteers' names are nobody else's."""
    studio = get_object_or_404(studios_visible_to(request.user), pk=pk)
    if not policies.may_record_activity(studio, request.user):  # type: ignore[arg-type]
        raise NotPermitted(_("志愿者姓名只供本工作室登记和出具证明。"))
    return studio


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def volunteer_list(request: HttpRequest, studio_pk: int) -> HttpResponse:
    """Who gave hours, and the certificates of it."""
    studio = _own_studio(request, studio_pk)
    if request.method == "POST":
        made = actions.certify_hours(studio, by=request.user, name=request.POST.get("name", ""))  # type: ignore[arg-type]
        return redirect("hours_certificate", made.number)
    context = {
        "studio": studio,
        "volunteers": activities.volunteers_of(studio),
        "certificates": studio.hour_certificates.all()[:50],
    }
    return render(request, "studios/volunteer_list.html", context)


@never_cache
@require_safe
def volunteer_file(request: HttpRequest, studio_pk: int, form: str) -> HttpResponse:
    """Every confirmed shift, for a time bank."""
    studio = _own_studio(request, studio_pk)
    if form not in table.MEDIA:
        raise Http404
    head = [_("姓名"), _("日期"), _("活动"), _("合作站点"), _("小时"), _("状态")]
    rows = [
        [
            s.name,
            s.activity.held_on,
            s.activity.title,
            s.activity.station_name,
            float(s.hours),
            s.activity.get_state_display(),
        ]
        for s in activities.shifts_of(studio)
    ]
    content = BytesIO()
    (table.write_xlsx if form == "xlsx" else table.write_csv)(content, head, rows)
    response = HttpResponse(content.getvalue(), content_type=table.MEDIA[form])
    response.headers["Content-Disposition"] = f'attachment; filename="volunteer-hours-{studio.pk}.{form}"'
    return response

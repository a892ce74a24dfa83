"""What studios contribute to the indicators: all of them in a year, and one studio's own rows."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from studios import policies
from studios.actions import indicator as actions
from studios.forms.indicator import CertifyForm, MentorForm, StationForm
from studios.queries import indicator as queries
from studios.queries.studio import studios_visible_to
from workflow.errors import Refused, StepRefused

PAGE = 25
WRITES = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def contribution_list(request: HttpRequest) -> HttpResponse:
    """Each studio this reader may see, in one year; nobody counts twice."""
    today = queries.today()
    given = request.GET.get("year", "")
    year = int(given) if given.isdigit() and 2000 <= int(given) <= 2100 else today.year
    rows = queries.contributions(studios_visible_to(request.user), year)
    indicators = queries.counted_indicators()
    total = {
        name: sum(getattr(row, name) for row in rows)
        for name in ("mentees", "certified", "stations", "points")
    }
    sums = [sum(row.towards[n] for row in rows) for n in range(len(indicators))]
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "total": total,
        "sums": sums,
        "indicators": indicators,
        "year": year,
        "years": range(today.year, today.year - 5, -1),
    }
    return render(request, "studios/contribution_list.html", context)


@WRITES
def studio_contributions(request: HttpRequest, pk: int) -> HttpResponse:
    """A studio's mentees and the stations it helped to open; its lead adds to them here."""
    user: Any = request.user
    studio = get_object_or_404(studios_visible_to(user), pk=pk)
    sent = request.POST if request.method == "POST" else None
    kind = request.POST.get("kind", "")
    mentor = MentorForm(sent if kind == "mentor" else None, prefix="mentor")
    station = StationForm(sent if kind == "station" else None, prefix="station")
    if sent is not None and _add(studio, user, mentor, station):
        return redirect("studio_contributions", studio.pk)
    context = {
        "studio": studio,
        "mentor": mentor,
        "station": station,
        "certify": CertifyForm(),
        "mentorships": studio.mentorships.all(),
        "stations": studio.stations_opened.select_related("point"),
        "may_record": policies.may_record_contribution(studio, user),
    }
    return render(
        request, "studios/studio_contributions.html", context, status=422 if sent is not None else 200
    )


def _add(studio: Any, user: Any, mentor: MentorForm, station: StationForm) -> bool:
    form: Any = mentor if mentor.is_bound else station
    if not form.is_valid():
        return False
    try:
        if form is mentor:
            actions.mentor(studio, by=user, **form.cleaned_data)
        else:
            given = form.cleaned_data
            actions.open_station(studio, by=user, point=given["code"], opened_on=given["opened_on"])
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


@require_POST
def mentorship_certify(request: HttpRequest, pk: int, mentorship: int) -> HttpResponse:
    """A mentee has obtained a certificate."""
    user: Any = request.user
    studio = get_object_or_404(studios_visible_to(user), pk=pk)
    row = get_object_or_404(studio.mentorships.select_related("studio"), pk=mentorship)
    form = CertifyForm(request.POST)
    if not form.is_valid():
        raise StepRefused(
            "；".join(str(e) for errors in form.errors.values() for e in errors), code="bad_days"
        )
    actions.certify(row, by=user, on=form.cleaned_data["on"])
    return redirect("studio_contributions", studio.pk)

"""The station's page and the check of a certificate: no account is asked for."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from studios import policies
from studios.actions import activity as actions
from studios.forms.activity import DisputeForm
from studios.models import Activity
from studios.queries import activity as queries
from workflow.errors import Refused


# The link in the address is the only authority here: no other site could borrow it, and no cookie is needed.
@csrf_exempt
@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def cosign(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm that an activity happened. A look changes nothing: link previews look too."""
    link = queries.link_of(token)
    if link is None:
        return _answer(request, "activity_cosign_ended.html", {}, 404)
    activity: Activity = link.activity
    if not queries.holds(link):
        return _answer(
            request, "activity_cosign_ended.html", {"link": link}, 410 if request.method == "POST" else 200
        )
    form = DisputeForm(request.POST if "dispute" in request.POST else None)
    context = {"activity": activity, "link": link, "form": form}
    if request.method != "POST":
        return _answer(request, "activity_cosign.html", context)
    return _taken(request, activity, token, form, context)


def _taken(
    request: HttpRequest, activity: Activity, token: str, form: DisputeForm, context: dict[str, object]
) -> HttpResponse:
    if request.user.is_authenticated and policies.may_record_activity(activity, request.user):
        context["refusal"] = _("工作室不能确认自己的活动。")
        return _answer(request, "activity_cosign.html", context, 403)
    if form.is_bound and not form.is_valid():
        return _answer(request, "activity_cosign.html", context, 422)
    station = actions.station_of(activity)
    try:
        if form.is_bound:
            moved = actions.dispute(activity, token=token, by=station, reason=form.cleaned_data["reason"])
        else:
            moved = actions.cosign(activity, token=token, by=station)
    except Refused as refusal:
        context["refusal"] = str(refusal)
        return _answer(request, "activity_cosign.html", context, 409)
    return _answer(request, "activity_cosign_done.html", {"activity": moved})


def _answer(
    request: HttpRequest, template: str, context: dict[str, object], status: int = 200
) -> HttpResponse:
    response = render(request, f"studios/{template}", context, status=status)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@login_not_required
@require_safe
def hours(request: HttpRequest, number: str) -> HttpResponse:
    """Whether a certificate of hours is ours: name, hours, studio, days; nothing else."""
    found = queries.certificate_of(number.strip().upper().replace("\0", ""))
    if found is None:
        raise Http404
    response = render(request, "studios/hours_certificate.html", {"certificate": found})
    response.headers["X-Robots-Tag"] = "noindex"
    return response

"""The studio's pages of its activities: the list with the year's tasks, the record, the link for the station, groups."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from studios import policies
from studios.actions import activity as actions
from studios.forms.activity import ActivityFilter, ActivityForm, CloseGroupForm, GroupForm
from studios.models import Activity, Studio
from studios.queries import activity as queries
from studios.queries.studio import studios_visible_to
from studios.rules import activity as rules
from studios.views.activity_words import TASKS
from studios.views.studio import acts
from workflow import clock
from workflow.documents.qr import svg
from workflow.errors import NotPermitted, Refused

PAGE = 25
CLOSED = "default-src 'none'; sandbox; frame-ancestors 'none'"


def _studio(request: HttpRequest, pk: int) -> Studio:
    return get_object_or_404(studios_visible_to(request.user), pk=pk)


def _activity(request: HttpRequest, studio_pk: int, pk: int) -> Activity:
    found = queries.activities_visible_to(request.user).filter(studio_id=studio_pk)
    return get_object_or_404(found, pk=pk)


def _writes(request: HttpRequest, obj: Any) -> bool:
    return policies.may_record_activity(obj, request.user)  # type: ignore[arg-type]


def _year(request: HttpRequest) -> int:
    given = request.GET.get("year", "")
    return int(given) if re.fullmatch(r"20[0-9]{2}", given) else clock.today().year


@require_safe
def activity_list(request: HttpRequest, studio_pk: int) -> HttpResponse:
    """What a studio did, its numbers of a year, and how far its tasks are."""
    studio, year = _studio(request, studio_pk), _year(request)
    form = ActivityFilter(request.GET)
    rows = queries.activities_visible_to(request.user).filter(studio=studio, held_on__year=year)
    if form.is_valid():
        rows = rows.filter(**{name: value for name, value in form.cleaned_data.items() if value})
    tasks = queries.tasks_of([studio.pk], year)[studio.pk]
    context = {
        "studio": studio,
        "year": year,
        "years": [year - 1, year, year + 1] if year < clock.today().year else [year - 1, year],
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "form": form,
        "narrowed": any(request.GET.get(name) for name in form.fields),
        "sums": queries.year_of(studio, year),
        "tasks": [(TASKS.get(task.code, task.name), task) for task in tasks],
        "track": rules.track_rate(tasks),
        "days": studio.programme.record_days,
        "writes": _writes(request, studio) and studio.state in Studio.RUNNING,
        "own": _writes(request, studio),
    }
    return render(request, "studios/activity_list.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def activity_new(request: HttpRequest, studio_pk: int) -> HttpResponse:
    """Record an activity: nine fields, a tick, one button."""
    studio = _studio(request, studio_pk)
    if not _writes(request, studio):
        raise NotPermitted(_("您的身份不能登记本工作室的活动。"))
    if request.method != "POST":
        return _form(request, studio, ActivityForm(studio=studio, initial=_usual(request, studio)))
    form = ActivityForm(request.POST, request.FILES, studio=studio)
    return _taken(request, studio, form, lambda given: actions.record(studio, **given))


def _usual(request: HttpRequest, studio: Studio) -> dict[str, Any]:
    """What is mostly the same as the last time."""
    last = queries.activities_visible_to(request.user).filter(studio=studio).order_by("-pk").first()
    initial: dict[str, Any] = {"held_on": clock.today()}
    if last is not None:
        names = (
            "kind",
            "place",
            "station_name",
            "station",
            "field",
            "station_contact",
            "station_phone",
            "agency",
            "venue_capacity",
        )
        initial |= {name: getattr(last, name) for name in names}
        if last.station_id and last.station and last.station.until:
            initial["station"] = None  # it works with the studio no longer
    return initial


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def activity_edit(request: HttpRequest, studio_pk: int, pk: int) -> HttpResponse:
    """Go on with a draft."""
    activity = _activity(request, studio_pk, pk)
    if not _writes(request, activity):
        raise NotPermitted(_("您的身份不能登记本工作室的活动。"))
    if activity.state != Activity.State.DRAFTED:
        messages.error(request, _("活动记录已提交，撤回后方可修改。"))
        return redirect("activity_detail", studio_pk, pk)
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ActivityForm(*given, studio=activity.studio, instance=activity)
    if not given:
        return _form(request, activity.studio, form, activity)
    return _taken(request, activity.studio, form, lambda kept: actions.change(activity, **kept), activity)


def _taken(
    request: HttpRequest, studio: Studio, form: ActivityForm, write: Any, activity: Activity | None = None
) -> HttpResponse:
    if not form.is_valid():
        return _form(request, studio, form, activity, status=422)
    given = {"by": request.user, "values": form.values, "people": form.people, "photos": form.pictures}
    try:
        kept: Activity = write({**given, "submit": "send" in request.POST})
    except NotPermitted:
        raise
    except Refused as refusal:
        form.add_error("photos" if refusal.code in ("no_evidence", "double") else None, str(refusal))
        return _form(request, studio, form, activity, status=409)
    done = _("记录已提交，请把确认链接发给站点。") if kept.state == "submitted" else _("草稿已保存。")
    messages.success(request, done)
    page = reverse("activity_detail", args=[studio.pk, kept.pk])
    if request.headers.get("X-Requested-With") == "XMLHttpRequest":
        return JsonResponse({"next": page})
    return redirect(page)


def _form(
    request: HttpRequest,
    studio: Studio,
    form: ActivityForm,
    activity: Activity | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "studio": studio,
        "form": form,
        "activity": activity,
        "photos": activity.photos.all() if activity else [],
        "draft_key": f"activity-{studio.pk}-{activity.pk if activity else 'new'}-{request.user.pk}",
        "days": studio.programme.record_days,
    }
    return render(request, "studios/activity_form.html", context, status=status)


@require_safe
def activity_detail(request: HttpRequest, studio_pk: int, pk: int) -> HttpResponse:
    """One activity: what happened, who confirmed it, its photos."""
    return _shown(request, _activity(request, studio_pk, pk))


def _shown(request: HttpRequest, activity: Activity, link: str = "") -> HttpResponse:
    writes = _writes(request, activity)
    workers = list(activity.workers.all())
    context = {
        "activity": activity,
        "studio": activity.studio,
        "photos": activity.photos.all(),
        "leads": [row for row in workers if row.part == "lead"],
        "mentees": [row for row in workers if row.part == "mentee"],
        "volunteers": [row for row in workers if row.part == "volunteer"] if writes else [],
        "writes": writes,
        "acts": acts(activity, request.user),
        "link": link,
        "link_days": activity.studio.programme.link_days,
        "code": svg(link) if link else "",
        "open_link": queries.open_links(activity).first() if activity.state == "submitted" else None,
        "phone_shown": writes or policies.may_verify_activity(activity, request.user),  # type: ignore[arg-type]
    }
    return render(request, "studios/activity_detail.html", context)


@never_cache
@require_POST
def activity_link(request: HttpRequest, studio_pk: int, pk: int) -> HttpResponse:
    """A new link for the station, shown this once."""
    activity = _activity(request, studio_pk, pk)
    token = actions.issue_link(activity, by=request.user)  # type: ignore[arg-type]
    return _shown(request, activity, settings.SITE_URL + reverse("cosign", args=[token]))


@require_POST
def activity_unlink(request: HttpRequest, studio_pk: int, pk: int) -> HttpResponse:
    """No link holds any more."""
    activity = _activity(request, studio_pk, pk)
    actions.revoke_links(activity, by=request.user)  # type: ignore[arg-type]
    messages.success(request, _("确认链接已撤销。"))
    return redirect("activity_detail", studio_pk, pk)


@require_safe
def activity_photo(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """One photo, to whoever sees the activity."""
    photo = get_object_or_404(queries.photos_visible_to(request.user), key=key)
    try:
        file = photo.file.open("rb")
    except FileNotFoundError as missing:
        raise Http404 from missing
    response = FileResponse(file, content_type=photo.mime)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = CLOSED
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


@require_POST
def photo_remove(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take a photo out of a draft."""
    photo = get_object_or_404(queries.photos_visible_to(request.user).select_related("activity"), key=key)
    actions.remove_photo(photo, by=request.user)  # type: ignore[arg-type]
    return redirect("activity_edit", photo.activity.studio_id, photo.activity_id)


@require_http_methods(["GET", "HEAD", "POST"])
def group_list(request: HttpRequest, studio_pk: int) -> HttpResponse:
    """A studio's groups, planned against held; a new plan."""
    studio = _studio(request, studio_pk)
    writes = _writes(request, studio)
    form = GroupForm(request.POST if request.method == "POST" else None, studio=studio)
    if request.method == "POST" and form.is_valid():
        actions.plan_group(studio, by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        messages.success(request, _("小组计划已登记。"))
        return redirect("group_list", studio_pk)
    rows = [(group, *_rates(group)) for group in queries.groups_of(studio)]
    context = {"studio": studio, "rows": rows, "form": form, "writes": writes}
    return render(request, "studios/group_list.html", context, status=422 if form.errors else 200)


def _rates(group: Any) -> tuple[Any, Any]:
    members = group.members_planned * group.held
    return rules.completion_rate(group.held, group.sessions_planned), rules.percent(group.present, members)


@require_http_methods(["GET", "HEAD", "POST"])
def group_detail(request: HttpRequest, studio_pk: int, pk: int) -> HttpResponse:
    """One group: its plan, its sessions, its rates, and how it ended."""
    studio = _studio(request, studio_pk)
    group: Any = get_object_or_404(queries.groups_of(studio), pk=pk)
    writes = _writes(request, studio) and group.closed_on is None and group.held > 0
    form = CloseGroupForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.close_group(group, by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        except NotPermitted:
            raise
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("小组已结案。"))
            return redirect("group_detail", studio_pk, pk)
    done, present = _rates(group)
    sessions = (
        queries.activities_visible_to(request.user).filter(group=group).order_by("session_number", "held_on")
    )
    context = {
        "studio": studio, "group": group, "sessions": sessions, "done": done, "present": present, "form": form,
        "writes": writes,
    }  # fmt: skip
    return render(request, "studios/group_detail.html", context, status=422 if form.errors else 200)

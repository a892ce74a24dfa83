"""The pages of exits."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.roles import Role
from studios import policies
from studios.actions.exit import to_recover
from studios.forms.exit import ReappointForm, StartForm
from studios.models import Exit, Studio
from studios.queries import exit as queries
from studios.queries import studio as studios
from studios.rules.exit import may_be_reappointed
from workflow import clock
from workflow.errors import Refused

PAGE = 25
WRITES = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def exit_list(request: HttpRequest) -> HttpResponse:
    """Every exit that this reader sees, the newest first; for the office, what a revocation will bring."""
    user: Any = request.user
    page = Paginator(queries.exits_visible_to(user), PAGE).get_page(request.GET.get("page"))
    following = queries.following() if user.holds(Role.MANAGER) or user.holds(Role.LEADER) else []
    return render(request, "studios/exit_list.html", {"page": page, "following": following})


@require_safe
def exit_detail(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """What was told, answered and decided, and what a decision would bring."""
    found = get_object_or_404(queries.exits_visible_to(request.user), pk=number, studio=pk)
    open_ = found.state in Exit.OPEN and found.studio.state in Studio.LIVING
    context = {
        "exit": found,
        "studio": found.studio,
        "outlook": queries.outlook(found, to_recover(found.studio, found.ground)) if open_ else None,
        "orders": found.studio.recovery_orders.all() if found.state == Exit.State.DECIDED else [],
        "today": clock.today(),
    }
    return render(request, "studios/exit_detail.html", context)


@WRITES
def exit_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Tell the studio the facts."""
    user: Any = request.user
    studio = get_object_or_404(studios.studios_visible_to(user), pk=pk)
    if not policies.may_begin_exit(studio, user):
        raise Http404
    form = StartForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            made = form.take(studio, by=user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("已告知工作室、依托单位和所在地民政局"))
            return redirect("exit_detail", studio.pk, made.pk)
    context = {"form": form, "studio": studio, "rules": studio.programme}
    return render(request, "studios/exit_new.html", context, status=422 if form.is_bound else 200)


@WRITES
def reappoint(request: HttpRequest, pk: int) -> HttpResponse:
    """Another term or not, as far as the final grade allows."""
    user: Any = request.user
    studio = get_object_or_404(studios.studios_visible_to(user), pk=pk)
    if not policies.may_reappoint(studio, user):
        raise Http404
    form = ReappointForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            form.take(studio, by=user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("续聘意见已记录"))
            return redirect("studio_changes", studio.pk)
    grade = queries.final_grade(studio)
    context = {"form": form, "studio": studio, "grade": grade, "allowed": may_be_reappointed(grade)}
    return render(request, "studios/reappoint.html", context, status=422 if form.is_bound else 200)

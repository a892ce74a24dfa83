"""The pages of reported changes, and the page of one studio's changes and exit."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from studios import policies
from studios.forms.change import ChangeFilter, ChangeForm
from studios.models import Studio
from studios.queries import change as queries
from studios.queries import exit as exits
from studios.queries import studio as studios
from studios.rules.exit import may_be_reappointed
from workflow.errors import Refused

PAGE = 25
WRITES = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def change_list(request: HttpRequest) -> HttpResponse:
    """The changes of every studio that this reader sees."""
    form = ChangeFilter(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    rows = queries.with_day(queries.changes_visible_to(request.user))
    for name in ("kind", "state"):
        if value := wanted.get(name):
            rows = rows.filter(**{name: value})
    if wanted.get("late"):
        rows = rows.filter(queries.late())
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "form": form,
        "narrowed": any(request.GET.get(name) for name in form.fields),
    }
    return render(request, "studios/change_list.html", context)


@require_safe
def studio_changes(request: HttpRequest, pk: int) -> HttpResponse:
    """One studio's reported changes, its exits, and the note on another appointment."""
    user: Any = request.user
    studio = get_object_or_404(studios.studios_visible_to(user), pk=pk)
    concluded = studio.state == Studio.State.CONCLUDED
    grade = exits.final_grade(studio) if concluded else ""
    context = {
        "studio": studio,
        "changes": queries.changes_visible_to(user).filter(studio=studio),
        "exits": exits.exits_visible_to(user).filter(studio=studio),
        "may_file": queries.may_file(studio, user),
        "may_begin": studio.state in Studio.LIVING and policies.may_begin_exit(studio, user),
        "concluded": concluded,
        "grade": grade,
        "allowed": may_be_reappointed(grade),
        "note": getattr(studio, "reappointment", None),
        "may_reappoint": concluded and policies.may_reappoint(studio, user),
        "rules": studio.programme,
    }
    return render(request, "studios/studio_changes.html", context)


@require_safe
def change_detail(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One change and what followed from it."""
    found = get_object_or_404(queries.changes_visible_to(request.user), pk=number, studio=pk)
    return render(request, "studios/change_detail.html", {"change": found, "studio": found.studio})


@WRITES
def change_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Report a change."""
    user: Any = request.user
    studio = get_object_or_404(studios.studios_visible_to(user), pk=pk)
    if not queries.may_file(studio, user):
        raise Http404
    form = ChangeForm(request.POST if request.method == "POST" else None, studio=studio)
    if form.is_bound and form.is_valid():
        try:
            made = form.take(studio, by=user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("变更已报告"))
            return redirect("change_detail", studio.pk, made.pk)
    context = {"form": form, "studio": studio}
    return render(request, "studios/change_new.html", context, status=422 if form.is_bound else 200)

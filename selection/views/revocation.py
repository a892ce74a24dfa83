"""The office's pages of revocations and of corrections of a published list."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.roles import Role
from selection.forms.revocation import CorrectionForm, StartForm
from selection.models import Revocation
from selection.queries import revocation as queries
from selection.queries.integrity import bar_years, bars_visible_to
from selection.queries.notice import OFFICE
from selection.views.public import PAGE
from workflow import clock
from workflow.errors import Refused


def _office(request: HttpRequest) -> Any:
    actor: Any = request.user
    if not any(actor.holds(role) for role in OFFICE):
        raise Http404
    return actor


def _page(request: HttpRequest, name: str, rows: QuerySet[Any]) -> Any:
    return Paginator(rows, PAGE).get_page(request.GET.get(name))


@require_safe
def revocation_list(request: HttpRequest) -> HttpResponse:
    """Titles under question, and corrections of printed lines; a manager finds here whom either is about."""
    actor, q = _office(request), request.GET.get("q", "").replace("\0", "").strip()
    context = {
        "begins": actor.holds(Role.MANAGER),
        "q": q,
        "found": _page(request, "f", queries.lines_named(actor, q))
        if actor.holds(Role.MANAGER) and q
        else None,
        "page": _page(request, "page", queries.revocations_visible_to(actor)),
        "corrections": _page(request, "c", queries.corrections_visible_to(actor)),
        "today": clock.today(),
    }
    return render(request, "selection/revocation_list.html", context)


@require_safe
def revocation_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What was told, what was answered, what was decided."""
    found = get_object_or_404(queries.revocations_visible_to(_office(request)), pk=pk)
    actor: Any = request.user
    context = {
        "revocation": found,
        "today": clock.today(),
        "bar_years": bar_years(found) if found.state in Revocation.OPEN else 0,
        "bars": bars_visible_to(actor).filter(dossier=found.nomination_id),
        "after_url": reverse("exit_list") if actor.holds(Role.MANAGER) or actor.holds(Role.LEADER) else "",
    }
    return render(request, "selection/revocation_detail.html", context)


@require_safe
def correction_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Both texts of a line."""
    found = get_object_or_404(queries.corrections_visible_to(_office(request)), pk=pk)
    return render(request, "selection/correction_detail.html", {"correction": found})


def _manager(request: HttpRequest) -> Any:
    actor = _office(request)
    if not actor.holds(Role.MANAGER):
        raise Http404
    return actor


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """Question a title."""
    actor = _manager(request)
    nomination = get_object_or_404(queries.recognised_visible_to(actor), pk=pk)
    form = StartForm(request.POST or None)
    made = _taken(form, nomination, actor)
    if made is not None:
        messages.success(request, _("已告知申报单位，陈述申辩期限至%(day)s") % {"day": made.statement_due})
        return redirect("revocation_detail", pk=made.pk)
    context = {"form": form, "nomination": nomination}
    return render(request, "selection/revocation_start.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what a printed line should read."""
    actor = _manager(request)
    line = get_object_or_404(queries.lines_visible_to(actor), pk=pk)
    form = CorrectionForm(request.POST or None, initial={"after": line.name})
    made = _taken(form, line, actor)
    if made is not None:
        messages.success(request, _("更正已拟好，待信息公开审核员公布"))
        return redirect("correction_detail", pk=made.pk)
    context = {"form": form, "line": line}
    return render(request, "selection/correction_new.html", context, status=422 if form.is_bound else 200)


def _taken(form: Form, about: Any, actor: Any) -> Any:
    """What the form made; None where it was not sent, is not complete or was refused."""
    if not form.is_bound or not form.is_valid():
        return None
    try:
        return form.take(about, by=actor)  # type: ignore[attr-defined]
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return None

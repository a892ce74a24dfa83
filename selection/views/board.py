"""The boards of federations: which are in term, recorded and corrected by the office."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import BoardTerm, Organisation
from selection.actions import board as actions
from selection.forms.board import BoardForm
from selection.queries import board as queries
from workflow import clock
from workflow.errors import NotPermitted, Refused

PER_PAGE = 25


@require_safe
def board_list(request: HttpRequest) -> HttpResponse:
    """Every federation with its terms, the last first."""
    user: Any = request.user
    rows = queries.federations_visible_to(user)
    if not rows.exists() and not any(user.holds(role) for role in queries.READS):
        raise NotPermitted(_("您的角色不使用这个页面。"))
    page = Paginator(rows.order_by("code"), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(row, _standing(row), list(row.board_terms.all())) for row in page],
        "may_record": queries.may_record(user),
    }
    return render(request, "selection/board_list.html", context)


def _standing(federation: Organisation) -> dict[str, str]:
    """Whether the board is in term today: words, tone and icon."""
    today = clock.today()
    term = federation.board_on(today)
    if term is None:
        return {"label": _("不在任期，不能推荐"), "tone": "bad", "icon": "circle-x"}
    if term == federation.last_board and term.ends_soon(today):
        left = (term.until - today).days
        return {"label": _("%(n)s天后届满") % {"n": left}, "tone": "warn", "icon": "alert-triangle"}
    return {"label": _("在任期内"), "tone": "ok", "icon": "circle-check"}


@require_http_methods(["GET", "HEAD", "POST"])
def board_record(request: HttpRequest, pk: int) -> HttpResponse:
    """A new term."""
    federation = get_object_or_404(queries.federations_visible_to(request.user), pk=pk)
    return _form(request, federation, None)


@require_http_methods(["GET", "HEAD", "POST"])
def board_revise(request: HttpRequest, pk: int) -> HttpResponse:
    """A term corrected."""
    term = get_object_or_404(queries.terms_visible_to(request.user), pk=pk)
    return _form(request, term.organisation, term)


def _form(request: HttpRequest, federation: Organisation, term: BoardTerm | None) -> HttpResponse:
    if not queries.may_record(request.user):
        raise NotPermitted(_("只有处室负责人和系统管理员可以登记理事会任期。"))
    form = BoardForm(request.POST if request.method == "POST" else None, term=term)
    if form.is_bound and form.is_valid() and _saved(request, federation, term, form):
        return redirect("board_list")
    status = 422 if form.is_bound and form.errors else 200
    context = {"form": form, "federation": federation, "term": term}
    return render(request, "selection/board_form.html", context, status=status)


def _saved(request: HttpRequest, federation: Organisation, term: BoardTerm | None, form: BoardForm) -> bool:
    user: Any = request.user
    try:
        if term is None:
            actions.record(federation, by=user, **form.cleaned_data)
        else:
            actions.revise(term, by=user, **form.cleaned_data)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("已登记理事会任期。"))
    return True

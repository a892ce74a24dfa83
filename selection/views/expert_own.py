"""The expert's own page: units, links to persons, absences and phone, kept true and confirmed once a year."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.roles import Role
from selection.actions import expert as actions
from selection.actions.expert_facts import LASTING
from selection.forms.expert import OwnFactsForm
from selection.models import Expert
from selection.queries import expert as queries
from selection.views.expert_rows import ended, entered, facts, save
from workflow import clock

WRITES = require_http_methods(["GET", "HEAD", "POST"])


def _own(request: HttpRequest) -> Expert:
    user: Any = request.user
    expert = queries.own_row(user) if user.holds(Role.EXPERT) else None
    if expert is None:
        raise Http404
    return expert


@require_safe
def expert_me(request: HttpRequest) -> HttpResponse:
    """What stands about the reader."""
    expert = _own(request)
    confirmed = expert.confirmed_at is not None and clock.now() - expert.confirmed_at <= queries.CONFIRMED_FOR
    context = {
        "expert": expert,
        "rows": facts(expert),
        "units": queries.units_of(expert),
        "links": queries.links_of(expert, own=True),
        "absences": expert.absences.all(),
        "derived": queries.derived_duty(expert),
        "lasting": [str(kind) for kind in LASTING],
        "confirmed": confirmed,
    }
    return render(request, "selection/expert_me.html", context)


@WRITES
def expert_me_edit(request: HttpRequest) -> HttpResponse:
    """Phone, title and field."""
    expert = _own(request)
    user: Any = request.user
    form = OwnFactsForm(request.POST if request.method == "POST" else None, expert=expert)
    if save(form, lambda **given: actions.keep_own_facts(expert, by=user, **given)) is not None:
        messages.success(request, _("已保存。"))
        return redirect("expert_me")
    return _form(request, {"form": form, "title": _("更正本人信息"), "button": _("保存更正")})


@WRITES
def expert_me_add(request: HttpRequest, what: str) -> HttpResponse:
    """A unit, a link or an absence of the own."""
    done, context = entered(request, _own(request), what)
    return redirect("expert_me") if done else _form(request, context)


@WRITES
def expert_me_end(request: HttpRequest, what: str, row: int) -> HttpResponse:
    """End one of them: it stays on the record."""
    done, context = ended(request, _own(request), what, row, own=True)
    return redirect("expert_me") if done else _form(request, context)


@require_POST
def expert_me_confirm(request: HttpRequest) -> HttpResponse:
    """All of it is true."""
    user: Any = request.user
    actions.confirm(_own(request), by=user)
    messages.success(request, _("已确认信息属实。"))
    return redirect("expert_me")


def _form(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    form = context["form"]
    shown = {**context, "back": reverse("expert_me"), "own": True}
    return render(
        request, "selection/expert_form.html", shown, status=422 if form.is_bound and form.errors else 200
    )

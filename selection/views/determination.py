"""The office's side of the decision."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.roles import Role
from selection.forms.determination import DraftForm
from selection.models import Determination
from selection.queries import determination as queries
from selection.queries.deliberation import may_read_results
from selection.queries.notice import OFFICE
from selection.queries.objection import to_remove
from selection.views.public import PAGE
from workflow import clock
from workflow.errors import Refused


def _office(request: HttpRequest) -> Any:
    actor: Any = request.user
    if not any(actor.holds(role) for role in OFFICE):
        raise Http404
    return actor


@require_safe
def determination_list(request: HttpRequest) -> HttpResponse:
    """Every round from deliberation on, with where its list stands."""
    actor = _office(request)
    rounds = queries.decision_rounds(actor).prefetch_related("determinations", "proposals", "notices")
    page = Paginator(rounds, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "reads_results": may_read_results(actor),
        "manager": actor.holds(Role.MANAGER),
        "leader": actor.holds(Role.LEADER),
        "to_draft": set(queries.rounds_to_decide().values_list("pk", flat=True)),
        "to_remove": to_remove() if actor.holds(Role.LEADER) else (),
    }
    return render(request, "selection/determination_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: HttpRequest, code: str) -> HttpResponse:
    """A new decision, prefilled."""
    actor = _office(request)
    if not actor.holds(Role.MANAGER):
        raise Http404
    round_ = get_object_or_404(queries.decision_rounds(actor), code=code)
    proposal = round_.proposals.first()
    initial = {
        "title": f"关于公布{round_.title}认定名单的通知",
        "minute_number": proposal.minute_number if proposal else "",
    }
    nominations = queries.to_recognise(round_)
    form = DraftForm(request.POST or None, initial=initial, nominations=nominations)
    if request.method == "POST" and form.is_valid():
        try:
            made = form.take(round_, by=actor)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("认定决定已拟好，待厅领导审定"))
            return redirect("determination_detail", pk=made.pk)
    context = {
        "round": round_,
        "form": form,
        "year": clock.today().year,
        "nominations": nominations,
        "held": queries.held_back(round_),
    }
    return render(
        request, "selection/determination_draft.html", context, status=422 if form.is_bound else 200
    )


@require_safe
def determination_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One decision: whom it will recognise, or whom it did."""
    determination: Determination = get_object_or_404(
        queries.determinations_visible_to(_office(request)), pk=pk
    )
    round_ = determination.round
    drafted = determination.state == "drafted"
    listed = queries.to_decide(determination) if drafted else []
    digest = queries.list_digest(round_, listed) if drafted else determination.list_digest
    context = {
        "determination": determination,
        "round": round_,
        "nominations": listed,
        "left_out": queries.exceptions_of(determination),
        "changed": drafted and bool(determination.drafted_digest) and digest != determination.drafted_digest,
        "manager": request.user.holds(Role.MANAGER),  # type: ignore[union-attr]
        "held": queries.held_back(round_),
        "recognitions": determination.recognitions.order_by("ordinal").prefetch_related(*queries.marks()),
        "digest": digest,
    }
    return render(request, "selection/determination_detail.html", context)

"""Pages of the waivers: the list and one request."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from selection.models import Nomination, Waiver
from selection.models.eligibility import choice_labels, describe, names_of
from selection.queries.steps import has_steps
from selection.queries.waiver import waivers_visible_to

PER_PAGE = 25


@require_safe
def waiver_list(request: HttpRequest) -> HttpResponse:
    """The waivers that this person may see, those to decide first."""
    state = request.GET.get("state", "")
    rows = waivers_visible_to(request.user).order_by("-asked_at", "-pk")
    if state in Waiver.State.values:
        rows = rows.filter(state=state)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    listed = [(row, _name(row)) for row in page]
    context = {"page": page, "rows": listed, "state": state, "states": Waiver.State.choices}
    return render(request, "selection/waiver_list.html", context)


@require_safe
def waiver_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One request: the rule, what the dossier says, the reason, the decision."""
    user: Any = request.user
    waiver = get_object_or_404(waivers_visible_to(user), pk=pk)
    context = {
        "waiver": waiver,
        "nomination": waiver.nomination,
        "name": _name(waiver),
        "finding": _finding(waiver),
        "has_steps": has_steps(waiver, user),
    }
    return render(request, "selection/waiver_detail.html", context)


def _name(waiver: Waiver) -> str:
    names = names_of(waiver.nomination.round.rulebook)
    return f"{waiver.rule} {names.get(waiver.rule, '')}".strip()


def _finding(waiver: Waiver) -> str:
    nomination = waiver.nomination
    labels = choice_labels(Nomination)
    words = [
        describe(found, nomination.round.rulebook, labels)
        for found in nomination.findings
        if found.rule == waiver.rule and found.outcome == "fail"
    ]
    return " ".join(words)

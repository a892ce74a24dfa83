"""The page of a re-check."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from selection.models.eligibility import names_of
from selection.queries import recheck as queries
from selection.queries.qualification import READERS
from workflow import clock


@require_safe
def recheck_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What was found, what the unit says against it, what came of it."""
    user: Any = request.user
    recheck = get_object_or_404(queries.rechecks_visible_to(user), pk=pk)
    names = names_of(recheck.nomination.round.rulebook)
    context = {
        "recheck": recheck,
        "nomination": recheck.nomination,
        "grounds": [f"{rule} {names.get(rule, '')}".strip() for rule in recheck.grounds],
        "lapsed": recheck.state == "offered" and (recheck.request_due or clock.today()) < clock.today(),
        "screens": bool(user.roles & READERS),
    }
    return render(request, "selection/recheck_detail.html", context)

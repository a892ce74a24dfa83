"""Conflicts of people before anybody is invited: asked, shown, and not kept."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.roles import Role
from selection.forms.expert_check import MOST_PEOPLE, CheckForm
from selection.models import Expert, Nomination, Round
from selection.queries import expert as queries
from selection.queries.conflict import Conflict, conflicts, conflicts_of_people
from selection.queries.round import rounds_visible_to

Rows = list[
    tuple[str, str, list[tuple[str, str, list[str]]]]
]  # who, unit or code, [(nominee, code, reasons)]


def _rounds(user: Any) -> QuerySet[Round]:
    """Where somebody could still be invited."""
    return rounds_visible_to(user).filter(state__in=("open", "screening", "review"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def expert_check(request: HttpRequest) -> HttpResponse:
    """With whom these people would conflict in a round; `?…` of the list begins with whom the list shows."""
    user: Any = request.user
    if not (user.holds(Role.MANAGER) or user.holds(Role.SUPERVISOR)):
        raise Http404
    form = CheckForm(
        request.POST if request.method == "POST" else None, rounds=_rounds(user), codes=_codes(request)
    )
    context: dict[str, Any] = {"form": form, "rounds": _rounds(user).exists()}
    if form.is_bound and form.is_valid():
        round_ = form.cleaned_data["round"]
        rows = _found(round_, form.cleaned_data["people"])
        context |= {"rows": rows, "round": round_, "clean": sum(not found for _who, _at, found in rows)}
    return render(request, "selection/expert_check.html", context, status=422 if form.errors else 200)


def _codes(request: HttpRequest) -> list[str]:
    """The experts under the list's filter, if the address has one."""
    if not any(request.GET.values()):
        return []
    rows = queries.listed(request.user, queries.Filter.of(request.GET))
    return list(rows.values_list("code", flat=True)[:MOST_PEOPLE])


def _found(round_: Round, people: list[Any]) -> Rows:
    experts = [row for row in people if isinstance(row, Expert)]
    others = [row for row in people if not isinstance(row, Expert)]
    of_expert: dict[int, list[Conflict]] = {}
    for conflict in conflicts(round_, experts=experts) if experts else ():
        of_expert.setdefault(conflict.expert, []).append(conflict)
    of_other = iter(conflicts_of_people(round_, others) if others else ())
    found = [of_expert.get(row.pk, []) if isinstance(row, Expert) else next(of_other) for row in people]
    names = _names(round_, {conflict.nomination for rows in found for conflict in rows})
    return [(*_who(row), _shown(rows, names)) for row, rows in zip(people, found, strict=True)]


def _who(row: Any) -> tuple[str, str]:
    if isinstance(row, Expert):
        return row.name, f"{row.code} · {row.unit.name}"
    return row.name, "、".join(unit for unit, _since, _until in row.units) or _("按身份证号")


def _names(round_: Round, wanted: set[int]) -> dict[int, tuple[str, str]]:
    rows = Nomination.objects.filter(round=round_, pk__in=wanted).select_related("nominee", "unit")
    return {row.pk: (row.nominee.name, f"{row.code} · {row.unit.name}") for row in rows}


def _shown(found: list[Conflict], names: dict[int, tuple[str, str]]) -> list[tuple[str, str, list[str]]]:
    """The nominees in order, each with all reasons."""
    reasons: dict[int, list[str]] = {}
    for conflict in found:
        reasons.setdefault(conflict.nomination, []).append(conflict.reason)
    return [(*names[pk], said) for pk, said in reasons.items()]

"""Places: the accounts of the nominators, and the order of the officer's own nominees."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.roles import PROVINCIAL, Role
from selection.actions import quota as actions
from selection.forms.quota import RankForm
from selection.models import Quota
from selection.models.nomination_guards import is_open
from selection.queries import quota as queries
from selection.queries.nomination import nominees_of
from selection.queries.round import quotas_of_officer
from workflow import clock
from workflow.errors import Refused

PER_PAGE = 25


@require_safe
def quota_list(request: HttpRequest) -> HttpResponse:
    """Granted, used, returned and left of each nominator; an officer reads the own office's, with its nominees."""
    user: Any = request.user
    if not queries.reads_quotas(user):
        raise Http404
    wanted = queries.Filter.of(request.GET)
    rows = queries.listed(user, wanted)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    chosen = queries.rounds_of(user).filter(code=wanted.round).first() if wanted.round else None
    context = {
        "page": page,
        "wanted": wanted,
        "rounds": queries.rounds_of(user),
        "round": chosen,
        "totals": queries.totals(rows),
        "ratio": queries.nominees_a_place(rows, chosen) if chosen and _of_all(user, wanted) else "",
        "rows": [(quota, _board(quota)) for quota in page],
        "own": [] if user.roles & PROVINCIAL else _all_own(user),
        "divided": any(quota.category for quota in page),
        "categories": chosen.categories if chosen else [],
    }
    return render(request, "selection/quota_list.html", context)


def _of_all(user: Any, wanted: queries.Filter) -> bool:
    """The whole round is before the reader: a ratio of some of its quotas would say nothing."""
    return bool(user.roles & PROVINCIAL) and not wanted.full


def _board(quota: Quota) -> dict[str, Any] | None:
    """The chip of a federation's board: until when, and how urgent."""
    if not quota.nominator.has_board:
        return None
    term, today = queries.board_of(quota.nominator), clock.today()
    if term is None:
        return {"label": _("未登记任期"), "tone": "bad", "icon": "circle-x"}
    words = {"day": term.until.isoformat()}
    if not term.covers(today):
        return {"label": _("任期已于%(day)s届满") % words, "tone": "bad", "icon": "circle-x"}
    if term.ends_soon(today):
        return {"label": _("任期将于%(day)s届满") % words, "tone": "warn", "icon": "alert-triangle"}
    return {"label": _("任期至%(day)s") % words, "tone": "", "icon": "users-group"}


def _all_own(user: Any) -> list[dict[str, Any]]:
    """The officer's own accounts in rounds under way, each with its nominees and what has happened to them since."""
    quotas = list(queries.quotas_under_way(user))
    changes = queries.changes_of(quotas)
    return [_own(quota, changes.get((quota.round_id, quota.category), [])) for quota in quotas]


def _own(quota: Quota, changes: list[dict[str, Any]]) -> dict[str, Any]:
    """The officer's nominees of one round, with what may be done to each."""
    return {
        "quota": quota,
        "changes": changes,
        "open": is_open(quota.round),
        "replaceable": is_open(quota.round) and queries.somebody_waits_for(quota),
        "nominees": [
            (row, reverse("step", args=["nominations", row.pk, "substitute"]))
            for row in queries.nominees_in_order(quota)
        ],
        "released": queries.released_by(quota),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def nomination_rank(request: HttpRequest) -> HttpResponse:
    """The order of the officer's own nominees while the round is open."""
    user: Any = request.user
    quota = _ranked_quota(request)
    form = RankForm(request.POST or None, nominees=nominees_of(quota.round, user.organisation_id))
    if form.is_bound and form.is_valid():
        try:
            actions.reorder(quota.round, by=user, order=form.order)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("已保存推荐排序。"))
            return redirect("nomination_list")
    status = 422 if form.is_bound and form.errors else 200
    return render(
        request, "selection/nomination_rank.html", {"form": form, "round": quota.round}, status=status
    )


def _ranked_quota(request: HttpRequest) -> Quota:
    """The quota of the round named in the address, else of the newest open round."""
    user: Any = request.user
    rows = quotas_of_officer(user).order_by("-round_id")
    if code := request.GET.get("round", "").replace("\0", ""):
        rows = rows.filter(round__code=code)
    quota = rows.first() if user.holds(Role.BUREAU_OFFICER) else None
    if quota is None:
        raise Http404
    return quota

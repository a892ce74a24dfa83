"""The nomination list, and what a person keeps of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.roles import PROVINCIAL, Role
from selection import policies
from selection.actions import listing as actions
from selection.collections.bulk import bulk_steps
from selection.models import Nomination, SavedView
from selection.queries import listing as queries
from selection.queries.deadlines import WITH_UNIT, due_of, late_pks
from selection.queries.round import quotas_of_officer
from selection.queries.sheets import may_import
from workflow.errors import Refused
from workflow.templatetags.lx import short_instant


@require_safe
def nomination_list(request: HttpRequest) -> HttpResponse:
    """The dossiers this person may see, narrowed by the address."""
    user: Any = request.user
    listing = queries.Listing(user, request.GET)
    quotas = list(quotas_of_officer(user))
    sees_all = bool(user.roles & PROVINCIAL)
    heads = [_head(column, listing.shape) for column in listing.columns]
    late = late_pks(listing.rows, listing.dues, scoring=sees_all)
    context = {
        "listing": listing,
        "page": listing.page,
        "wanted": listing.wanted,
        "counts": listing.counts,
        "total": listing.total,
        "rows": [_row(row, user, listing, heads, row.pk in late, sees_all) for row in listing.rows],
        "heads": heads,
        "rounds": listing.rounds,
        "states": Nomination.State.choices,
        "fields": Nomination.Field.choices,
        "views": queries.views_for(user, request.GET),
        "all_columns": queries.columns_for(user),
        "chosen": {column.name for column in listing.columns},
        "sizes": queries.SIZES,
        "present": queries.canonical(request.GET),
        "quotas": quotas,
        "may_create": user.holds(Role.UNIT_CLERK) and user.organisation_id is not None,
        "bulk_steps": bulk_steps(user),
        "may_import": may_import(user),
        "may_rank": sum(quota.used for quota in quotas) > 1,  # type: ignore[attr-defined]
        **queries.choices_of(user),
    }
    return render(request, "selection/nomination_list.html", context)


NOTHING = "—"
ON_PHONE = ("code", "name", "state", "screening", "due")  # what a card shows beside its act
_TEXTS: dict[str, Callable[[Any], Any]] = {
    "code": lambda n: n.code,
    "nominator": lambda n: n.nominator.area or n.nominator.name,
    "county": lambda n: (n.county.area or n.county.name) if n.county else "",
    "rank": lambda n: n.rank_in_nominator,
    "field": lambda n: n.get_field_display(),
    "category": lambda n: n.category_name,
    "screening": lambda n: " · ".join(n.conclusions),
    "route": lambda n: n.get_route_display(),
    "certificate": lambda n: n.certificate_number,
    "submitted": lambda n: short_instant(n.submitted_at),
    "nominated": lambda n: short_instant(n.nominated_at),
}


def _cells(row: Any, listing: queries.Listing) -> list[tuple[str, str]]:
    """Each column with its text; name, state and deadline are more than a text and left to the page."""
    return [
        (column.name, str(_TEXTS[column.name](row) or NOTHING) if column.name in _TEXTS else "")
        for column in listing.columns
    ]


def _head(column: queries.Column, shape: queries.Shape) -> dict[str, Any]:
    css = "num" if column.numeric else "num text-start" if column.name == "code" else ""
    if column.name not in ON_PHONE:
        css = f"{css} only-wide".strip()
    found = {"name": column.name, "label": str(column.label), "numeric": column.numeric, "css": css}
    if not column.sort:
        return found
    return {**found, "sort": shape.next_of(column.sort), "aria": shape.aria(column.sort)}


def _row(
    row: Any, user: Any, listing: queries.Listing, heads: list[dict[str, Any]], late: bool, sees_all: bool
) -> dict[str, Any]:
    chips = [(_("已逾期"), "bad", "alert-octagon")] if late else []
    if row.held and sees_all:
        chips.append((_("异议未结"), "hold", "lock"))
    if row.recheck_due:
        chips.append((_("复核中"), "warn", "scale"))
    if len(set(row.conclusions)) > 1 and row.state == "nominated":
        chips.append((_("待裁定"), "bad", "scale"))
    return {
        "n": row,
        "cells": [
            (*cell, head["label"], head["css"])
            for cell, head in zip(_cells(row, listing), heads, strict=True)
        ],
        "act": _act(row, user),
        "due": _due(row, listing, sees_all),
        "chips": chips,
    }


def _due(row: Any, listing: queries.Listing, sees_all: bool) -> date | datetime | None:
    """Until when somebody must act; when the experts' sheets are due is the province's to know."""
    if row.state in WITH_UNIT and row.round_id in listing.dues.closing:
        closing: datetime | None = row.round.closes_at
        return closing
    return due_of(row, listing.dues) if sees_all or row.state != "in_review" else None


def _act(row: Nomination, user: Any) -> dict[str, str] | None:
    """The one act that a row waits for from this person: no guard is asked here, the step's page says what lacks."""
    if row.state in ("draft", "returned") and policies.may_submit(row, user):
        return {"label": _("继续填写"), "url": reverse("nomination_detail", args=[row.pk])}
    if row.state == "correction" and policies.may_submit(row, user):
        return {"label": _("补正"), "url": reverse("nomination_correction", args=[row.pk])}
    if row.state == "county_review" and policies.may_endorse(row, user):
        return {"label": _("审核"), "url": reverse("nomination_detail", args=[row.pk])}
    if row.state == "nominator_review" and policies.may_nominate(row, user):
        return {"label": _("推荐到省"), "url": reverse("step", args=["nominations", row.pk, "nominate"])}
    return None


@require_safe
def office_nominations(request: HttpRequest) -> HttpResponse:
    """The address of the same list in the office."""
    query = request.META.get("QUERY_STRING", "")
    return redirect(f"{reverse('nomination_list')}{'?' if query else ''}{query}")


# What a person keeps -------------------------------------------------------------------------------------------------


@require_safe
def view_list(request: HttpRequest) -> HttpResponse:
    """The person's own views: to open, to rename, to delete."""
    views = queries.views_of(request.user)
    return render(request, "selection/nomination_views.html", {"views": views, "most": queries.MOST_VIEWS})


@require_POST
def view_save(request: HttpRequest) -> HttpResponse:
    """Keep the present filter under a name."""
    query = QueryDict(request.POST.get("query", "")[:1000])
    try:
        view = actions.save_view(request.user, name=request.POST.get("name", ""), query=query)  # type: ignore[arg-type]
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(_at(queries.canonical(query)))
    messages.success(request, _("已保存视图“%(name)s”。") % {"name": view.name})
    return redirect(_at(view.query))


@require_POST
def view_rename(request: HttpRequest, pk: int) -> HttpResponse:
    """Give one's own view another name."""
    view = get_object_or_404(SavedView, pk=pk, user=request.user.pk)
    try:
        actions.rename_view(view, name=request.POST.get("name", ""))
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("已改名。"))
    return redirect("nomination_views")


@require_POST
def view_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep one's own view no longer."""
    actions.delete_view(get_object_or_404(SavedView, pk=pk, user=request.user.pk))
    messages.success(request, _("已删除视图。"))
    return redirect("nomination_views")


@require_POST
def columns_choose(request: HttpRequest) -> HttpResponse:
    """Keep which columns the list shows."""
    actions.choose_columns(request.user, names=request.POST.getlist("column"))  # type: ignore[arg-type]
    messages.success(request, _("已保存显示的列。"))
    return redirect(_at(queries.canonical(QueryDict(request.POST.get("query", "")[:1000]))))


def _at(query: str) -> str:
    return f"{reverse('nomination_list')}{'?' if query else ''}{query}"

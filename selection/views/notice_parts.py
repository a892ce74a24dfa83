"""Slips of the pen in a posted notice, and outages of the public page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.roles import Role
from selection.forms.notice import ErratumForm, OutageForm
from selection.queries import notice as queries
from selection.queries.notice_parts import may_record, outages_visible_to
from selection.views.notice import notice_or_404
from selection.views.public import PAGE
from workflow.errors import Refused


@require_http_methods(["GET", "HEAD", "POST"])
def erratum_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a slip in a posted notice."""
    notice, actor = notice_or_404(request, pk), _actor(request)
    if not actor.holds(Role.PUBLISHER):
        raise Http404
    form = ErratumForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            form.take(notice, by=actor)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("更正说明已公布"))
            return redirect("office_notice", pk=notice.pk)
    context = {"notice": notice, "form": form}
    return render(request, "selection/notice_erratum.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def outage_list(request: HttpRequest) -> HttpResponse:
    """Every recorded outage, what it did to running notices, and the form for whoever may record one."""
    actor = _actor(request)
    records = may_record(actor)
    if not records and not any(actor.holds(role) for role in queries.OFFICE):
        raise Http404
    form = OutageForm(request.POST or None) if records else None
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            form.take(by=actor)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("已登记页面中断"))
            return redirect("outage_list")
    page = Paginator(outages_visible_to(actor), PAGE).get_page(request.GET.get("page"))
    status = 422 if form is not None and form.is_bound else 200
    return render(request, "selection/outage_list.html", {"page": page, "form": form}, status=status)


def _actor(request: HttpRequest) -> Any:
    return request.user

"""The page on which a filtered list is exported."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from selection.actions import export
from selection.actions import extract as actions
from selection.forms.extract import ExportForm
from selection.queries.extract import rows_for_export
from workflow import jobs
from workflow.errors import Refused

AT_ONCE = 2_000  # rows that are written while the reader waits; more are written by a worker


@require_http_methods(["GET", "HEAD", "POST"])
def nomination_export(request: HttpRequest) -> HttpResponse:
    """Export what the list shows under the same address, masked; in clear it is asked for here and answered by another."""
    user: Any = request.user
    query = request.GET.urlencode()
    total = rows_for_export(user, query).order_by().count()
    form = ExportForm(request.POST if request.method == "POST" else None, user=user)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            if given.get("unmasked"):
                asked = export.ask(by=user, query=query, form=given["form"], reason=given["reason"])
                messages.success(request, _("已提交申请，请等候安全管理员批准。"))
                return redirect("export_detail", asked.pk)
            job = actions.begin_export(by=user, query=query, form=given["form"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            if total <= AT_ONCE:
                jobs.run_now(job)
            return redirect("job_detail", job.pk)
    context = {"form": form, "total": total, "query": query, "may_ask": "unmasked" in form.fields}
    return render(request, "selection/nomination_export.html", context, status=422 if form.is_bound else 200)

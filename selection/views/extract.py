"""The page on which a filtered list is exported."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from selection.actions import extract as actions
from selection.forms.extract import ExportForm
from selection.queries.extract import rows_for_export
from workflow import jobs
from workflow.errors import Refused

AT_ONCE = 2_000  # rows that are written while the reader waits; more are written by a worker


@require_http_methods(["GET", "HEAD", "POST"])
def nomination_export(request: HttpRequest) -> HttpResponse:
    """Export what the list shows under the same address; masked unless asked otherwise by who may."""
    user: Any = request.user
    query = request.GET.urlencode()
    total = rows_for_export(user, query).order_by().count()
    form = ExportForm(request.POST if request.method == "POST" else None, user=user)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        masked = not given.get("unmasked")
        reason = given.get("reason", "") if not masked else ""
        try:
            job = actions.begin_export(by=user, query=query, form=given["form"], masked=masked, reason=reason)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            if total <= AT_ONCE:
                jobs.run_now(job)
            return redirect("job_detail", job.pk)
    context = {"form": form, "total": total, "query": query}
    return render(request, "selection/nomination_export.html", context, status=422 if form.is_bound else 200)

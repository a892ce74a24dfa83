"""Pages of the records of rounds, and the program that anybody verifies them with."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from selection.actions import record as actions
from selection.forms.record import RecordForm
from selection.queries import record as queries
from workflow import jobs
from workflow.errors import Refused

VERIFIER = settings.BASE_DIR / "tools" / "verify_record.py"
PER_PAGE = 25
AT_ONCE = 50  # attachments that are written while the reader waits


@require_safe
def record_list(request: HttpRequest) -> HttpResponse:
    """The rounds with their latest exports."""
    user: Any = request.user
    if not user.roles & queries.EXPORTERS:
        raise Http404
    rows = queries.rounds_with_record(user).prefetch_related("record_exports")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "selection/record_list.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
def record_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Take the record of a round out, for a reason; what was taken out before."""
    user: Any = request.user
    round_ = get_object_or_404(queries.rounds_with_record(user), code=code)
    form = RecordForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            job = actions.begin_export(round_, by=user, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            if len(queries.attachments(round_)) <= AT_ONCE:
                jobs.run_now(job)
            return redirect("job_detail", job.pk)
    context = {
        "round": round_, "form": form, "end": queries.end_of(round_), "exports": queries.exports_of(round_)[:20],
        "opened": queries.is_opened(round_),
    }  # fmt: skip
    return render(request, "selection/record_detail.html", context, status=422 if form.is_bound else 200)


@login_not_required
@require_safe
def verifier(request: HttpRequest) -> FileResponse:
    """The program that verifies a record: one file, standard library only."""
    return FileResponse(
        VERIFIER.open("rb"),
        as_attachment=True,
        filename=VERIFIER.name,
        content_type="text/x-python; charset=utf-8",
    )

"""One step on many dossiers, in two stages: the frozen list with who passes and who does not, then the confirmation."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from selection.actions import bulk as actions
from selection.collections.bulk import bulk_steps, carry_out, form_of
from selection.models import Nomination
from selection.models.bulk import BulkRun
from selection.queries.bulk import MOST, ids_by_filter, preview, runs_of
from workflow import jobs
from workflow.errors import NotPermitted, Refused
from workflow.machine import step_named

SHOWN = 200  # rows of a list on the page; the counts are of all of them


@require_POST
def bulk_choose(request: HttpRequest) -> HttpResponse:
    """Freeze what was ticked, or all that the filter shows, for one step."""
    user: Any = request.user
    step = next((one for one in bulk_steps(user) if one.name == request.POST.get("step")), None)
    if step is None:
        raise NotPermitted(_("您的身份不能批量办理这一步。"))
    query = request.POST.get("query", "")
    back = f"{reverse('nomination_list')}?{query}" if query else reverse("nomination_list")
    if request.POST.get("scope") == "filter":
        ids = ids_by_filter(user, query)
    else:
        ids = [int(pk) for pk in request.POST.getlist("pick") if pk.isdecimal() and len(pk) < 19]
    if not ids or len(ids) > MOST:
        words = _("一次最多办理%(n)s份，请先缩小筛选范围。") if ids else _("请先勾选要办理的申报。")
        messages.error(request, words % {"n": MOST})
        return redirect(back)
    chosen = list(preview(user, step, ids))
    if not chosen:
        messages.error(request, _("请先勾选要办理的申报。"))
        return redirect(back)
    return redirect("bulk_run", actions.freeze(by=user, step=step.name, chosen=chosen).pk)


@require_http_methods(["GET", "HEAD", "POST"])
def bulk_run(request: HttpRequest, pk: int) -> HttpResponse:
    """The preview with its confirmation; afterwards, what came of it."""
    user: Any = request.user
    run = get_object_or_404(runs_of(user), pk=pk)
    form = form_of(run, user, request.POST if request.method == "POST" else None)
    status = 200
    if form.is_bound and form.is_valid():
        try:
            return _confirm(run, user, form.cleaned_data.get("reason", ""))
        except Refused as refusal:
            form.add_error(None, str(refusal))
            status = 409
    elif form.is_bound:
        status = 422
    return render(request, "selection/bulk_run.html", _context(run, user, form), status=status)


def _confirm(run: BulkRun, user: Any, reason: str) -> HttpResponse:
    run, first, job = actions.confirm(run, by=user, reason=reason)
    if job is not None:
        return redirect("job_detail", job.pk)
    if first:
        carry_out(run, user)
    return redirect("bulk_run", run.pk)


def _context(run: BulkRun, user: Any, form: Any) -> dict[str, Any]:
    step = step_named(Nomination, run.step)
    taken = set(run.taken)
    return {
        "run": run,
        "step": step,
        "form": form,
        "passing": run.passing[:SHOWN],
        "not_passing": run.not_passing[:SHOWN],
        "n_passing": len(run.passing),
        "n_not_passing": len(run.not_passing),
        "done": [row for row in run.chosen if row[0] in taken][:SHOWN],
        "n_done": len(taken),
        "job": jobs.started_by(user).filter(key=f"{actions.BULK}:{run.pk}").first(),
    }

"""Pages of long work: how far it is, its file, its end. Everybody sees their own and nobody else's."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from workflow import jobfiles, jobs
from workflow.models import Job

STOP_ASKING = 286  # the script that asks every two seconds stops at this status


def _own(request: HttpRequest, pk: int) -> Job:
    user: Any = request.user
    job: Job = get_object_or_404(jobs.started_by(user), pk=pk)
    return job


def _context(job: Job) -> dict[str, Any]:
    kind = jobs.kind_of(job)
    return {
        "job": job,
        "done": jobs.far(job),
        "label": kind.label,
        "tone": job.tone,
        "outcome_url": kind.url(job) if job.status == Job.Status.DONE else "",
        "file": jobfiles.of(job, "output") if job.status == Job.Status.DONE else None,
    }


@require_safe
def job_list(request: HttpRequest) -> HttpResponse:
    """What this person has started, newest first."""
    user: Any = request.user
    rows = [(job, jobs.kind_of(job).label, job.tone) for job in jobs.started_by(user)[:50]]
    return render(request, "workflow/job_list.html", {"rows": rows})


@require_safe
def job_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One piece of long work; the page may be left."""
    return render(request, "workflow/job_detail.html", _context(_own(request, pk)))


@require_safe
def job_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of the page that changes."""
    job = _own(request, pk)
    status = STOP_ASKING if job.finished else 200
    return render(request, "workflow/job_progress.html", _context(job), status=status)


@require_POST
def job_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for its end: nothing that it would have written is written."""
    jobs.cancel(_own(request, pk))
    return redirect("job_detail", pk)


@require_safe
def job_file(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """The file that came of it, piece by piece."""
    job = _own(request, pk)
    file = jobfiles.of(job, "output")
    if file is None or job.status != Job.Status.DONE:
        raise Http404
    response = StreamingHttpResponse(jobfiles.pieces(file), content_type=file.media_type)
    response["Content-Disposition"] = content_disposition_header(True, file.name)
    response["Content-Length"] = str(file.size)
    response["Cache-Control"] = "no-store"
    return response

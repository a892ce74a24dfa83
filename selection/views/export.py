"""Pages of lists in clear: the requests, one request, and the file that is taken once."""

from __future__ import annotations

from tempfile import TemporaryFile
from typing import Any

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.roles import Role
from selection import policies
from selection.actions import export as actions
from selection.documents.table import MEDIA, WRITERS
from selection.models import ExportRequest
from selection.queries import export as queries
from selection.queries.extract import headings
from selection.queries.steps import has_steps
from workflow import clock, jobfiles

PER_PAGE = 25


@require_safe
def export_list(request: HttpRequest) -> HttpResponse:
    """The requests that this person may see, the newest first."""
    user: Any = request.user
    if not user.roles & (queries.READERS | {Role.MANAGER}):
        raise Http404
    page = Paginator(queries.requests_visible_to(user), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "selection/export_list.html", {"page": page})


@require_safe
def export_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One request: which list, how many, why, who answered, when it left."""
    user: Any = request.user
    found = get_object_or_404(queries.requests_visible_to(user), pk=pk)
    mine = policies.may_take_export(found, user)
    context = {
        "request_": found,
        "words": queries.filter_in_words(found.query),
        "may_take": mine and found.state == ExportRequest.State.APPROVED and not found.expired,
        "has_steps": has_steps(found, user),
    }
    return render(request, "selection/export_detail.html", context)


@never_cache
@require_POST
def export_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file, once. It is written first: what goes on the record is the digest of what is sent."""
    user: Any = request.user
    found = get_object_or_404(queries.requests_visible_to(user), pk=pk)
    actions.require_open(found, by=user)
    content = TemporaryFile()  # noqa: SIM115 - closed with the response
    rows = Counted(queries.clear_lines(found))
    WRITERS[found.form](content, headings(), rows)
    _size, digest = jobfiles.measure(content)
    actions.download(found, by=user, rows=rows.count, sha256=digest)
    content.seek(0)
    name = _("申报名单_完整号码_%(at)s.%(form)s") % {
        "at": clock.now().strftime("%Y%m%d_%H%M"),
        "form": found.form,
    }
    return FileResponse(content, as_attachment=True, filename=name, content_type=MEDIA[found.form])


class Counted:
    """Rows passed on and counted."""

    def __init__(self, rows: Any) -> None:
        self.rows, self.count = rows, 0

    def __iter__(self) -> Any:
        for row in self.rows:
            self.count += 1
            yield row

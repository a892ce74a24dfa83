"""Files of a notice: the office brings and removes them, the public takes them once they are posted."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from selection.actions import notice_file as actions
from selection.documents.inside import EXTENSIONS
from selection.forms.notice import FilesForm
from selection.models import NoticeFile, PublicNotice
from selection.queries import notice as queries
from selection.views.attachment import CLOSED, file_names
from selection.views.notice import manager, notice_or_404
from workflow.errors import Refused
from workflow.public_page import MAX_AGE, without_session


@require_http_methods(["GET", "HEAD", "POST"])
def files(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring files into a draft, and take them out again."""
    actor, notice = manager(request), notice_or_404(request, pk)
    form = FilesForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if request.method == "POST" and form.is_valid():
        try:
            form.take(notice, by=actor)
        except Refused as refusal:
            form.add_error("files", str(refusal))
        else:
            messages.success(request, _("附件已上传，发布前须重新作隐私检查"))
            return redirect("notice_files", pk=notice.pk)
    notice = notice_or_404(request, pk)
    context = {"notice": notice, "files": notice.files.all(), "form": form}
    return render(request, "selection/notice_files.html", context, status=422 if form.is_bound else 200)


@require_POST
def remove(request: HttpRequest, pk: int, ordinal: int) -> HttpResponse:
    """Take a file out of a draft."""
    actor, notice = manager(request), notice_or_404(request, pk)
    file = get_object_or_404(NoticeFile, notice=notice, ordinal=ordinal)
    actions.detach(file, by=actor)
    messages.success(request, _("已移除：%(name)s") % {"name": file.name})
    return redirect("notice_files", pk=notice.pk)


@never_cache
@require_safe
def office_file(request: HttpRequest, pk: int, ordinal: int) -> HttpResponseBase:
    """A file of a notice that is not posted yet."""
    return _served(get_object_or_404(NoticeFile, notice=notice_or_404(request, pk), ordinal=ordinal))


@without_session
@require_safe
def public_file(request: HttpRequest, number: str, ordinal: int) -> HttpResponse:
    """A file of a posted notice: always a download, under its own name."""
    posted = PublicNotice.objects.filter(state__in=queries.PUBLIC_STATES)
    file = get_object_or_404(NoticeFile, notice__in=posted, notice__number=number, ordinal=ordinal)
    response: Any = _served(file)
    patch_cache_control(response, public=True, max_age=MAX_AGE)
    response.headers["ETag"] = f'"{file.sha256}"'
    return response  # type: ignore[no-any-return]


def _served(file: NoticeFile) -> HttpResponseBase:
    """What is given out is what was looked through: the digest is asked first."""
    try:
        opened = file.file.open("rb")
    except FileNotFoundError as gone:
        raise Http404 from gone
    if _digest(opened) != file.sha256:
        opened.close()
        raise Http404
    opened.seek(0)
    response = FileResponse(opened, content_type=file.mime)
    plain = f"{file.notice.number}-{file.ordinal}.{EXTENSIONS[file.mime]}"
    response.headers["Content-Length"] = str(file.size)
    response.headers["Content-Disposition"] = f"attachment; {file_names(plain, file.name)}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = CLOSED
    return response


def _digest(opened: Any) -> str:
    found = sha256()
    for chunk in opened.chunks():
        found.update(chunk)
    return found.hexdigest()

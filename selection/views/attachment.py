"""Pages of the attachments: the list with its upload, one file with its preview, the file itself."""

from __future__ import annotations

from hashlib import sha256
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from selection.actions import attachment as actions
from selection.forms.attachment import AttachmentForm
from selection.models import Attachment, Nomination
from selection.queries import attachment as queries
from selection.queries.nomination import nominations_visible_to
from selection.rules.attachment import MEGABYTE
from workflow.errors import NotPermitted, Refused

# A file is nobody's page: no script, no frame around it but ours, no origin of its own.
CLOSED = "default-src 'none'; sandbox; frame-ancestors 'none'"
# The browser's own reader of PDF does not start in a sandbox: it is given nothing to load instead.
FRAMED = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'"
PAGE_WITH_FRAME = (
    "default-src 'self'; img-src 'self' data:; frame-src 'self'; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def nomination_attachments(request: HttpRequest, pk: int) -> HttpResponse:
    """The files of a dossier; who may add to them does it here, several at once, each judged by itself."""
    nomination = get_object_or_404(nominations_visible_to(request.user), pk=pk)
    kinds = queries.kinds_open_to(nomination, request.user)  # type: ignore[arg-type]
    if request.method != "POST":
        return _listed(request, nomination, _form(request, nomination, kinds))
    if not kinds:
        return _refused(request, nomination)
    form = _form(request, nomination, kinds)
    if not form.is_valid():
        return _unread(request, nomination, form)
    return _answered(request, nomination, form, _taken(request, nomination, form))


def _refused(request: HttpRequest, nomination: Nomination) -> HttpResponse:
    """Nothing may be added: why, on the record."""
    try:
        actions.change_attachments(nomination, by=request.user, kind=request.POST.get("kind", "id"))  # type: ignore[arg-type]
    except NotPermitted:
        raise
    except Refused as refusal:
        if _wants_json(request):
            result = {"name": "", "ok": False, "message": str(refusal), "code": refusal.code}
            return JsonResponse({"results": [result]}, status=409)
        messages.error(request, str(refusal))
    return redirect("nomination_attachments", nomination.pk)


def _page_of(nomination: Nomination) -> str:
    """Where the files are changed: among what a correction asks for while it is asked for."""
    name = "nomination_correction" if nomination.state == "correction" else "nomination_attachments"
    return reverse(name, args=[nomination.pk])


def _form(request: HttpRequest, nomination: Nomination, kinds: Any) -> AttachmentForm:
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    most = nomination.round.rulebook.max_file_mb
    return AttachmentForm(*sent, kinds=kinds, most_mb=most, initial={"kind": request.GET.get("kind", "")})


def _taken(request: HttpRequest, nomination: Nomination, form: AttachmentForm) -> list[dict[str, Any]]:
    return [_one(request, nomination, form.cleaned_data["kind"], file) for file in form.cleaned_data["files"]]


def _one(request: HttpRequest, nomination: Nomination, kind: str, file: UploadedFile[Any]) -> dict[str, Any]:
    """What became of one file: a refusal leaves the others alone."""
    name = file.name or ""
    most = nomination.round.rulebook.max_file_mb * MEGABYTE
    try:
        data = file.read(most + 1)  # a byte too many is enough to refuse it
        kept = actions.upload(nomination, by=request.user, kind=kind, name=name, data=data)  # type: ignore[arg-type]
    except Refused as refusal:
        return {"name": name, "ok": False, "message": str(refusal), "code": refusal.code}
    words = {
        "clean": _("已上传"),
        "uploaded": _("已上传，等待安全检查"),
        "quarantined": _("未通过安全检查，已隔离"),
    }
    ok = kept.state != "quarantined"
    return {"name": name, "ok": ok, "message": words[kept.state], "code": "" if ok else "quarantined"}


def _answered(
    request: HttpRequest, nomination: Nomination, form: AttachmentForm, results: list[dict[str, Any]]
) -> HttpResponse:
    refused = [row for row in results if not row["ok"]]
    if _wants_json(request):
        return JsonResponse({"results": results})  # each answer says by itself whether the file was taken
    taken = len(results) - len(refused)
    if taken:
        words = ngettext("已上传%(n)s个文件。", "已上传%(n)s个文件。", taken)
        messages.success(request, words % {"n": taken})
    if not refused:
        return redirect(_page_of(nomination))
    for row in refused:
        form.add_error("files", _("%(name)s：%(message)s") % row)
    return _listed(request, nomination, form, status=422)


def _unread(request: HttpRequest, nomination: Nomination, form: AttachmentForm) -> HttpResponse:
    if not _wants_json(request):
        return _listed(request, nomination, form, status=422)
    told = [str(error) for errors in form.errors.values() for error in errors]
    return JsonResponse(
        {"results": [{"name": "", "ok": False, "message": "；".join(told), "code": "form"}]}, status=422
    )


def _wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def _listed(
    request: HttpRequest, nomination: Nomination, form: AttachmentForm, *, status: int = 200
) -> HttpResponse:
    rows = queries.attachments_of(nomination, request.user)
    rules = nomination.round.rulebook
    context = {
        "nomination": nomination,
        "files": queries.rows_of(rows, request.user),
        "form": form if form.fields["kind"].choices else None,  # type: ignore[attr-defined]
        "task": queries.task_of(nomination),
        "taken": queries.room_taken(nomination),
        "room": rules.max_dossier_mb * MEGABYTE,
        "most_mb": rules.max_dossier_mb,
    }
    return render(request, "selection/nomination_attachments.html", context, status=status)


@require_POST
def attachment_remove(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take a file out of the dossier again."""
    attachment = _found(request, key)
    title = queries.title_of(attachment)
    actions.remove(attachment, by=request.user)  # type: ignore[arg-type]
    messages.success(request, _("已移除：%(title)s") % {"title": title})
    return redirect(_page_of(attachment.nomination))


@never_cache
@require_safe
def attachment_detail(request: HttpRequest, key: UUID) -> HttpResponse:
    """One file: a picture or a PDF in the page, what is on record of it, its download."""
    attachment = _found(request, key)
    context = {
        "attachment": attachment,
        "nomination": attachment.nomination,
        "title": queries.title_of(attachment),
        "facts": queries.facts_of(attachment),
        "who": queries.WHO[attachment.audience],
        "scan": queries.scanned_words(attachment),
        "back": _back(request, attachment),
        "open": attachment.state == Attachment.State.CLEAN,
        "may_anonymise": queries.may_anonymise(attachment, request.user),
    }
    status = 200 if context["open"] else 409
    response = render(request, "selection/attachment_detail.html", context, status=status)
    response.headers["Content-Security-Policy"] = PAGE_WITH_FRAME
    return response


def _back(request: HttpRequest, attachment: Attachment) -> int | None:
    """The dossier whose list this person may open; an expert has the desk instead."""
    seen = nominations_visible_to(request.user).filter(pk=attachment.nomination_id)
    return attachment.nomination_id if seen.exists() else None


def _found(request: HttpRequest, key: UUID) -> Attachment:
    attachment: Attachment = get_object_or_404(
        queries.attachments_visible_to(request.user, put_away=True), key=key
    )
    return attachment


# The file ------------------------------------------------------------------------------------------------------------


@never_cache
@require_safe
def attachment_file(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """The file to keep: always a download, under a name of ours."""
    return _served(request, _found(request, key), preview=False)


@never_cache
@require_safe
def attachment_preview(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """The file inside its page; asked for as a page of its own it is a download like any other."""
    within = request.headers.get("Sec-Fetch-Dest", "iframe") in (
        "iframe",
        "frame",
        "image",
        "embed",
        "object",
    )
    return _served(request, _found(request, key), preview=within)


def _served(request: HttpRequest, attachment: Attachment, *, preview: bool) -> HttpResponseBase:
    if attachment.state != Attachment.State.CLEAN:
        return _closed(request, attachment, _("该附件未通过安全检查或尚未检查，不能打开。"))
    try:
        file = attachment.file.open("rb")
    except FileNotFoundError:
        return _closed(request, attachment, _("该附件的文件缺失，请联系系统管理员。"))
    if _digest(file) != attachment.sha256:
        file.close()
        return _closed(request, attachment, _("该附件与存证的摘要不符，不能打开，请联系系统管理员。"))
    file.seek(0)
    reader: Any = request.user
    ours = queries.writes(attachment.nomination, reader, attachment.kind)
    if attachment.audience == "restricted" and not ours:
        actions.read_restricted(attachment, by=reader)
    plain, full = queries.names_of(attachment)
    response = FileResponse(file, content_type=attachment.mime)
    for name, value in _headers(attachment, plain, full, preview=preview).items():
        response.headers[name] = value
    return response


def _digest(file: Any) -> str:
    found = sha256()
    for chunk in file.chunks():
        found.update(chunk)
    return found.hexdigest()


def _headers(attachment: Attachment, plain: str, full: str, *, preview: bool) -> dict[str, str]:
    framed = preview and attachment.mime == "application/pdf"
    return {
        "Content-Length": str(attachment.size),
        "Content-Disposition": f"{'inline' if preview else 'attachment'}; {file_names(plain, full)}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": FRAMED if framed else CLOSED,
        "X-Frame-Options": "SAMEORIGIN" if framed else "DENY",
        "Cross-Origin-Resource-Policy": "same-origin",
    }


def file_names(plain: str, full: str) -> str:
    """Both names of a download, as RFC 6266 writes them."""
    return f"filename=\"{plain}\"; filename*=UTF-8''{quote(full, safe='')}"


def _closed(request: HttpRequest, attachment: Attachment, sentence: str) -> HttpResponse:
    context = {"attachment": attachment, "sentence": sentence, "title": queries.title_of(attachment)}
    return render(request, "selection/attachment_closed.html", context, status=409)

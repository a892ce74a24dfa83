"""The papers of a notice, a decision and a certificate: PDF and Word, for the public and for the office."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.roles import Role
from selection.documents import certificate as certificates
from selection.documents import determination as decision_papers
from selection.documents import notice as notice_papers
from selection.models import Determination, PublicNotice, Recognition
from selection.queries import determination as decisions
from selection.queries import notice as notices
from selection.queries.papers import certificate_obstacle
from selection.views.notice import notice_or_404
from workflow import clock
from workflow.documents import certificate as certificate_pdf
from workflow.documents import official_pdf, official_word
from workflow.documents.fonts import CharactersMissing
from workflow.documents.kept import made_once
from workflow.documents.official import Official, file_name
from workflow.public_page import public_file

MEDIA = {"pdf": official_pdf.MEDIA, "docx": official_word.MEDIA}
MAKERS = {"pdf": official_pdf.pdf_of, "docx": official_word.word_of}
ISSUERS = (Role.PUBLISHER, Role.MANAGER, Role.LEADER)


def absolute(address: str) -> str:
    """An address of this site as it is printed."""
    return settings.SITE_URL.rstrip("/") + address


def certificate_address(recognition: Recognition) -> str:
    """Where anybody checks a certificate."""
    return absolute(f"{reverse('certificate')}?number={quote(recognition.certificate_number or '')}")


@public_file
def notice_paper(request: HttpRequest, number: str, extension: str) -> HttpResponse:
    """A posted notice as a file."""
    notice = get_object_or_404(notices.with_lines(notices.public_notices()), number=number)
    assert notice.posted_at is not None
    return _public(_notice(notice, request), notice.title, extension, at=notice.posted_at)


@public_file
def result_paper(request: HttpRequest, code: str, pk: int, extension: str) -> HttpResponse:
    """A published decision as a file."""
    round_ = get_object_or_404(decisions.public_rounds(), code=code)
    determination = get_object_or_404(decisions.public_documents(round_).select_related("round"), pk=pk)
    at = determination.confirmed_at
    assert at is not None
    document = _decision(determination, request, address=absolute(reverse("result_public", args=[code])))
    return _public(document, determination.title, extension, at=at)


@never_cache
@require_safe
def office_notice_paper(request: HttpRequest, pk: int, extension: str) -> HttpResponse:
    """The same for the office, before it is posted too; then its name says that it is a draft."""
    notice = notice_or_404(request, pk)
    back = redirect("office_notice", pk)
    name = notice.title if notice.posted_at else f"草稿-{notice.title}"
    return _office(request, _notice(notice, request), name, extension, back)


@never_cache
@require_safe
def office_decision_paper(request: HttpRequest, pk: int, extension: str) -> HttpResponse:
    """A decision for the office: before it is taken, with the list as it stands now."""
    user: Any = request.user
    determination = get_object_or_404(decisions.determinations_visible_to(user), pk=pk)
    public = determination.published_on is not None
    page = absolute(reverse("result_public", args=[determination.round.code])) if public else ""
    name = determination.title if determination.state == "confirmed" else f"草稿-{determination.title}"
    document = _decision(determination, request, address=page)
    return _office(request, document, name, extension, redirect("determination_detail", pk))


@never_cache
@require_safe
def certificate_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The certificate, for those who issue it."""
    user: Any = request.user
    if not any(user.holds(role) for role in ISSUERS):
        raise Http404
    recognition = get_object_or_404(decisions.recognitions_visible_to(user), pk=pk)
    back = redirect("determination_detail", recognition.determination_id or 0)
    return certificate_answer(request, recognition, back)


def certificate_answer(request: HttpRequest, recognition: Recognition, back: HttpResponse) -> HttpResponse:
    """The file, or the page from which it was asked for with the reason why there is none."""
    obstacle = certificate_obstacle(recognition)
    if not obstacle:
        try:
            paper = certificates.certificate_of(recognition, address=certificate_address(recognition))
            content = certificate_pdf.pdf_of(paper, at=clock.now())
            return _file(content, f"证书-{recognition.certificate_number}-{recognition.name}", "pdf")
        except CharactersMissing as refusal:
            obstacle = str(refusal)
    messages.error(request, obstacle)
    return back


def _notice(notice: PublicNotice, request: HttpRequest) -> Official:
    period = notices.period_of(notice)
    address = absolute(reverse("notice_public", args=[notice.number])) if notice.posted_at else ""
    return notice_papers.document_of(
        notice,
        address=address,
        first_day=period.first_day if period else None,
        last_day=period.last_day if period else None,
        head=request.GET.get("head") == "1",
    )


def _decision(determination: Determination, request: HttpRequest, *, address: str) -> Official:
    if determination.state == "confirmed":
        rows = determination.recognitions.order_by("ordinal").prefetch_related(*decisions.marks())
        lines, at = decision_papers.lines_of(rows), determination.confirmed_at
    else:
        lines, at = decision_papers.lines_to_be(decisions.to_decide(determination)), None
    day = at.astimezone(clock.ZONE).date() if at else None
    return decision_papers.document_of(
        determination, lines, day=day, address=address, head=request.GET.get("head") != "0"
    )


def _public(document: Official, name: str, extension: str, *, at: datetime) -> HttpResponse:
    make = MAKERS[extension]
    content = made_once(extension, document.as_data(), lambda: make(document, at=at))
    return _file(content, name, extension)


def _office(
    request: HttpRequest, document: Official, name: str, extension: str, back: HttpResponse
) -> HttpResponse:
    try:
        return _file(MAKERS[extension](document, at=clock.now()), name, extension)
    except CharactersMissing as refusal:
        messages.error(request, str(refusal))
        return back


def _file(content: bytes, name: str, extension: str) -> HttpResponse:
    response = HttpResponse(content, content_type=MEDIA[extension])
    response["Content-Disposition"] = file_name(name, extension)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    return response

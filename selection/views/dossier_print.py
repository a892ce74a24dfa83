"""The printed form of a nomination, as PDF and as Word."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from selection.documents.dossier import TITLE, form_of
from selection.models import Nomination
from selection.models.nomination import plain_name
from selection.queries.nomination import dossiers_visible_to, reads_opinions
from workflow import clock
from workflow.documents import pdf, word
from workflow.documents.fonts import CharactersMissing


@never_cache
@require_safe
def nomination_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The form as PDF; a character that no font has is named on the dossier's page instead."""
    nomination, form, at = _form(request, pk)
    try:
        content = pdf.pdf_of(form, at=at)
    except CharactersMissing as refusal:
        messages.error(request, str(refusal))
        return redirect("nomination_detail", pk)
    return _download(nomination, content, pdf.MEDIA, "pdf")


@never_cache
@require_safe
def nomination_word(request: HttpRequest, pk: int) -> HttpResponse:
    """The form as Word."""
    nomination, form, at = _form(request, pk)
    return _download(nomination, word.word_of(form, at=at), word.MEDIA, "docx")


def _form(request: HttpRequest, pk: int) -> tuple[Nomination, Any, Any]:
    user: Any = request.user
    rows = dossiers_visible_to(user).prefetch_related("declarations", "versions")
    nomination = get_object_or_404(rows, pk=pk)
    at = clock.now()
    shown = reads_opinions(nomination, user)
    return nomination, form_of(nomination, by=user, at=at, shows_opinion=shown), at


def _download(nomination: Nomination, content: bytes, media: str, extension: str) -> HttpResponse:
    """A file to keep, under a name of letters and figures."""
    code, name = _safe(nomination.code), _safe(plain_name(nomination.nominee.name))
    plain = "".join(character for character in code if character.isascii()) or "form"
    full = quote(f"{TITLE}-{code}-{name}.{extension}", safe="")
    response = HttpResponse(content, content_type=media)
    response["Content-Disposition"] = f"attachment; filename=\"{plain}.{extension}\"; filename*=UTF-8''{full}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    return response


def _safe(text: str) -> str:
    return "".join(character for character in text if character.isalnum() or character in "-·")[:40]

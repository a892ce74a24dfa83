"""What everybody may read: no account, no session, no cookie, no script needed."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from selection.models import PublicNotice, Round
from selection.queries import batch as batches
from selection.queries import determination as decisions
from selection.queries import notice as notices
from selection.queries import notice_page as pages
from selection.queries import rulebook as rulebook_queries
from selection.queries import rulebook_change as changes
from selection.queries.draw_story import has_public_draw
from workflow import clock
from workflow.documents import qr
from workflow.public_page import MAX_AGE as MAX_AGE
from workflow.public_page import public_page as public_page
from workflow.public_page import without_session as without_session

PAGE = 25
YEAR = 365 * 24 * 3600


@public_page
def home(request: HttpRequest) -> HttpResponse:
    """What is on now: a call, a notice, the latest results."""
    context = {
        "calls": Round.objects.filter(state="open").order_by("closes_at"),
        "running": notices.running_notices(),
        "results": decisions.public_rounds()[:3],
    }
    return render(request, "selection/public_home.html", context)


@public_page
def notice_list(request: HttpRequest) -> HttpResponse:
    """Every notice, the newest first."""
    page = Paginator(notices.public_notices(), PAGE).get_page(request.GET.get("page"))
    return render(request, "selection/notice_public_list.html", {"page": page})


@public_page
def notice(request: HttpRequest, number: str) -> HttpResponse:
    """One notice, at its permanent address."""
    found = get_object_or_404(pages.notice_pages(), number=number)
    context = notice_context(found) | {
        "posting": pages.posting_of(found),
        "qr": code_of("notice_public", number),
    }
    return render(request, "selection/notice_public.html", context)


def code_of(name: str, *given: str) -> str:
    """The QR code of a permanent address, as SVG; for print."""
    return qr.svg(settings.SITE_URL.rstrip("/") + reverse(name, args=given))


def notice_context(found: PublicNotice) -> dict[str, Any]:
    """What the document shows; the preview shows the same."""
    correction = getattr(found, "correction", None)
    return {
        "notice": found,
        "entries": found.entries.all(),
        "period": notices.period_of(found),
        "posting": None,  # the public page says it
        "organiser": found.round.organiser,
        **pages.parts_of(found),
        "correction": correction if correction and correction.posted_at else None,
    }


@public_page
def call(request: HttpRequest, code: str) -> HttpResponse:
    """The call of a round with the rules that were frozen for it."""
    announced = Round.objects.filter(historical=False, announced_at__isnull=False)
    round_ = get_object_or_404(announced, code=code)
    context = {
        "round": round_,
        "rules": round_.rulebook,
        "version": round_.rulebook_version,
        "organiser": round_.organiser,
        "open": round_.state == "open",
        "has_draw": has_public_draw(round_),
        "quotas": rulebook_queries.quota_names(round_.rulebook),
        "kinds": rulebook_queries.category_names(round_.rulebook),
        "corrections": changes.corrections(round_),
    }
    return render(request, "selection/call_public.html", context)


@public_page
def result(request: HttpRequest, code: str) -> HttpResponse:
    """The list of one batch, as it was published."""
    round_: Any = get_object_or_404(batches.with_draw(decisions.public_rounds()), code=code)
    recognitions = batches.recognitions_of(round_)
    context = {
        "round": round_,
        "recognitions": recognitions,
        "documents": batches.documents_of(recognitions),
        "has_draw": round_.has_draw,
        "organiser": round_.organiser,
        "qr": code_of("result_public", code),
    }
    return render(request, "selection/result_public.html", context)


@public_page
def result_list(request: HttpRequest) -> HttpResponse:
    """Every batch."""
    page = Paginator(batches.with_revoked(decisions.public_rounds()), PAGE).get_page(request.GET.get("page"))
    return render(request, "selection/result_public_list.html", {"page": page})


@public_page
def roll(request: HttpRequest) -> HttpResponse:
    """Everybody who was ever recognised, by batch."""
    q, batch = request.GET.get("q", "").strip()[:40], request.GET.get("batch", "")
    rounds: list[Any] = list(decisions.public_rounds())
    known = None if q else sum(row.people for row in rounds if batch in ("", row.code))
    page = batches.Counted(decisions.roll(q, batch), PAGE, known=known).get_page(request.GET.get("page"))
    context = {"page": page, "q": q, "batch": batch, "batches": rounds, "today": clock.today()}
    return render(request, "selection/roll.html", context)


@public_page
def certificate(request: HttpRequest) -> HttpResponse:
    """Whose certificate a number is, and whether it holds today."""
    number = request.GET.get("number", "").strip()[:60]
    found = decisions.certificate(number) if number else None
    context = {"number": number, "found": found, "status": found.status_on(clock.today()) if found else ""}
    return render(request, "selection/certificate.html", context, status=200 if found or not number else 404)


@require_safe
@without_session
def choose_language(request: HttpRequest, code: str) -> HttpResponse:
    """Remember the reader's language, in the one cookie of the public site."""
    if code not in dict(settings.LANGUAGES):
        raise Http404
    back = request.GET.get("next", "/")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()})
    response = HttpResponseRedirect(_without_language(back) if safe else "/")
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, code, max_age=YEAR, samesite="Lax")
    return response


def _without_language(address: str) -> str:
    """The same address without the language that it asks for: the reader has chosen another."""
    parts = urlsplit(address)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "lang"]
    return urlunsplit(parts._replace(query=urlencode(kept)))

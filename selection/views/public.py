"""What everybody may read: no account, no session, no cookie, no script needed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from selection.models import PublicNotice, Round
from selection.queries import determination as decisions
from selection.queries import notice as notices
from selection.queries import rulebook as rulebook_queries
from selection.queries import rulebook_change as changes
from selection.queries.draw_story import has_public_draw
from selection.queries.notice_parts import outages_within
from workflow import clock
from workflow.public_page import MAX_AGE as MAX_AGE
from workflow.public_page import public_page, without_session

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
    found = get_object_or_404(notices.with_lines(notices.public_notices()), number=number)
    return render(request, "selection/notice_public.html", notice_context(found))


def notice_context(found: PublicNotice) -> dict[str, Any]:
    """What the document shows; the preview shows the same."""
    correction = getattr(found, "correction", None)
    return {
        "notice": found,
        "entries": found.entries.all(),
        "period": notices.period_of(found),
        "posting": notices.posting_entry(found) if found.posted_at else None,
        "organiser": found.round.organiser,
        "files": found.files.all(),
        "errata": found.errata.all(),
        "outages": outages_within(found) if found.posted_at else (),
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
    round_ = get_object_or_404(decisions.public_rounds(), code=code)
    context = {
        "round": round_,
        "recognitions": decisions.public_recognitions().filter(round=round_),
        "documents": decisions.public_documents(round_),
        "has_draw": has_public_draw(round_),
        "organiser": round_.organiser,
    }
    return render(request, "selection/result_public.html", context)


@public_page
def roll(request: HttpRequest) -> HttpResponse:
    """Everybody who was ever recognised, by batch."""
    q, batch = request.GET.get("q", "").strip()[:40], request.GET.get("batch", "")
    page = Paginator(decisions.roll(q, batch), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "q": q,
        "batch": batch,
        "batches": decisions.public_rounds(),
        "today": clock.today(),
    }
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
    response = HttpResponseRedirect(back if safe else "/")
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, code, max_age=YEAR, samesite="Lax")
    return response

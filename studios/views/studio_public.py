"""The public pages of studios: all of them, and one."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from studios.queries import studio_public as queries
from workflow.public_page import public_page

PAGE = 25


@public_page
def studio_public_list(request: HttpRequest) -> HttpResponse:
    """Every studio of the published lists, the newest first."""
    rows = queries.public_studios().order_by(
        "-recognition__round__published_on", "recognition__ordinal", "pk"
    )
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    shown = [(studio, queries.STATES[studio.state]) for studio in page]
    return render(request, "studios/studio_public_list.html", {"page": page, "rows": shown})


@public_page
def studio_public(request: HttpRequest, pk: int) -> HttpResponse:
    """One studio: whose it is, where, from when to when, what it did by year."""
    studio = get_object_or_404(queries.public_studios(), pk=pk)
    return render(request, "studios/studio_public.html", {"studio": queries.page_of(studio)})

"""The pages of money to be given back."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from selection.views.papers import MAKERS, MEDIA
from studios.documents import recovery as documents
from studios.forms.recovery import RecoveryFilter
from studios.models import RecoveryOrder
from studios.queries import recovery as queries
from studios.views.studio import acts
from workflow import clock
from workflow.documents.fonts import CharactersMissing
from workflow.documents.official import file_name

PAGE = 25


@require_safe
def recovery_list(request: HttpRequest) -> HttpResponse:
    """The orders this reader may see: what is still to come back first."""
    form = RecoveryFilter(request.GET)
    rows = queries.open_first(_narrowed(queries.orders_visible_to(request.user), form))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    narrowed = any(request.GET.get(name) for name in form.fields)
    return render(request, "studios/recovery_list.html", {"page": page, "form": form, "narrowed": narrowed})


def _narrowed(rows: QuerySet[RecoveryOrder], form: RecoveryFilter) -> QuerySet[RecoveryOrder]:
    wanted = form.cleaned_data if form.is_valid() else {}
    if text := wanted.get("q"):
        rows = rows.filter(studio__name__icontains=text)
    for name in ("state", "ground"):
        if value := wanted.get(name):
            rows = rows.filter(**{name: value})
    return rows


@require_safe
def recovery_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One order: what is to come back, what came, and where the studio's money is."""
    order = get_object_or_404(
        queries.orders_visible_to(request.user).select_related("studio__agreement"), pk=pk
    )
    context = {
        "order": order,
        "studio": order.studio,
        "repayments": queries.repayments_of(order),
        "money": queries.money_of_award(order.studio),
        "acts": acts(order, request.user),
    }
    return render(request, "studios/recovery_detail.html", context)


@never_cache
@require_safe
def recovery_paper(request: HttpRequest, pk: int, extension: str) -> HttpResponse:
    """The notice to the host unit, as PDF or Word."""
    rows = queries.orders_visible_to(request.user)
    rows = rows.select_related("studio__agreement", "studio__recognition__round", "studio__host")
    order = get_object_or_404(rows, pk=pk)
    document = documents.notice_of(order, queries.money_of_award(order.studio))
    try:
        content = MAKERS[extension](document, at=clock.now())
    except CharactersMissing as missing:
        messages.error(request, str(missing))
        return redirect("recovery_detail", pk)
    response = HttpResponse(content, content_type=MEDIA[extension])
    response.headers["Content-Disposition"] = file_name(document.title, extension)
    return response

"""The pages of what must be put right."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from studios.forms.rectification import RectificationFilter
from studios.models import Rectification
from studios.queries import rectification as queries
from studios.queries.report_file import may_attach
from studios.views.studio import acts
from workflow import clock

PAGE = 25


@require_safe
def rectification_list(request: HttpRequest) -> HttpResponse:
    """What the studios of this reader must put right: the first due first."""
    form = RectificationFilter(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    rows = queries.rectifications_visible_to(request.user)
    if text := wanted.get("q"):
        rows = rows.filter(studio__name__icontains=text)
    if state := wanted.get("state"):
        rows = rows.filter(state=state)
    if wanted.get("late"):
        rows = rows.exclude(state=Rectification.State.ACCEPTED).filter(due_on__lt=clock.today())
    ordered = rows.order_by(F("accepted_at").asc(nulls_first=True), F("due_on").asc(nulls_last=True), "pk")
    page = Paginator(ordered, PAGE).get_page(request.GET.get("page"))
    today = clock.today()
    context = {
        "page": page,
        "rows": [(row, row.overdue(today)) for row in page],
        "form": form,
        "narrowed": any(request.GET.get(name) for name in form.fields),
    }
    return render(request, "studios/rectification_list.html", context)


@require_safe
def rectification_detail(request: HttpRequest, studio_pk: int, pk: int) -> HttpResponse:
    """One thing to be put right: until when, what was done, what was said of it."""
    found = queries.rectifications_visible_to(request.user).filter(studio_id=studio_pk)
    row = get_object_or_404(found, pk=pk)
    context = {
        "rectification": row,
        "studio": row.studio,
        "late": row.overdue(clock.today()),
        "acts": acts(row, request.user),
        "files": row.files.all(),
        "attaches": may_attach(row, request.user),
    }
    return render(request, "studios/rectification_detail.html", context)

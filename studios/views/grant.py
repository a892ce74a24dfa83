"""The pages of instalments."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from studios.forms.grant import InstalmentFilter
from studios.models import Instalment
from studios.queries import grant as queries
from studios.views.studio import acts

PAGE = 25


@require_safe
def instalment_list(request: HttpRequest) -> HttpResponse:
    """The instalments this reader may see: approved and unpaid first."""
    form = InstalmentFilter(request.GET)
    rows = queries.payable_first(_narrowed(queries.instalments_visible_to(request.user), form))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    narrowed = any(request.GET.get(name) for name in form.fields)
    return render(request, "studios/instalment_list.html", {"page": page, "form": form, "narrowed": narrowed})


def _narrowed(rows: QuerySet[Instalment], form: InstalmentFilter) -> QuerySet[Instalment]:
    wanted = form.cleaned_data if form.is_valid() else {}
    if text := wanted.get("q"):
        rows = rows.filter(Q(studio__name__icontains=text) | Q(voucher__icontains=text))
    if state := wanted.get("state"):
        rows = rows.filter(state=state)
    return rows


@require_safe
def instalment_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One instalment: who asked, approved and paid; and its gate."""
    instalment = get_object_or_404(queries.in_full(queries.instalments_visible_to(request.user)), pk=pk)
    gate = queries.gate_of(instalment) if instalment.state in Instalment.OPEN else []
    context = {"instalment": instalment, "studio": instalment.studio, "gate": gate}
    context["acts"] = acts(instalment, request.user)
    context["open"] = all(condition.open for condition in gate)
    return render(request, "studios/instalment_detail.html", context)

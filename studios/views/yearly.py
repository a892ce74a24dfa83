"""The yearly report of the whole programme: as a page that prints, and as PDF."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.roles import PROVINCIAL
from studios.documents import yearly as documents
from studios.forms.monitor import YEARS
from studios.queries import yearly as queries
from workflow import clock
from workflow.documents import pdf
from workflow.documents.fonts import CharactersMissing
from workflow.errors import NotPermitted

WIDTH, HEIGHT = 600, 160


def _year(request: HttpRequest, year: int) -> queries.Year:
    user: Any = request.user
    if not user.roles & PROVINCIAL:
        raise NotPermitted(_("全省年度报告由省级部门查看。"))
    this = clock.today().year
    if not this - YEARS < year <= this:
        raise Http404
    return queries.year_of(year)


@dataclass(frozen=True)
class Curve:
    """What was paid and spent since the year began, month by month, as two paths in a drawing; the table has the numbers."""

    paid: str
    spent: str
    most: Decimal


def curve_of(year: queries.Year) -> Curve:
    """Steps: money comes on a day, not little by little."""
    paid, spent = _added(year.purse.paid_by_month), _added(year.purse.spent_by_month)
    begun = year.day.month
    most = max([*paid, *spent, Decimal(0)])
    return Curve(_path(paid[:begun], most), _path(spent[:begun], most), most)


def _added(amounts: list[Decimal]) -> list[Decimal]:
    return [sum(amounts[: n + 1], Decimal(0)) for n in range(len(amounts))]


def _path(amounts: list[Decimal], most: Decimal) -> str:
    step, drawn = WIDTH / 12, f"M0 {HEIGHT}"
    for n, amount in enumerate(amounts):
        height = HEIGHT - int(amount * HEIGHT / most) if most else HEIGHT
        drawn += f"V{height}H{round((n + 1) * step)}"
    return drawn


@require_safe
def yearly_report(request: HttpRequest, year: int) -> HttpResponse:
    """One year of the whole programme."""
    found, this = _year(request, year), clock.today().year
    context = {
        "year": found,
        "tables": documents.tables_of(found),
        "curve": curve_of(found),
        "years": range(this, this - YEARS, -1),
        "figures": [
            (_("运行中的工作室"), found.states["active"] + found.states["rectifying"], _("个")),
            (_("累计已拨"), documents.yuan(found.purse.paid), _("元")),
            (_("累计支出"), documents.yuan(found.purse.spent), _("元")),
            (_("活动"), f"{found.served.activities:,}", _("场")),
            (_("服务"), f"{found.served.attendances:,}", _("人次")),
        ],
    }
    return render(request, "studios/yearly.html", context)


@never_cache
@require_safe
def yearly_pdf(request: HttpRequest, year: int) -> HttpResponse:
    """The same as PDF."""
    found, now = _year(request, year), clock.now()
    form = documents.yearly_form(found, at=now)
    try:
        content = pdf.pdf_of(form, at=now)
    except CharactersMissing as refusal:
        messages.error(request, str(refusal))
        return redirect("yearly_report", year)
    response = HttpResponse(content, content_type=pdf.MEDIA)
    name = quote(f"{form.title}.pdf", safe="")
    response["Content-Disposition"] = f"inline; filename=\"studios-{year}.pdf\"; filename*=UTF-8''{name}"
    return response

"""The pages of studios."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from selection.views.papers import certificate_answer
from studios.forms.studio import LATE, StudioFilter
from studios.models import Instalment, ProgressReport, Studio
from studios.queries import studio as queries
from studios.queries.grant import Condition, gate_of
from studios.queries.report import light_of, working_days_late
from workflow import calendar, clock
from workflow.errors import Sentence
from workflow.machine import steps_of

PAGE = 25


@dataclass(frozen=True)
class Shown:
    """A light as pages show it."""

    label: Sentence
    tone: str
    icon: str


def shown(light: str) -> Shown:
    """The word, tone and icon of a light."""
    return Shown(*queries.LIGHTS[light])


def acts(obj: Any, reader: Any) -> bool:
    """Whether the page has a step for this reader, possible now or not."""
    return any(obj.state in step.sources and step.policy(obj, reader) for step in steps_of(type(obj)))


@require_safe
def studio_list(request: HttpRequest) -> HttpResponse:
    """The studios this reader may see: the longest overdue first."""
    visible = queries.with_oldest_due(queries.studios_visible_to(request.user))
    form = StudioFilter(request.GET, cities=queries.cities_of(queries.studios_visible_to(request.user)))
    lights = queries.lights_today()
    page = Paginator(queries.worst_first(_narrowed(visible, form, lights)), PAGE).get_page(
        request.GET.get("page")
    )
    rows = [(studio, _light(studio, lights)) for studio in page]
    context = {
        "page": page,
        "rows": rows,
        "form": form,
        "narrowed": any(request.GET.get(n) for n in form.fields),
    }
    return render(request, "studios/studio_list.html", context)


def _narrowed(studios: QuerySet[Studio], form: StudioFilter, lights: queries.Lights) -> QuerySet[Studio]:
    wanted = form.cleaned_data if form.is_valid() else {}
    if text := wanted.get("q"):
        studios = studios.filter(Q(name__icontains=text) | Q(host__name__icontains=text))
    for name in ("state", "city"):
        if value := wanted.get(name):
            studios = studios.filter(**{name: value})
    if light := wanted.get("light"):
        studios = studios.filter(lights.late() if light == LATE else lights.showing(light))
    if missing := wanted.get("wanting"):
        studios = studios.filter(**{missing: None}, state__in=Studio.LIVING)
    return studios


def _light(studio: Any, lights: queries.Lights) -> Shown | None:
    return shown(lights.of(studio.oldest_due)) if studio.state in Studio.RUNNING else None


@dataclass(frozen=True)
class Part:
    """One instalment with its gate, if it is still on its way."""

    instalment: Instalment
    share: int | None
    gate: list[Condition]

    @property
    def locked(self) -> bool:
        """A condition does not hold."""
        return not all(condition.open for condition in self.gate)

    @property
    def mark(self) -> str:
        """How its dot looks on the line."""
        return "done" if self.instalment.state == "paid" else "stop" if self.locked else ""


@require_safe
def studio_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One studio: its money with every gate, its reports with their lights, its agreement, its history."""
    studio = get_object_or_404(queries.in_full(queries.studios_visible_to(request.user)), pk=pk)
    today, work_days = clock.today(), calendar.current()
    reports = [(report, shown(light_of(report, today, work_days))) for report in studio.reports.all()]
    late = [report for report in studio.reports.all() if _is_late(studio, report)]
    context = {
        "studio": studio,
        "agreement": getattr(studio, "agreement", None),
        "parts": _parts(studio),
        "money": queries.money_of(studio),
        "reports": sorted(reports, key=lambda row: row[0].due_on, reverse=True),
        "late": [(report, working_days_late(report, today, work_days)) for report in late],
        "leads": studio.lead_id == request.user.pk,
        "acts": acts(studio, request.user),
    }
    return render(request, "studios/studio_detail.html", context)


@never_cache
@require_safe
def studio_certificate(request: HttpRequest, pk: int) -> HttpResponse:
    """The certificate of the recognition, for the one who holds it."""
    studio = get_object_or_404(queries.studios_visible_to(request.user), pk=pk, lead=request.user.pk)
    return certificate_answer(request, studio.recognition, redirect("studio_detail", pk))


def _is_late(studio: Studio, report: ProgressReport) -> bool:
    return (
        studio.state in Studio.RUNNING
        and report.state in ProgressReport.OWED
        and report.due_on < clock.today()
    )


def _parts(studio: Studio) -> list[Part]:
    shares = studio.agreement.shares if hasattr(studio, "agreement") else []
    return [
        Part(
            instalment,
            shares[instalment.number - 1] if instalment.number <= len(shares) else None,
            gate_of(_of(studio, instalment)) if instalment.state in Instalment.OPEN else [],
        )
        for instalment in studio.instalments.all()
    ]


def _of(studio: Studio, instalment: Instalment) -> Instalment:
    """The instalment with this very studio, so that its gate asks no more of the database."""
    instalment.studio = studio
    return instalment

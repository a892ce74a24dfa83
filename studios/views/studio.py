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
from studios.models import Studio
from studios.queries import studio as queries
from workflow.errors import Sentence
from workflow.machine import Step, steps_of

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
    return any(
        obj.state in step.sources and step.policy(obj, reader) and _applies(obj, step)
        for step in steps_of(type(obj))
    )


def _applies(obj: Any, step: Step) -> bool:
    """False where the buttons leave it out: nobody waits for a step of which there is no case."""
    return all(guard.holds(obj) for guard in step.needs if guard.applies)


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
        studios = queries.wanting(studios, missing)
    return studios


def _light(studio: Any, lights: queries.Lights) -> Shown | None:
    return shown(lights.of(studio.oldest_due)) if studio.state in Studio.RUNNING else None


@never_cache
@require_safe
def studio_certificate(request: HttpRequest, pk: int) -> HttpResponse:
    """The certificate of the recognition, for the one who holds it."""
    studio = get_object_or_404(queries.studios_visible_to(request.user), pk=pk, lead=request.user.pk)
    return certificate_answer(request, studio.recognition, redirect("studio_detail", pk))

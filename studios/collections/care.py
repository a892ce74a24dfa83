"""Measures of care, as pages and API share them, and whom an office has not reached yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from accounts.models import Organisation
from accounts.roles import Role
from studios.collections.studio import iso
from studios.models import CareMeasure
from studios.queries import care as queries
from workflow import clock, collections, todo
from workflow.actor import Actor
from workflow.todo import Todo

LATE_MONTH = 10  # from October on a city that has done nothing this year is asked


def represent(measure: CareMeasure, _actor: Actor) -> dict[str, Any]:
    """A measure, JSON-ready."""
    return {
        "id": measure.pk,
        "recognition": measure.recognition_id,
        "talent": measure.recognition.name_key,
        "office": measure.office.name,
        "city": measure.city.name,
        "kind": measure.kind,
        "given_on": iso(measure.given_on),
        "note": measure.note,
        "evidence": measure.evidence,
        "amount": None if measure.amount is None else str(measure.amount),
        "recorded_at": iso(measure.recorded_at),
        "taken_back_at": iso(measure.taken_back_at),
        "taken_back_why": measure.taken_back_why,
    }


def url(measure: CareMeasure) -> str:
    """The list, at the year of the measure."""
    return f"{reverse('care_list')}?year={measure.given_on.year}"


collections.register(
    collections.Collection(
        name="care-measures",
        model=CareMeasure,
        visible_to=queries.care_visible_to,
        represent=represent,
        url=url,
        filters=("city", "kind", "recognition"),
    )
)


@todo.register
def waiting(actor: Any) -> Iterator[Todo]:
    """For a city that has done nothing for its talents by October."""
    today = clock.today()
    if not actor.holds(Role.BUREAU_OFFICER) or actor.organisation_id is None or today.month < LATE_MONTH:
        return
    office = Organisation.objects.filter(pk=actor.organisation_id, kind=Organisation.Kind.CITY).first()
    if office is None or not queries.talents_of(office).exists():
        return
    if not queries.in_year(CareMeasure.objects.filter(city=office), today.year).exists():
        title = gettext("今年还没有登记关爱措施")
        yield Todo(
            title,
            reverse("care_new"),
            note=gettext("培训、任务、宣传、津贴、体检、走访均可登记。"),
            icon="heart",
        )

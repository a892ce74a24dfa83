"""Indicators as pages and API share them, and what of them waits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from accounts.models import Organisation
from accounts.roles import Role
from studios.models import Indicator
from studios.queries import indicator as queries
from studios.rules.indicators import rounded
from workflow import collections, todo
from workflow.actor import Actor
from workflow.todo import Todo


def represent(indicator: Indicator, actor: Actor) -> dict[str, Any]:
    """An indicator with where it stands today in the widest area of the reader, JSON-ready."""
    area, lines = _standings(indicator.plan, actor)
    parts = lines[indicator.pk].parts if indicator.pk in lines else ()
    return {
        "id": indicator.pk,
        "plan": indicator.plan.code,
        "code": indicator.code,
        "name": indicator.name,
        "kind": indicator.kind,
        "unit": indicator.unit,
        "direction": indicator.direction,
        "denominator": indicator.denominator,
        "verification": indicator.verification,
        "subset_of": indicator.subset_of.code if indicator.subset_of else None,
        "area": area.code if area else None,
        "parts": [_part(part) for part in parts],
    }


def _standings(plan: Any, actor: Actor) -> tuple[Organisation | None, dict[int, queries.Line]]:
    """Of the whole plan at once, for a list of its indicators: kept on the plan that they were fetched with."""
    if not hasattr(plan, "standings"):
        areas = queries.areas_of(actor)[:1]
        found = queries.lines_of(queries.in_full(plan.indicators.all()), areas, queries.today())
        lines = found[areas[0].pk] if areas else []
        plan.standings = (areas[0] if areas else None), {line.indicator.pk: line for line in lines}
    standings: tuple[Organisation | None, dict[int, queries.Line]] = plan.standings
    return standings


def _part(standing: queries.Standing) -> dict[str, Any]:
    found = standing.found
    return {
        "code": standing.part.code,
        "name": standing.part.name,
        "year": standing.year,
        "value": _number(standing.value),
        "target": _number(found.target) if found else None,
        "share": _number(found.share, 4) if found else None,
        "gap": _number(found.gap) if found else None,
        "pace": _number(found.pace) if found else None,
        "met": found.met if found else None,
    }


def _number(value: Any, places: int = 2) -> str | None:
    return None if value is None else str(rounded(value, places))


def url(indicator: Indicator) -> str:
    """The indicator's page."""
    return reverse("indicator_detail", args=[indicator.pk])


collections.register(
    collections.Collection(
        name="indicators",
        model=Indicator,
        visible_to=queries.indicators_visible_to,
        represent=represent,
        url=url,
        filters=("kind", "code"),
    )
)


@todo.register
def waiting(actor: Any) -> Iterator[Todo]:
    """For the office above what was reported and nobody has verified."""
    if not (actor.holds(Role.MANAGER) or actor.holds(Role.BUREAU_OFFICER)):
        return
    if count := queries.to_verify_by(actor).count():
        title = ngettext("%(n)s项指标数据待核实", "%(n)s项指标数据待核实", count) % {"n": count}
        note = gettext("核实后计入完成情况。")
        yield Todo(title, reverse("observation_list"), note=note, icon="checks", count=count)

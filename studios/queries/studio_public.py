"""What everybody may know of a studio: who leads it, where, from when to when, and how much it did. Nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from studios.models import Activity, Studio
from workflow.errors import Sentence

# Internal states have one public word: how a studio is being put right is no business of the public.
STATES: dict[str, tuple[Sentence, str, str]] = {
    "preparing": (_("筹建"), "mut", "tool"),
    "agreed": (_("筹建"), "mut", "tool"),
    "active": (_("运行中"), "ok", "player-play"),
    "rectifying": (_("运行中"), "ok", "player-play"),
    "suspended": (_("已暂停"), "warn", "player-pause"),
    "concluded": (_("已结项"), "solid", "flag-check"),
    "terminated": (_("已终止"), "red", "square-x"),
}


def public_studios() -> QuerySet[Studio]:
    """The studios of those on published lists."""
    rows = Studio.objects.filter(
        Q(recognition__determination=None) | Q(recognition__determination__published_on__isnull=False),
        recognition__round__state__in=("published", "archived"),
    )
    return rows.select_related("recognition__round", "recognition__nomination", "host", "city", "county")


@dataclass(frozen=True)
class Year:
    """What a studio's confirmed activities of one year came to."""

    year: int
    activities: int
    attendances: int
    people: int


@dataclass(frozen=True)
class Page:
    """A studio as the public sees it."""

    name: str
    plaque: str
    talent: str
    host: str
    area: str
    field: str
    starts_on: date | None
    ends_on: date | None
    state: tuple[Sentence, str, str]
    recognition: Any
    years: list[Year]


def page_of(studio: Studio) -> Page:
    """Built value by value, so that nothing of the studio's row comes along; one statement for its years."""
    recognition = studio.recognition
    area = studio.city or studio.county
    return Page(
        name=studio.name,
        plaque=studio.plaque_number or "",
        talent=recognition.name_key,
        host=studio.host.name,
        area=area.area if area else "",
        field=_field(recognition.nomination),
        starts_on=recognition.recognised_on,
        ends_on=studio.ends_on or recognition.expires_on,
        state=STATES[studio.state],
        recognition=recognition,
        years=_years(studio),
    )


def _field(nomination: Any) -> str:
    return str(nomination.get_field_display()) if nomination is not None and nomination.field else ""


def _years(studio: Studio) -> list[Year]:
    rows = Activity.objects.filter(studio=studio, state__in=Activity.COUNTED).order_by()
    sums = rows.values_list("held_on__year").annotate(
        n=Count("pk"), times=Sum("attendances", default=0), people=Sum("people", default=0)
    )
    return sorted((Year(*row) for row in sums), key=lambda year: -year.year)


def addresses() -> Iterator[tuple[str, str]]:
    """The public pages of studios, for the map of the site."""
    yield reverse("studio_public_list"), ""
    for pk, day in public_studios().order_by("pk").values_list("pk", "active_from"):
        yield reverse("studio_public", args=[pk]), day.isoformat() if day else ""

"""The sample of a quarter, and what looks odd in it. Every list is one or two statements, whatever the size."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from studios.models import (
    Activity,
    ActivityPerson,
    ActivityPhoto,
    ActivitySample,
    ProgressReport,
    SampledActivity,
)
from studios.queries.activity import activities_visible_to
from studios.queries.studio import of_reader
from studios.rules import activity as rules
from workflow.rules.calendar import ONE_DAY

SHOWN = 50  # of each kind
HANDED_IN = ("submitted", "cosigned", "verified", "questioned")


def population(quarter: str) -> list[int]:
    """The activities of a quarter from which its sample is drawn: every one that a station has confirmed."""
    first, last = rules.days_of(quarter)
    rows = Activity.objects.filter(held_on__range=(first, last), cosigned_at__isnull=False)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def samples() -> QuerySet[ActivitySample]:
    """The quarters that were drawn, newest first."""
    return ActivitySample.objects.annotate(
        size=Count("items"), called=Count("items", filter=~Q(items__result=""))
    )


def sampled_visible_to(user: Any) -> QuerySet[SampledActivity]:
    """The sampled activities of the studios this reader may see."""
    rows = SampledActivity.objects.filter(of_reader(user, "activity__studio__"))
    return rows.select_related(
        "activity__studio__city", "activity__studio__recognition", "sample", "called_by"
    )


def to_call(user: Any) -> QuerySet[SampledActivity]:
    """Those of them that nobody has called about."""
    return sampled_visible_to(user).filter(result="")


# What looks odd ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Odd:
    """Why a studio's records of a quarter should be looked at."""

    kind: str
    studio_id: int
    studio: str
    activities: Sequence[Any]  # (pk, title, held_on), where single ones are meant
    number: int = 0
    day: date | None = None
    deadline: date | None = None


def odd(user: Any, quarter: str) -> list[Odd]:
    """Everything odd in a quarter that this reader may see: six statements."""
    first, last = rules.days_of(quarter)
    rows = activities_visible_to(user).filter(held_on__range=(first, last), state__in=HANDED_IN)
    rows = rows.select_related(None).select_related("studio").order_by("-held_on", "-pk")
    return [
        *_photos(rows),
        *_two_places(rows),
        *_over_capacity(rows),
        *_round(rows),
        *_bulk(user, first, last),
    ]


def _single(kind: str, row: Activity, number: int = 0) -> Odd:
    return Odd(kind, row.studio_id, row.studio.name, [row], number)


def _photos(rows: QuerySet[Activity]) -> list[Odd]:
    """Activities with a photo that stands in another record too, of whatever studio and time."""
    again = ActivityPhoto.objects.filter(source_sha256=OuterRef("source_sha256")).exclude(
        activity=OuterRef("activity")
    )
    reused = ActivityPhoto.objects.filter(Exists(again), activity=OuterRef("pk"))
    return [_single("photo", row) for row in rows.filter(Exists(reused))[:SHOWN]]


def _two_places(rows: QuerySet[Activity]) -> list[Odd]:
    """Activities whose lead was elsewhere for the same studio at the same time."""
    other = ActivityPerson.objects.filter(
        part="lead", name=OuterRef("name"), activity__studio=OuterRef("activity__studio"),
        activity__held_on=OuterRef("activity__held_on"), activity__state__in=HANDED_IN,
        activity__starts_at__lt=OuterRef("activity__ends_at"), activity__ends_at__gt=OuterRef("activity__starts_at"),
    ).exclude(activity=OuterRef("activity")).exclude(activity__place=OuterRef("activity__place"))  # fmt: skip
    doubled = ActivityPerson.objects.filter(Exists(other), part="lead", activity=OuterRef("pk"))
    return [_single("two_places", row) for row in rows.filter(Exists(doubled))[:SHOWN]]


def _over_capacity(rows: QuerySet[Activity]) -> list[Odd]:
    found = rows.filter(venue_capacity__isnull=False, attendances__gt=F("venue_capacity"))
    return [_single("capacity", row, row.attendances) for row in found[:SHOWN]]


def _round(rows: QuerySet[Activity]) -> list[Odd]:
    """Studios whose every figure ends in a nought."""
    plain = rows.select_related(None).order_by().annotate(last=F("attendances") % 10)
    sums = plain.values("studio", "studio__name").annotate(
        n=Count("pk"), rounded=Count("pk", filter=Q(last=0))
    )
    return [
        Odd("round", r["studio"], r["studio__name"], [], r["n"])
        for r in sums.order_by("studio")
        if rules.always_round(r["n"], r["rounded"])
    ]


def _bulk(user: Any, first: date, last: date) -> list[Odd]:
    """Studios that handed in many records on one day just before a report was due."""
    rows = (
        activities_visible_to(user).filter(submitted_on__range=(first, last)).select_related(None).order_by()
    )
    sums = list(
        rows.values("studio", "studio__name", "submitted_on")
        .annotate(n=Count("pk"))
        .filter(n__gte=rules.BULK_LEAST)
        .order_by("studio", "submitted_on")
    )
    due: dict[int, list[date]] = defaultdict(list)
    near = (first, last + rules.BULK_DAYS * ONE_DAY)
    reports = ProgressReport.objects.filter(studio__in={r["studio"] for r in sums}, due_on__range=near)
    for studio, day in reports.values_list("studio", "due_on"):
        due[studio].append(day)
    found = []
    for r in sums:
        sent: Any = r["submitted_on"]  # not null: the range above
        deadline = rules.just_before(sent, due[r["studio"]])
        if deadline:
            found.append(Odd("bulk", r["studio"], r["studio__name"], [], r["n"], sent, deadline))
    return found

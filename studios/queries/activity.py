"""Activities as a reader may see them, what of them counts for the year, and whose links hold."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet, Sum

from accounts.models import User
from accounts.queries.people import people_with
from accounts.roles import Role
from studios.models import (
    Activity,
    ActivityPerson,
    ActivityPhoto,
    CosignLink,
    HoursCertificate,
    ServiceGroup,
    Studio,
    StudioTask,
)
from studios.queries.programme import rules_by_studio
from studios.queries.studio import of_reader
from studios.rules import activity as rules
from studios.rules.programme import default
from workflow import clock

COUNTED = Q(state__in=Activity.COUNTED)


def activities_visible_to(user: Any) -> QuerySet[Activity]:
    """The activities of the studios this reader may see; drafts are seen by those who write them."""
    rows = Activity.objects.filter(of_reader(user, "studio__"))
    if not _writes(user):
        rows = rows.exclude(state=Activity.State.DRAFTED)
    return rows.select_related("studio__recognition", "studio__lead", "studio__host", "studio__city", "group")


def _writes(user: Any) -> bool:
    return bool(user.holds(Role.STUDIO_LEAD) or user.holds(Role.STUDIO_MEMBER))


def photos_visible_to(user: Any) -> QuerySet[ActivityPhoto]:
    """The photos of the activities this reader may see."""
    return ActivityPhoto.objects.filter(activity__in=activities_visible_to(user).order_by().values("pk"))


def groups_of(studio: Studio) -> QuerySet[ServiceGroup]:
    """The groups of a studio with what its sessions came to: `held`, `present`."""
    held = ~Q(sessions__state=Activity.State.DRAFTED) & Q(sessions__isnull=False)
    return studio.groups.annotate(
        held=Count("sessions", filter=held), present=Sum("sessions__attendances", filter=held, default=0)
    )


def owners_of(activity: Activity) -> QuerySet[User]:
    """Those who may write its record."""
    leads = people_with(Role.STUDIO_LEAD).filter(led_studios=activity.studio_id)
    members = people_with(Role.STUDIO_MEMBER, organisation=activity.studio.host_id)
    return User.objects.filter(
        Q(pk__in=leads.order_by().values("pk")) | Q(pk__in=members.order_by().values("pk"))
    )


def own(user: Any) -> QuerySet[Activity]:
    """The records this person writes, of running studios."""
    return activities_visible_to(user).filter(studio__state__in=Studio.RUNNING)


# The station's link --------------------------------------------------------------------------------------------------


def digest_of(token: str) -> str:
    """What of a token is kept."""
    return hashlib.sha256(b"cosign\0" + token.encode("utf-8", "replace")).hexdigest()


def link_of(token: str) -> CosignLink | None:
    """The link of this token, used, expired, revoked or not."""
    rows = CosignLink.objects.select_related("activity__studio__host")
    return rows.filter(digest=digest_of(token)).first()


def holds(link: CosignLink) -> bool:
    """Whether a link may still be used."""
    return link.used_at is None and link.revoked_at is None and link.expires_at > clock.now()


def open_links(activity: Activity) -> QuerySet[CosignLink]:
    """The links of an activity that may still be used."""
    return activity.links.filter(used_at=None, revoked_at=None, expires_at__gt=clock.now())


# The year ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Year:
    """What a studio's confirmed activities of a time came to. 人次 and 人数 are never added together."""

    activities: int
    attendances: int
    people: int
    volunteer_hours: Decimal
    by_kind: dict[str, int]


def year_of(studio: Studio, year: int) -> Year:
    """One studio's confirmed activities of a year, in two statements."""
    rows = Activity.objects.filter(COUNTED, studio=studio, held_on__year=year).order_by()
    sums = rows.aggregate(
        n=Count("pk"),
        t=Sum("attendances", default=0),
        p=Sum("people", default=0),
        h=Sum("volunteer_hours", default=0),
    )
    kinds = dict(rows.values_list("kind").annotate(n=Count("pk")))
    return Year(sums["n"], sums["t"], sums["p"], Decimal(sums["h"]), kinds)


def reached(studios: Iterable[int], year: int) -> dict[int, dict[str, Decimal]]:
    """What each studio reached of the annual tasks, from its confirmed activities; three statements for any number."""
    ids = list(studios)
    found: dict[int, dict[str, Decimal]] = {pk: {} for pk in ids}
    rows = Activity.objects.filter(COUNTED, studio__in=ids, held_on__year=year).order_by()
    for row in rows.values("studio").annotate(
        training=Count("pk", filter=Q(kind="training")),
        community=Count("pk", filter=Q(kind="community")),
        cases=Count("case_code", filter=Q(kind="case") & ~Q(case_code=""), distinct=True),
        stations=Count("station_name", distinct=True),
        asked=Sum("satisfaction_count", default=0),
        content=Sum("satisfied_count", default=0),
    ):
        satisfied = rules.percent(row["content"], row["asked"]) or Decimal(0)
        found[row["studio"]] = {
            **{code: Decimal(row[code]) for code in ("training", "community", "cases", "stations")},
            "satisfaction": satisfied,
        }
    for code, studio, number in (*_mentees(rows), *_groups(rows)):
        found[studio][code] = Decimal(number)
    return found


def _mentees(rows: QuerySet[Activity]) -> list[tuple[str, int, int]]:
    """Mentees with the hours of supervision that the year asks for, each by name within the studio."""
    hours = ActivityPerson.objects.filter(
        part="mentee", activity__kind="supervision", activity__in=rows.values("pk")
    )
    sums = hours.order_by().values("activity__studio", "name").annotate(n=Sum("hours"))
    return _counted("mentees", [r["activity__studio"] for r in sums if r["n"] >= rules.MENTEE_HOURS])


def _groups(rows: QuerySet[Activity]) -> list[tuple[str, int, int]]:
    """Groups with enough sessions."""
    sums = rows.filter(group__isnull=False).values("studio", "group").annotate(n=Count("pk"))
    return _counted("groups", [r["studio"] for r in sums if r["n"] >= rules.GROUP_SESSIONS])


def _counted(code: str, studios: list[int]) -> list[tuple[str, int, int]]:
    numbers: dict[int, int] = defaultdict(int)
    for studio in studios:
        numbers[studio] += 1
    return [(code, studio, n) for studio, n in numbers.items()]


def tasks_of(studios: Iterable[int], year: int) -> dict[int, list[rules.Task]]:
    """The annual tasks of each studio: those of its approved plan, else those of its rules. Six statements for any number."""
    ids = list(studios)
    asked = targets_of(ids, year)
    return {
        pk: [replace(task, reached=numbers.get(task.code, Decimal(0))) for task in asked[pk]]
        for pk, numbers in reached(ids, year).items()
    }


def targets_of(studios: Iterable[int], year: int) -> dict[int, list[rules.Task]]:
    """What each studio is to do in a year, nothing reached yet."""
    ids = list(studios)
    found: dict[int, list[rules.Task]] = {pk: [] for pk in ids}
    for row in StudioTask.objects.filter(studio__in=ids, year=year).order_by("pk"):
        found[row.studio_id].append(
            rules.Task(row.code, row.target, Decimal(0), row.name, english(row.code), row.unit)
        )
    bare = [pk for pk, tasks in found.items() if not tasks]
    for pk, programme in (rules_by_studio(bare) if bare else {}).items():
        found[pk] = [
            rules.Task(task.code, task.target, Decimal(0), task.name, task.name_en, task.unit)
            for task in programme.tasks
        ]
    return found


def english(code: str) -> str:
    """The English name of a task of the house; empty for one that a studio named itself."""
    return next((task.name_en for task in default().tasks if task.code == code), "")


# Volunteers ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Volunteered:
    """One volunteer's confirmed hours for a studio."""

    name: str
    times: int
    hours: Decimal
    starts_on: Any
    ends_on: Any


def volunteers_of(studio: Studio) -> list[Volunteered]:
    """Who gave hours to a studio by name, confirmed ones only, by name."""
    rows = ActivityPerson.objects.filter(
        part="volunteer", activity__studio=studio, activity__state__in=Activity.COUNTED
    )
    sums = (
        rows.order_by("name")
        .values("name")
        .annotate(
            times=Count("pk"), sum=Sum("hours"), first=Min("activity__held_on"), last=Max("activity__held_on")
        )
    )
    return [Volunteered(r["name"], r["times"], r["sum"], r["first"], r["last"]) for r in sums]


def shifts_of(studio: Studio) -> QuerySet[ActivityPerson]:
    """Every confirmed shift of a volunteer, for a time bank."""
    rows = ActivityPerson.objects.filter(
        part="volunteer", activity__studio=studio, activity__state__in=Activity.COUNTED
    )
    return rows.select_related("activity").order_by("activity__held_on", "pk")


def certificate_of(number: str) -> HoursCertificate | None:
    """The certificate of this number."""
    return HoursCertificate.objects.select_related("studio").filter(number=number).first()

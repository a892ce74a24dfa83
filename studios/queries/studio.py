"""Studios as a reader may see them, with their lights and their money."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Exists, F, Min, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from accounts.queries.people import people_with
from accounts.roles import PROVINCIAL, Role
from selection.models import Objection, Recognition
from studios.models import Instalment, ProgressReport, Studio, StudioPlan
from studios.models.gate import confirmed
from studios.rules.reports import Light, last_due_days
from workflow import calendar, clock
from workflow.errors import Sentence
from workflow.rules.calendar import CalendarMissing

NOT_DUE = "not_due"
UNKNOWN = "unknown"  # the days cannot be counted: a year's calendar is not loaded
LIGHTS: dict[str, tuple[Sentence, str, str]] = {  # light -> word, tone, icon
    NOT_DUE: (_("未到期"), "line", "circle-dashed"),
    "on_time": (_("按期"), "ok", "circle-check"),
    "yellow": (_("黄灯"), "warn", "alert-triangle"),
    "orange": (_("橙灯"), "orange", "alert-octagon"),
    "red": (_("红灯"), "red", "hand-stop"),
    UNKNOWN: (_("日历未导入"), "line", "calendar-off"),
}


def of_reader(user: Any, to_studio: str = "") -> Q:
    """Which studios a reader may see: the province all, an office its area's, a host and a lead theirs.

    `to_studio` leads from the rows asked about to their studio: "studio__" for reports and instalments.
    """
    if any(user.holds(role) for role in PROVINCIAL):
        return Q()
    own, office = to_studio, user.organisation_id
    allowed = Q(pk__in=())
    if user.holds(Role.STUDIO_LEAD):
        allowed |= Q(**{f"{own}lead_id": user.pk})
    if office is not None and (user.holds(Role.STUDIO_MEMBER) or user.holds(Role.UNIT_CLERK)):
        allowed |= Q(**{f"{own}host_id": office})
    if office is not None and user.holds(Role.BUREAU_OFFICER):
        allowed |= Q(**{f"{own}city_id": office}) | Q(**{f"{own}county_id": office})
        allowed |= Q(**{f"{own}county__parent_id": office})
    return allowed


def studios_visible_to(user: Any) -> QuerySet[Studio]:
    """The studios this reader may see, each with what a list shows."""
    rows = Studio.objects.filter(of_reader(user))
    return rows.select_related("recognition__round", "host", "city", "county", "lead", "agreement")


def due_recognitions() -> QuerySet[Recognition]:
    """Recognitions of published rounds that stand and have no studio yet; historical lists get none."""
    today = clock.today()
    return Recognition.objects.filter(
        Q(revoked_on=None) | Q(revoked_on__gt=today),
        Q(determination=None) | Q(determination__published_on__isnull=False),
        nomination__state="recognised",
        round__state__in=("published", "archived"),
        studio=None,
    )


def possible_leads() -> QuerySet[User]:
    """The accounts that can lead a studio."""
    return people_with(Role.STUDIO_LEAD).select_related("organisation").order_by("name")


def wanting(studios: QuerySet[Studio], what: str) -> QuerySet[Studio]:
    """The living ones that lack a lead, an approved plan, or an agreement (`record`: one that may be recorded now)."""
    rows = studios.filter(state__in=Studio.LIVING)
    approved = StudioPlan.objects.filter(studio=OuterRef("pk"), state=StudioPlan.State.APPROVED)
    begun = StudioPlan.objects.filter(studio=OuterRef("pk"))
    if what == "plan":
        return rows.filter(Exists(begun), ~Exists(approved))
    if what == "record":
        return rows.filter(Exists(approved) | ~Exists(begun), state=Studio.State.PREPARING)
    return rows.filter(**{what: None})


# Lights --------------------


@dataclass(frozen=True)
class Lights:
    """The lights of one day; `last_due` is None where the day's year has no calendar."""

    today: date
    last_due: Mapping[Light, date] | None

    def of(self, due: date | None) -> str:
        """The light of what was due on that day and is still owed."""
        if due is None or due >= self.today:
            return "on_time"
        if self.last_due is None:
            return UNKNOWN
        return next((colour for colour, last in self.last_due.items() if due <= last), "on_time")

    def showing(self, light: str) -> Q:
        """The studios that show this light today (with `with_oldest_due`)."""
        if self.last_due is None or light not in self.last_due:
            return Q(pk__in=())
        found = Q(oldest_due__lte=self.last_due[light])  # type: ignore[index]
        worse = [last for last in self.last_due.values() if last < self.last_due[light]]  # type: ignore[index]
        return found & Q(oldest_due__gt=max(worse)) if worse else found

    def late(self) -> Q:
        """The studios that show any light but green (with `with_oldest_due`)."""
        return Q(oldest_due__lte=self.last_due["yellow"]) if self.last_due else Q(pk__in=())


def lights_today() -> Lights:
    """Today's lights."""
    today = clock.today()
    try:
        return Lights(today, last_due_days(today, calendar.current()))
    except CalendarMissing:
        return Lights(today, None)


def with_oldest_due(studios: QuerySet[Studio]) -> QuerySet[Studio]:
    """Each running studio's oldest report that is owed and late, as `oldest_due`."""
    owed = Q(
        reports__state__in=ProgressReport.OWED, reports__due_on__lt=clock.today(), state__in=Studio.RUNNING
    )
    return studios.annotate(oldest_due=Min("reports__due_on", filter=owed))


# Lists and one studio --------------------


def cities_of(studios: QuerySet[Studio]) -> QuerySet[Organisation]:
    """The cities that have one of these studios."""
    return Organisation.objects.filter(pk__in=studios.order_by().values("city")).order_by("code")


def worst_first(studios: QuerySet[Studio]) -> QuerySet[Studio]:
    """The longest overdue first, then as established."""
    return studios.order_by(F("oldest_due").asc(nulls_last=True), "pk")


def in_full(studios: QuerySet[Studio]) -> QuerySet[Studio]:
    """With everything that the page of one studio shows and its gates ask."""
    people = Instalment.objects.select_related("requested_by", "approved_by", "paid_by")
    instalments = people.prefetch_related("waivers__waived_by")
    return studios.select_related(
        "recognition__nomination__round",
        "recognition__determination",
        "agreement__recorded_by",
        "agreement__programme",
    ).prefetch_related(
        Prefetch("instalments", instalments), "recovery_orders", "reports", confirmed(), *objections()
    )


def objections(to_studio: str = "") -> list[Prefetch[Any, Any, Any]]:
    """The objections to the talent, for gates: their state alone, the rest stays with the handlers."""
    rows = Objection.objects.only("state", "nomination_id")
    return [Prefetch(f"{to_studio}recognition__nomination__objections", rows)]


@dataclass(frozen=True)
class Money:
    """What of an award was planned, paid and given up."""

    planned: Decimal
    paid: Decimal
    cancelled: Decimal

    @property
    def left(self) -> Decimal:
        """What may still be paid."""
        return self.planned - self.paid - self.cancelled


def money_of(studio: Studio) -> Money:
    """The money of one studio, from its instalments."""
    rows = list(studio.instalments.all())
    paid, cancelled = (
        sum((i.amount for i in rows if i.state == s), Decimal(0)) for s in ("paid", "cancelled")
    )
    return Money(sum((i.amount for i in rows), Decimal(0)), paid, cancelled)


# Who is concerned --------------------


def lead_of(studio: Studio) -> QuerySet[User]:
    """The talent, while the account is in use and holds the role."""
    return people_with(Role.STUDIO_LEAD).filter(led_studios=studio)


def hosts_of(studio: Studio) -> QuerySet[User]:
    """The clerks of the host unit."""
    return people_with(Role.UNIT_CLERK, organisation=studio.host_id)


def officers_of(studio: Studio) -> QuerySet[User]:
    """The officers of the city (of the county, where the studio has no city)."""
    office = studio.city_id or studio.county_id
    return people_with(Role.BUREAU_OFFICER, organisation=office) if office else User.objects.none()


def receivers_of(studio: Studio) -> QuerySet[User]:
    """Those to whom the money goes: the talent and the host unit's clerks, in one query."""
    return User.objects.filter(
        Q(pk__in=lead_of(studio).order_by().values("pk")) | Q(pk__in=hosts_of(studio).order_by().values("pk"))
    )


def concerned_with(studio: Studio) -> QuerySet[User]:
    """The talent, the host unit's clerks and the city's officers, in one query."""
    office = officers_of(studio).order_by().values("pk")
    return User.objects.filter(Q(pk__in=receivers_of(studio).order_by().values("pk")) | Q(pk__in=office))


def managers() -> QuerySet[User]:
    """The managers of the province's office."""
    return people_with(Role.MANAGER)

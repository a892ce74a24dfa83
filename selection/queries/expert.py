"""The pool: who sees it, how it is searched, and what stands about one expert."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.roles import Role
from selection.models import Assignment, Expert, ExpertAbsence, ExpertAlias
from selection.models.expert import ExpertLink, ExpertUnit
from selection.queries.integrity import barred
from selection.rules.eligibility import valid_id_number
from workflow import clock

READERS = frozenset({Role.MANAGER, Role.LEADER, Role.SUPERVISOR, Role.AUDIT_ADMIN})
CONFIRMED_FOR = timedelta(days=365)
SUGGESTED = 10
# What the expert is not shown: somebody else told the office, perhaps in confidence.
CONFIDENTIAL = (ExpertLink.Kind.DISPUTE, ExpertLink.Kind.MONEY)


def experts_visible_to(user: Any) -> QuerySet[Expert]:
    """The pool for the office; an expert sees the own row; who opens accounts sees whom one is missing."""
    rows = Expert.objects.select_related("unit", "city", "user")
    if user.roles & READERS:
        return rows
    wanted = Q(pk__in=())
    if user.holds(Role.EXPERT):
        wanted |= Q(user=user.pk)
    if user.holds(Role.SECURITY_ADMIN):
        wanted |= Q(user=None)
    return rows.filter(wanted)


def may_change(user: Any) -> bool:
    """Whether this person keeps the pool."""
    return bool(user.holds(Role.MANAGER))


def may_open_accounts(user: Any) -> bool:
    """Whether this person invites experts."""
    return bool(user.holds(Role.SECURITY_ADMIN))


def own_row(user: Any) -> Expert | None:
    """The expert that this account is."""
    return Expert.objects.select_related("unit", "city", "user").filter(user=user.pk).first()


# The list ------------------------------------------------------------------------------------------------------------

STANDINGS = (
    ("serving", _("可参加评审")),
    ("absent", _("暂不能参加")),
    ("closed", _("已停用")),
    ("term", _("不在聘期")),
    ("account", _("未开通账号")),
    ("barred", _("列入诚信名册")),
    ("unconfirmed", _("一年内未确认")),
)


@dataclass(frozen=True)
class Filter:
    """What the list is narrowed to, as its address says it."""

    q: str = ""
    category: str = ""
    field: str = ""
    city: str = ""
    standing: str = ""

    @classmethod
    def of(cls, given: Any) -> Filter:
        """From a query string; what is no choice narrows nothing."""
        known = {
            "category": set(Expert.Category.values),
            "field": {value for value, _label in Expert._meta.get_field("field").flatchoices},
            "standing": {value for value, _label in STANDINGS},
        }
        found = {name: given.get(name, "").strip()[:60] for name in cls.__dataclass_fields__}
        return cls(**{n: v for n, v in found.items() if n not in known or v in known[n]})


def listed(user: Any, wanted: Filter) -> QuerySet[Expert]:
    """The experts that this person sees under a filter, by code."""
    rows = experts_visible_to(user)
    for name in ("category", "field"):
        if value := getattr(wanted, name):
            rows = rows.filter(**{name: value})
    if wanted.city:
        rows = rows.filter(city__code=wanted.city)
    if wanted.standing:
        rows = standing(rows, wanted.standing, clock.today())
    return searched(rows, wanted.q)


def searched(rows: QuerySet[Expert], words: str) -> QuerySet[Expert]:
    """By name, code, unit or region, each word somewhere; a whole identity number finds its person."""
    if valid_id_number(words.upper()):
        key = Expert.hash_of(words)
        return rows.filter(
            Q(id_hash=key) | Q(pk__in=ExpertAlias.objects.filter(id_hash=key).values("expert"))
        )
    for word in words.split():
        rows = rows.filter(
            Q(name__icontains=word)
            | Q(code__icontains=word)
            | Q(unit__name__icontains=word)
            | Q(region__icontains=word)
        )
    return rows


def absent(day: date) -> Exists:
    """Whether the expert has said not to come on that day."""
    return Exists(ExpertAbsence.objects.filter(expert=OuterRef("pk"), starts_on__lte=day, ends_on__gte=day))


def in_term(day: date) -> Q:
    """Within the days for which the expert was taken into the pool."""
    begun = Q(enabled_from=None) | Q(enabled_from__lte=day)
    return begun & (Q(enabled_until=None) | Q(enabled_until__gte=day))


def able(rows: QuerySet[Expert], day: date) -> QuerySet[Expert]:
    """Who could come on that day: enabled, within the term, not absent, with an account that is open."""
    return rows.filter(in_term(day), ~absent(day), available=True, user__is_active=True)


def serving(rows: QuerySet[Expert], day: date) -> QuerySet[Expert]:
    """Who can be drawn on that day: able to come, and not barred by the integrity register."""
    return able(rows, day).exclude(barred(day))


def standing(rows: QuerySet[Expert], wanted: str, day: date) -> QuerySet[Expert]:
    """Those of one standing."""
    if wanted == "serving":
        return serving(rows, day)
    narrowed: dict[str, Any] = {
        "absent": absent(day),
        "closed": Q(available=False),
        "term": ~in_term(day),
        "account": Q(user=None) | Q(user__is_active=False),
        "barred": barred(day),
        "unconfirmed": unconfirmed(),
    }
    return rows.filter(narrowed[wanted])


def unconfirmed() -> Q:
    """Has not said within a year that all of it is true."""
    return Q(confirmed_at=None) | Q(confirmed_at__lt=clock.now() - CONFIRMED_FOR)


def standing_of(expert: Expert, day: date, away: bool) -> tuple[Any, str, str]:
    """The words, tone and icon of an expert's standing on that day; `barred_until` is known where rows were `listed`."""
    if until := getattr(expert, "barred_until", None):
        return _("列入诚信名册至%(day)s") % {"day": until.isoformat()}, "bad", "hand-stop"
    if not expert.available:
        return _("已停用"), "mut", "circle-minus"
    if expert.user is None or not expert.user.is_active:
        return _("未开通账号"), "warn", "user-minus"
    if not expert.serves_on(day):
        return _("不在聘期"), "mut", "calendar"
    if away:
        return _("暂不能参加"), "warn", "clock"
    return _("可参加评审"), "ok", "circle-check"


def cities() -> QuerySet[Organisation]:
    """The cities to choose from."""
    return Organisation.objects.filter(kind=Organisation.Kind.CITY).order_by("code")


# People and units ----------------------------------------------------------------------------------------------------


def holder_of(id_hash: str, *, besides: Expert | None = None) -> Expert | None:
    """The expert who is this person, under whichever number."""
    if not id_hash:
        return None
    aliases = ExpertAlias.objects.filter(id_hash=id_hash).values("expert")
    rows = Expert.objects.filter(Q(id_hash=id_hash) | Q(pk__in=aliases))
    return (rows.exclude(pk=besides.pk) if besides else rows).first()


def holders_of(hashes: set[str]) -> dict[str, str]:
    """Keys of persons to the code of the expert who is that person: two statements."""
    found = dict(Expert.objects.filter(id_hash__in=hashes - {""}).values_list("id_hash", "code"))
    aliases = ExpertAlias.objects.filter(id_hash__in=hashes).values_list("id_hash", "expert__code")
    return {**found, **dict(aliases)}


def last_number() -> int:
    """The highest number among the codes E001, E002 and so on."""
    codes = Expert.objects.filter(code__regex=r"^E[0-9]+$").values_list("code", flat=True)
    return max((int(code[1:]) for code in codes), default=0)


def units_named(texts: set[str]) -> dict[str, list[Organisation]]:
    """Units by code and by name, as people write them."""
    found: dict[str, list[Organisation]] = {}
    for unit in Organisation.objects.filter(Q(code__in=texts) | Q(name__in=texts)).order_by("pk"):
        for text in {unit.code, unit.name} & texts:
            found.setdefault(text, []).append(unit)
    return found


def known_lines(codes: set[str]) -> set[tuple[str, str, str]]:
    """What stands about these experts, as a file would say it: code, unit and first day; code, kind and person."""
    wanted = sorted(codes)
    found: set[tuple[str, str, str]] = set()
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        units = ExpertUnit.objects.filter(expert__code__in=part).values_list(
            "expert__code", "unit", "starts_on"
        )
        found |= {(code, str(unit), day.isoformat()) for code, unit, day in units}
        links = ExpertLink.objects.filter(expert__code__in=part, until=None)
        for code, kind, key, name in links.values_list("expert__code", "kind", "person_hash", "person_name"):
            found.add((code, kind, key or name))
    return found


# One expert ----------------------------------------------------------------------------------------------------------


def units_of(expert: Expert) -> QuerySet[ExpertUnit]:
    """Where the expert belongs and belonged, the present ones first."""
    return expert.units.select_related("unit").order_by(
        F("ends_on").desc(nulls_first=True), "-starts_on", "pk"
    )


def links_of(expert: Expert, *, own: bool = False) -> QuerySet[ExpertLink]:
    """Whom the expert is close to; `own` leaves out what others told the office in confidence."""
    rows = expert.links.select_related("unit").order_by("kind", "pk")
    return rows.exclude(source="office", kind__in=CONFIDENTIAL) if own else rows


def derived_duty(expert: Expert) -> list[dict[str, Any]]:
    """Past duty in the rounds held here: how many sheets were asked for, handed in, late, given up."""
    late = Q(sheet__submitted_at__date__gt=F("round__panels__scoring_due"))
    rows = Assignment.objects.filter(expert=expert).values("round", "round__title", "round__announced_at")
    found: Any = rows.annotate(
        asked=Count("pk"),
        submitted=Count("pk", filter=Q(sheet__state__in=("submitted", "locked"))),
        late=Count("pk", filter=late),
        recused=Count("pk", filter=Q(state="recused")),
    )
    return list(found.order_by("-round__announced_at", "-round"))


def duties_before(expert: Expert) -> QuerySet[Any]:
    """What the office recorded."""
    return expert.duty_records.select_related("round")

"""Rounds: who sees them, how far they are, what their rulebook says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from accounts.queries.people import people_with
from accounts.roles import PROVINCIAL, Role
from selection.models import Nomination, Quota, Round
from workflow import calendar, clock
from workflow.errors import Sentence
from workflow.rules.calendar import CalendarMissing, working_days_between
from workflow.wording import days, working_days

TAKES_PART = frozenset({Role.UNIT_CLERK, Role.BUREAU_OFFICER, Role.EXPERT})
CONCLUDED_WELL = (
    "qualified", "in_review", "scored", "proposed", "not_selected", "on_notice", "cleared", "removed", "recognised",
    "revoked",
)  # fmt: skip


def rounds_visible_to(user: Any) -> QuerySet[Round]:
    """The province sees every round, whoever takes part those that were announced."""
    rows = Round.objects.prefetch_related("rulebook_versions")
    if user.roles & PROVINCIAL:
        return rows
    if user.roles & TAKES_PART:
        return rows.exclude(state=Round.State.DRAFT)
    return rows.none()


def rounds_overseen_by(user: Any) -> QuerySet[Round]:
    """The rounds whose progress this person follows: the province's roles only."""
    rows = rounds_visible_to(user)
    return rows if user.roles & PROVINCIAL else rows.none()


def rounds_with_counts(user: Any) -> QuerySet[Round]:
    """Visible rounds, each with how many dossiers and recognitions it has."""
    dossiers = Nomination.objects.filter(round=OuterRef("pk"), nominated_at__isnull=False)
    return (
        rounds_overseen_by(user)
        .annotate(
            nominated=Coalesce(Subquery(_count(dossiers)), 0),
            recognised=Count("recognitions", distinct=True),
        )
        .order_by("-pk")
    )


def _count(rows: QuerySet[Any]) -> QuerySet[Any]:
    counted: QuerySet[Any] = rows.order_by().values("round").annotate(n=Count("pk")).values("n")
    return counted[:1]


def open_rounds() -> QuerySet[Round]:
    """Rounds that take dossiers, by their state."""
    return Round.objects.filter(state=Round.State.OPEN).prefetch_related("rulebook_versions")


def rounds_past_closing() -> QuerySet[Round]:
    """Open rounds whose closing time has come."""
    return Round.objects.filter(state=Round.State.OPEN, closes_at__lte=clock.now())


def cities() -> QuerySet[Organisation]:
    """The cities, by code."""
    return Organisation.objects.filter(kind=Organisation.Kind.CITY).order_by("code")


def nominators() -> QuerySet[Organisation]:
    """Who may be given places: the cities, then the direct nominators, the federations last."""
    kinds = (Organisation.Kind.CITY, Organisation.Kind.DIRECT, Organisation.Kind.FEDERATION)
    return Organisation.objects.filter(kind__in=kinds).order_by("kind", "code")


def people_concerned(round_: Round) -> QuerySet[User]:
    """Officers and unit clerks of the nominators with places, and of what stands under them."""
    ours = round_.quotas.values("nominator")
    near = (
        Q(organisation__in=ours)
        | Q(organisation__parent__in=ours)
        | Q(organisation__parent__parent__in=ours)
    )  # fmt: skip
    officers, clerks = people_with(Role.BUREAU_OFFICER), people_with(Role.UNIT_CLERK)
    return User.objects.filter(near, Q(pk__in=officers.values("pk")) | Q(pk__in=clerks.values("pk")))


# Quotas --------------------------------------------------------------------------------------------------------------


def quotas_with_use(rows: QuerySet[Quota]) -> QuerySet[Quota]:
    """Quotas, each with the places in use, those given back before the closing, and those left: counted from the rows."""
    ever = Nomination.objects.filter(
        round=OuterRef("round"),
        nominator=OuterRef("nominator"),
        category=OuterRef("category"),
        nominated_at__isnull=False,
    )
    return rows.select_related("nominator", "round").annotate(
        used=_number(ever.filter(place_freed=False)),
        returned=_number(ever.filter(place_freed=True)),
        left=F("places") - F("used"),
    )


def _number(rows: QuerySet[Nomination]) -> Coalesce:
    counted = rows.order_by().values("nominator").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def quotas_of_officer(user: Any) -> QuerySet[Quota]:
    """The places of the officer's own office in open rounds."""
    if not user.holds(Role.BUREAU_OFFICER) or user.organisation_id is None:
        return quotas_with_use(Quota.objects.none())
    return quotas_with_use(
        Quota.objects.filter(nominator=user.organisation_id, round__state=Round.State.OPEN)
    )


@dataclass(frozen=True)
class Tile:
    """One nominator's use of its places; `shade` is how full."""

    name: str
    used: int
    places: int
    nominator_id: int = 0
    shade: str = ""


# Where the cities of the province stand on the tile map, row by row; the direct nominators have the corner.
TILE_ROWS = (
    ("330500", "330400", "", "direct"),
    ("330100", "330600", "330200", "330900"),
    ("330800", "330700", "331000", ""),
    ("", "331100", "330300", ""),
)


def quota_rows(round_: Round) -> list[Quota]:
    """The round's quotas with their use, in the nominators' order."""
    return list(quotas_with_use(round_.quotas.all()))


def tiles(quotas: Iterable[Quota]) -> list[Tile | None]:
    """The tile map: None is an empty place. Unknown codes stand one after another."""
    rows = _by_nominator(quotas)
    cities = {row.nominator.code: _tile(row) for row in rows if row.nominator.kind == Organisation.Kind.CITY}
    direct = [row for row in rows if row.nominator.kind != Organisation.Kind.CITY]
    placed = {code for line in TILE_ROWS for code in line if code}
    if not set(cities) & placed:
        return [*cities.values(), *([_together(direct)] if direct else [])]
    found: dict[str, Tile] = {**cities, **({"direct": _together(direct)} if direct else {})}
    strangers = [tile for code, tile in cities.items() if code not in placed]
    return [found.get(code) for line in TILE_ROWS for code in line] + strangers


@dataclass
class _Sum:
    """A nominator's places and their use, over all its categories."""

    nominator: Organisation
    used: int = 0
    places: int = 0


def _by_nominator(quotas: Iterable[Any]) -> list[_Sum]:
    found: dict[int, _Sum] = {}
    for row in quotas:
        one = found.setdefault(row.nominator_id, _Sum(row.nominator))
        one.used, one.places = one.used + row.used, one.places + row.places
    return list(found.values())


def _tile(row: _Sum) -> Tile:
    name = row.nominator.area.removesuffix("市") or row.nominator.name
    return Tile(name, row.used, row.places, row.nominator.pk, _shade(row.used, row.places))


def _together(rows: Iterable[Any]) -> Tile:
    rows = list(rows)
    return Tile(gettext("省直"), sum(r.used for r in rows), sum(r.places for r in rows), 0, "apart")


def _shade(used: int, places: int) -> str:
    share = used / places if places else 0
    return "q5" if share >= 1 else "q4" if share >= 0.75 else "q2" if share >= 0.5 else "q1"


# Progress ------------------------------------------------------------------------------------------------------------


def figures(round_: Round) -> dict[str, int]:
    """How many dossiers have come how far. No score and no rank is among them."""
    return round_.nominations.aggregate(
        filed=Count("pk"),
        submitted=Count("pk", filter=Q(submitted_at__isnull=False)),
        nominated=Count("pk", filter=Q(nominated_at__isnull=False)),
        qualified=Count("pk", filter=Q(state__in=CONCLUDED_WELL)),
        disqualified=Count("pk", filter=Q(state="disqualified")),
        correcting=Count("pk", filter=Q(state="correction")),
        withdrawn=Count("pk", filter=Q(state="withdrawn")),
        panel=Count("pk", filter=Q(state__in=("in_review", "scored"))),
        recognised=Count("pk", filter=Q(state__in=("recognised", "revoked"))),
    )


@dataclass(frozen=True)
class Bar:
    """One line of the funnel: `width` in percent of the first."""

    label: Sentence
    value: int
    width: str
    note: str = ""
    soft: bool = False


def funnel(found: Mapping[str, int], ceiling: int) -> list[Bar]:
    """From the dossier begun to the recognition, each stage beside the one before."""
    stages = (
        (_("填报"), "filed"), (_("提交"), "submitted"), (_("已推荐到省"), "nominated"), (_("初审合格"), "qualified"),
        (_("已认定"), "recognised"),
    )  # fmt: skip
    whole = max(found["filed"], ceiling, 1)
    bars, before = [], 0
    for label, key in stages:
        note = gettext("转化%(share)s%%") % {"share": round(found[key] * 100 / before)} if before else ""
        bars.append(Bar(label, found[key], f"{found[key] * 100 / whole:.1f}%", note))
        before = found[key]
    bars.append(
        Bar(_("认定上限"), ceiling, f"{ceiling * 100 / whole:.1f}%", gettext("可以不足额"), soft=True)
    )
    return bars


_ORDER = ("open", "screening", "review", "notice", "determination", "published")
_STANDS = {"draft": -1, "deliberation": 2, "archived": 6, "published": 6, "cancelled": -1}


def stages(round_: Round, found: Mapping[str, int]) -> list[dict[str, Any]]:
    """The six steps of the round with their dates, as the stepper shows them."""
    position = _STANDS.get(round_.state, _ORDER.index(round_.state) if round_.state in _ORDER else -1)
    notes = _stage_notes(round_, found)
    return [
        {"label": label, "note": note, "note2": note2, "state": _stage_state(i, position)}
        for i, (label, note, note2) in enumerate(notes)
    ]


def _stage_state(index: int, position: int) -> str:
    return "done" if index < position else "now" if index == position else ""


def _stage_notes(round_: Round, found: Mapping[str, int]) -> list[tuple[Sentence, str, str]]:
    rules = None if round_.rulebook_faults else round_.rulebook
    notice = round_.notices.filter(posted_at__isnull=False).order_by("posted_at").first()
    decided = round_.determinations.filter(confirmed_at__isnull=False).first()
    return [
        (
            _("申报"),
            span(rules.opens_at, rules.closes_at) if rules else "",
            _people(found["nominated"], _("已推荐")),
        ),
        (_("初审"), "", _people(found["qualified"], _("合格"))),
        (
            _("评审"),
            working_days(rules.scoring_days) if rules else "",
            _people(found["panel"], _("在评审")),
        ),
        (_("公示"), span(notice.posted_at, notice.last_day) if notice else _notice_length(rules), ""),
        (
            _("认定"),
            _short(decided.confirmed_at) if decided else "",
            _people(found["recognised"], _("已认定")),
        ),
        (_("公布"), _short(round_.published_on), ""),
    ]


def _notice_length(rules: Any) -> str:
    if rules is None:
        return ""
    written = working_days if rules.notice_mode == "working_days" else days
    return written(rules.notice_days)


def _people(n: int, word: Sentence) -> str:
    return gettext("%(n)s名%(word)s") % {"n": n, "word": word} if n else ""


def _short(moment: date | None) -> str:
    if moment is None:
        return ""
    local = moment.astimezone(clock.ZONE) if isinstance(moment, datetime) else moment
    return gettext("%(month)s月%(day)s日") % {"month": local.month, "day": local.day}


def span(start: date | None, end: date | None) -> str:
    """From a day to a day, as the stepper writes it."""
    return " – ".join(part for part in (_short(start), _short(end)) if part)


def present_rounds(user: Any) -> QuerySet[Round]:
    """The rounds under way that this person may see, the newest first."""
    over = (Round.State.PUBLISHED, Round.State.ARCHIVED, Round.State.CANCELLED)
    return rounds_visible_to(user).filter(historical=False).exclude(state__in=over).order_by("-pk")


def working_days_left(until: datetime | date | None) -> int | None:
    """Working days from today to the day of `until`, or None where they cannot be counted or it is past."""
    if until is None:
        return None
    day = until.astimezone(clock.ZONE).date() if isinstance(until, datetime) else until
    try:
        left = working_days_between(clock.today(), day, calendar.current())
    except CalendarMissing:
        return None
    return left if left >= 0 else None

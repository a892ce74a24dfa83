"""The nomination list as a page: which rows in which order, which columns, which views, what to choose from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.roles import PROVINCIAL, Role
from selection.models import ListColumns, Nomination, Objection, QualificationReview, Round, SavedView
from selection.queries.deadlines import Dues, due_expression, dues, recheck_due
from selection.queries.nomination import Filter, counts_by_state, flags_for, narrowed
from selection.queries.qualification import READERS, REVIEWERS_NEEDED
from selection.queries.round import rounds_visible_to
from workflow.errors import Sentence

SIZES = (25, 50, 100)
MOST_VIEWS = 20


@dataclass(frozen=True)
class Column:
    """A column that may be shown: `sort` names the order it offers."""

    name: str
    label: Sentence
    sort: str = ""
    numeric: bool = False
    roles: frozenset[str] = frozenset()  # empty: everybody


COLUMNS = (
    Column("code", _("编号"), "code"),
    Column("name", _("姓名与单位"), "name"),
    Column("nominator", _("推荐单位"), "nominator"),
    Column("county", _("县（市、区）"), "county"),
    Column("rank", _("排序"), "rank", numeric=True),
    Column("field", _("领域"), "field"),
    Column("category", _("推荐类别"), "category"),
    Column("state", _("状态"), "state"),
    Column("screening", _("初审结论"), roles=READERS),
    Column("due", _("期限"), "due", numeric=True),
    Column("route", _("推荐渠道")),
    Column("certificate", _("证书编号")),
    Column("submitted", _("提交时间"), "submitted", numeric=True),
    Column("nominated", _("推荐时间"), "nominated", numeric=True),
)
ALWAYS = ("name", "state")
DEFAULT = ("code", "name", "nominator", "rank", "field", "state", "due")

_STATE_ORDER = Case(*(When(state=value, then=Value(n)) for n, value in enumerate(Nomination.State.values)))
_ORDERS: dict[str, Any] = {
    "code": F("code"),
    "name": F("nominee__name_key"),
    "nominator": F("nominator__code"),
    "county": F("county__code"),
    "rank": F("rank_in_nominator"),
    "field": F("field"),
    "category": F("category"),
    "state": _STATE_ORDER,
    "submitted": F("submitted_at"),
    "nominated": F("nominated_at"),
}
SORTS = (*_ORDERS, "due")

# What a row of the list shows, and nothing else of a dossier is read
SHOWN = (
    "code", "round", "state", "title", "field", "category", "route", "rank_in_nominator", "certificate_number", "submitted_at",
    "nominated_at", "correction_due", "due_on", "times_returned", "unit", "county", "nominator", "nominee",
    "nominee__name", "unit__name", "county__name", "county__area", "nominator__name", "nominator__area",
)  # fmt: skip


@dataclass(frozen=True)
class Shape:
    """How the list is laid out: its order, and how many rows a page has."""

    sort: str = ""
    per: int = SIZES[0]

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Shape:
        """From a query string; what makes no sense is left out."""
        sort, per = query.get("sort", ""), query.get("per", "")
        known = sort.removeprefix("-") in SORTS
        return cls(sort if known else "", int(per) if per in map(str, SIZES) else SIZES[0])

    def to_query(self) -> dict[str, str]:
        """The parameters of an address that ask for the same."""
        found = {"sort": self.sort, "per": "" if self.per == SIZES[0] else str(self.per)}
        return {name: value for name, value in found.items() if value}

    def next_of(self, sort: str) -> str:
        """What a click on a sortable head asks for: ascending first, then descending."""
        return f"-{sort}" if self.sort == sort else sort

    def aria(self, sort: str) -> str:
        """ascending, descending, or nothing."""
        if self.sort.removeprefix("-") != sort:
            return ""
        return "descending" if self.sort.startswith("-") else "ascending"


def canonical(query: Mapping[str, str]) -> str:
    """The part of an address that a saved view keeps: filter and layout, in one order, nothing else."""
    return urlencode({**Filter.of(query).to_query(), **Shape.of(query).to_query()})


class Listing:
    """One page of the list for one person. The number of statements does not grow with the rows."""

    def __init__(self, user: Any, query: Mapping[str, str]) -> None:
        self.user = user
        self.query = query
        self.wanted = Filter.of(query)
        self.shape = Shape.of(query)

    @cached_property
    def dues(self) -> Dues:
        """The deadlines of the rounds under way."""
        return dues()

    @cached_property
    def rounds(self) -> list[Round]:
        """The rounds to choose from, the newest first."""
        rows = rounds_visible_to(self.user).prefetch_related(None).exclude(state=Round.State.DRAFT)
        return list(rows.order_by("-pk"))

    @cached_property
    def categories(self) -> list[tuple[str, str]]:
        """The categories of the round asked for, or of the newest."""
        code = self.wanted.round
        round_ = next((row for row in self.rounds if not code or row.code == code), None)
        return round_.categories if round_ else []

    @cached_property
    def counts(self) -> list[dict[str, Any]]:
        """How many in each state under the present filter."""
        return counts_by_state(self.user, self.wanted, found=self.dues)

    @property
    def total(self) -> int:
        """How many under the present filter, whatever their state."""
        return sum(row["n"] for row in self.counts)

    @property
    def count(self) -> int:
        """How many rows the list has: known from the counts by state, so the database is not asked again."""
        return sum(row["n"] for row in self.counts if self.wanted.state in ("", row["state"]))

    @cached_property
    def page(self) -> Any:
        """The page asked for."""
        return Paginator(_Ids(self), self.shape.per).get_page(self.query.get("page"))

    def ids(self, start: int, end: int) -> list[int]:
        """The rows of a page by id, in order: the sorting reads no more than it must."""
        rows = narrowed(self.user, self.wanted, found=self.dues).select_related(None).prefetch_related(None)
        return list(rows.order_by(*self._order()).values_list("pk", flat=True)[start:end])

    def _order(self) -> list[Any]:
        name = self.shape.sort.removeprefix("-")
        if not name:
            return ["-round_id", "code"]
        key = due_expression(self.dues) if name == "due" else _ORDERS[name]
        descending = self.shape.sort.startswith("-")
        first = key.desc(nulls_last=True) if descending else key.asc(nulls_last=True)
        return [first, "-round_id", "code"]

    @cached_property
    def columns(self) -> list[Column]:
        """The columns that this person sees, in the order of the list."""
        return columns_of(self.user)

    @cached_property
    def rows(self) -> list[Any]:
        """The page's rows, with whether an admitted objection is open and what the screening has come to."""
        found = rows_of(list(self.page.object_list))
        rounds = {row.pk: row for row in self.rounds}
        for row in found:
            if row.round_id in rounds:
                row.round = rounds[row.round_id]
        shows_screening = any(column.name == "screening" for column in self.columns)
        conclusions = conclusions_by_dossier(row.pk for row in found) if shows_screening else {}
        for row in found:
            row.conclusions = conclusions.get(row.pk, [])
        return found


class _Ids(Sequence[int]):
    """The ids of a listing, fetched by slice."""

    def __init__(self, listing: Listing) -> None:
        self.listing = listing

    def __len__(self) -> int:
        return self.listing.count

    def __getitem__(self, index: Any) -> Any:
        return self.listing.ids(index.start or 0, index.stop)


def rows_of(ids: Sequence[int]) -> list[Any]:
    """These dossiers in this order, as the list shows them."""
    held = Objection.objects.filter(nomination=OuterRef("pk"), state="admitted")
    rows = (
        Nomination.objects.filter(pk__in=ids)
        .select_related("nominee", "unit", "county", "nominator")
        .only(*SHOWN)
        .annotate(held=Exists(held), recheck_due=recheck_due())
    )
    by_id = {row.pk: row for row in rows}
    return [by_id[pk] for pk in ids if pk in by_id]


def conclusions_by_dossier(ids: Iterable[int]) -> dict[int, list[str]]:
    """Both conclusions of a dossier in words; of one that has fewer, only that it waits."""
    reviews = QualificationReview.objects.filter(nomination__in=list(ids), set_aside_at=None).order_by("pk")
    found: dict[int, list[QualificationReview]] = {}
    for review in reviews.only("nomination", "state", "verdict"):
        found.setdefault(review.nomination_id, []).append(review)
    return {pk: _said(standing) for pk, standing in found.items()}


def _said(standing: list[QualificationReview]) -> list[str]:
    done = [review for review in standing if review.state == QualificationReview.State.CONCLUDED]
    return [str(review.get_verdict_display()) for review in done] if len(done) >= REVIEWERS_NEEDED else []


# What a person keeps -------------------------------------------------------------------------------------------------


def columns_for(user: Any) -> list[Column]:
    """The columns that this person may choose from."""
    return [column for column in COLUMNS if not column.roles or user.roles & column.roles]


def columns_of(user: Any) -> list[Column]:
    """The columns that this person has chosen, or the usual ones."""
    kept = ListColumns.objects.filter(user=user.pk).values_list("columns", flat=True).first()
    chosen = set(kept if kept is not None else _usual(user)) | set(ALWAYS)
    return [column for column in columns_for(user) if column.name in chosen]


def _usual(user: Any) -> tuple[str, ...]:
    return (*DEFAULT, "screening") if user.roles & READERS else DEFAULT


def views_of(user: Any) -> list[SavedView]:
    """The person's own views, the oldest first."""
    return list(SavedView.objects.filter(user=user.pk).order_by("pk"))


@dataclass(frozen=True)
class View:
    """A view as the list offers it."""

    label: Sentence
    query: str
    current: bool


def default_views(user: Any) -> list[tuple[Sentence, str]]:
    """What the list offers to everybody by role: label and query."""
    found: list[tuple[Sentence, str]] = [(_("全部"), "")]
    if user.roles & {Role.UNIT_CLERK, Role.BUREAU_OFFICER}:
        found.append((_("待我处理"), "desk=1"))
    found.append((_("已逾期"), "overdue=1"))
    if user.roles & PROVINCIAL:
        found += [(_("补正中"), "state=correction&sort=due"), (_("初审结论不一致"), "flag=differing")]
    return found


def views_for(user: Any, query: Mapping[str, str]) -> list[View]:
    """The usual views and the person's own, with the one that stands open."""
    present = canonical(query)
    named: list[tuple[str | Promise, str]] = [
        *default_views(user),
        *((view.name, view.query) for view in views_of(user)),
    ]
    return [View(label, view, view == present) for label, view in named]


def places(user: Any) -> dict[str, list[Organisation]]:
    """Cities, counties and nominators to choose from: all of them for the province, else those of the visible dossiers."""
    kinds = Organisation.Kind
    rows = Organisation.objects.filter(kind__in=(kinds.CITY, kinds.COUNTY, kinds.DIRECT, kinds.FEDERATION))
    if not user.roles & PROVINCIAL:
        rows = rows.filter(_near(user))
    found = list(rows.order_by("code").only("kind", "name", "area", "parent"))
    return {
        "cities": [row for row in found if row.kind == kinds.CITY],
        "counties": [row for row in found if row.kind == kinds.COUNTY],
        "nominators": [row for row in found if row.kind != kinds.COUNTY],
    }


def _near(user: Any) -> Q:
    """The person's own office, what stands under it, and for a unit the offices above it."""
    own = user.organisation_id
    return Q(pk=own) | Q(parent=own) | Q(children=own) | Q(children__children=own) if own else Q(pk__in=())


def choices_of(user: Any) -> dict[str, Any]:
    """What the filter offers."""
    return {**places(user), "flags": flags_for(user)}

"""An expert's own duties and sheets, side by side: what is due, what is filled in, how the marks lie."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Case, Count, Q, QuerySet, When
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from selection.models import Assignment, Round, ScoreSheet
from selection.queries.expert_view import Face, face_of
from selection.queries.panel import duties_of
from selection.queries.round import working_days_left
from selection.queries.rulebook import named
from selection.queries.scoring_due import STANDING, first_due
from selection.rules.marks import Gap, good_marks, subtotal
from workflow.errors import Sentence
from workflow.rules.calendar import ONE_DAY, start_of
from workflow.wording import listed

# state of a duty: label, tone, icon, which duties
STATES: dict[str, tuple[Sentence, str, str, Q]] = {
    "undeclared": (_("待声明"), "warn", "clock", Q(state="drawn")),
    "untouched": (
        _("未开始"), "mut", "circle-dashed", Q(state="accepted", sheet__state="draft", sheet__revision=0),
    ),
    "scoring": (
        _("评分中"), "brand", "pencil",
        Q(state="accepted", sheet__state="draft", sheet__revision__gt=0, sheet__ready_at=None),
    ),
    "ready": (
        _("待提交"), "ok", "circle-check", Q(state="accepted", sheet__state="draft", sheet__ready_at__isnull=False),
    ),
    "submitted": (_("已提交"), "violet", "lock", Q(state="accepted", sheet__state__in=("submitted", "locked"))),
    "recused": (_("已回避"), "mut", "user-minus", Q(state="recused")),
}  # fmt: skip
GAPS: dict[Gap, Sentence] = {
    "missing": _("%(name)s未评分"),
    "not_a_number": _("%(name)s不是数字"),
    "out_of_range": _("%(name)s不在0至100之间"),
    "not_half_points": _("%(name)s不以0.5分为一档"),
    "no_comment": _("%(name)s缺评语"),
}


@dataclass(frozen=True)
class Duty:
    """One duty with its sheet, as lists show it."""

    assignment: Assignment
    face: Face
    state: str
    marks: dict[str, Decimal]
    gaps: tuple[str, ...]  # in words
    total: Fraction | None  # of a sheet whose marks are all there

    @property
    def label(self) -> Sentence:
        return STATES[self.state][0]

    @property
    def tone(self) -> str:
        return STATES[self.state][1]

    @property
    def icon(self) -> str:
        return STATES[self.state][2]

    @property
    def sheet(self) -> ScoreSheet:
        return self.assignment.sheet

    @property
    def open(self) -> bool:
        """May still be changed."""
        return self.state in ("untouched", "scoring", "ready")


def own_rounds(user: Any) -> list[Round]:
    """The rounds under review in which this expert has duties, the newest first."""
    found = Round.objects.filter(state="review", assignments__expert__user=user.pk)
    return list(found.distinct().order_by("-pk"))


def due_of(user: Any, round_: Round) -> tuple[datetime | None, int | None]:
    """The instant at which this expert's scoring of a round ends, and the working days until then."""
    day = first_due(duties_of(user).filter(round=round_, state__in=STANDING))
    return (start_of(day + ONE_DAY), working_days_left(day)) if day else (None, None)


def duties_in(user: Any, round_: Round) -> QuerySet[Assignment]:
    """The own duties of a round, in the order of the dossiers' numbers."""
    return duties_of(user).filter(round=round_).select_related(None).select_related(
        "nomination__nominee", "nomination__unit", "sheet"
    )  # fmt: skip


def by_urgency(rows: QuerySet[Assignment]) -> QuerySet[Assignment]:
    """What can still be done before what is done, and what was given up last."""
    done = Case(
        When(STATES["recused"][3], then=2), When(STATES["submitted"][3], then=1), default=0
    )  # fmt: skip
    return rows.order_by(done, "nomination__code")


def order_of(user: Any, round_id: int) -> list[dict[str, Any]]:
    """The own duties of a round in the order of the dossiers' numbers: key, state, state of the sheet."""
    rows = duties_of(user).filter(round=round_id)
    return [dict(row) for row in rows.select_related(None).values("pk", "state", "sheet__state")]


def neighbours(keys: Sequence[int], key: int) -> tuple[int | None, int | None]:
    """What comes before and after."""
    if key not in keys:
        return None, None
    place = keys.index(key)
    return (keys[place - 1] if place else None), (keys[place + 1] if place + 1 < len(keys) else None)


def counts_of(user: Any, round_: Round) -> dict[str, int]:
    """How many duties of a round are in which state."""
    rows = duties_of(user).filter(round=round_).order_by()
    return rows.aggregate(**{name: Count("pk", filter=found[3]) for name, found in STATES.items()})


def told(assignments: Iterable[Assignment], round_: Round) -> list[Duty]:
    """Duties as they are shown; no further statement."""
    return [_told(assignment, round_) for assignment in assignments]


def _told(assignment: Assignment, round_: Round) -> Duty:
    assignment.round = round_
    assignment.nomination.round = round_
    sheet = getattr(assignment, "sheet", None)
    face = face_of(assignment.nomination)
    if sheet is None or assignment.state != "accepted":
        return Duty(
            assignment, face, "recused" if assignment.state == "recused" else "undeclared", {}, (), None
        )
    sheet.assignment = assignment
    weights = round_.rulebook.weights
    marks = good_marks(sheet.content["marks"], weights)
    total = subtotal(marks, weights)[0] if len(marks) == len(weights) else None
    gaps = tuple(words_of(sheet)) if sheet.state == "draft" else ()
    return Duty(assignment, face, _state_of(sheet), marks, gaps, total)


def _state_of(sheet: ScoreSheet) -> str:
    if sheet.state != "draft":
        return "submitted"
    if sheet.ready_at is not None:
        return "ready"
    return "scoring" if sheet.revision else "untouched"


def words_of(sheet: ScoreSheet) -> list[str]:
    """What a sheet lacks, by the names of the criteria."""
    names = {c.code: f"{c.code} {named(c)}" for c in sheet.assignment.round.rulebook.criteria}
    return [str(GAPS[gap]) % {"name": names[code]} for code, gap in sheet.gaps.items()]


def gaps_in_words(sheet: ScoreSheet) -> str:
    """The same as one sentence that names the dossier."""
    return gettext("%(code)s还不能提交：%(gaps)s。") % {
        "code": sheet.assignment.nomination.code, "gaps": listed(words_of(sheet)),
    }  # fmt: skip


# Side by side --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Strip:
    """How the own marks of one column lie: places on a line in per cent, and what its ends are."""

    dots: tuple[str, ...]
    low: int
    high: int
    words: str


def sorted_duties(duties: Sequence[Duty], column: str, *, falling: bool) -> list[Duty]:
    """By a criterion, by the total, or by the dossier's number; what has no value stands last."""
    if column == "code":
        return sorted(duties, key=lambda duty: duty.face.code, reverse=falling)
    valued = [(value, duty) for duty in duties if (value := _value(duty, column)) is not None]
    valued.sort(key=lambda pair: (-pair[0] if falling else pair[0], pair[1].face.code))
    return [duty for _value_, duty in valued] + [duty for duty in duties if _value(duty, column) is None]


def _value(duty: Duty, column: str) -> Fraction | None:
    if column == "total":
        return duty.total
    return Fraction(duty.marks[column]) if column in duty.marks else None


def strip_of(duties: Iterable[Duty], column: str) -> Strip | None:
    """The strip under a column; None where nothing is marked yet."""
    values = sorted(value for duty in duties if (value := _value(duty, column)) is not None)
    if not values:
        return None
    low, high = int(values[0]) // 10 * 10, -(-values[-1] // 10) * 10
    high = high if high > low else low + 10
    dots = tuple(f"{float((value - low) / (high - low) * 96 + 2):.2f}%" for value in values)
    words = gettext("%(n)s份，最低%(low)s，最高%(high)s") % {
        "n": len(values), "low": _plain(values[0]), "high": _plain(values[-1]),
    }  # fmt: skip
    return Strip(dots, low, int(high), words)


def _plain(value: Fraction) -> str:
    return f"{float(value):.2f}".rstrip("0").rstrip(".")


# Receipts ------------------------------------------------------------------------------------------------------------


def receipts_of(user: Any) -> QuerySet[ScoreSheet]:
    """The own submitted sheets with their receipts, also of rounds that are over."""
    rows = ScoreSheet.objects.filter(assignment__expert__user=user.pk, receipt_seq__isnull=False)
    rows = rows.exclude(assignment__state="recused")
    return rows.select_related("assignment__round", "assignment__nomination__nominee", "assignment__nomination__unit").order_by(
        "-assignment__round", "receipt_seq"
    )  # fmt: skip

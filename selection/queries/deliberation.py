"""Results after the opening, and the list that they suggest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from selection.models import Nomination, Panelist, Proposal, Result, Round, ScoreSheet
from selection.models.nomination import IN_LIST
from selection.rules.rulebook import Rulebook
from selection.rules.scoring import Candidate, panel_score, select_in_rank_order, sheet_total
from workflow.actor import Actor

OPENED = ("deliberation", "notice", "determination", "published", "archived")  # the scores have been opened
READERS = frozenset({Role.MANAGER, Role.LEADER, Role.SUPERVISOR, Role.AUDIT_ADMIN})


def may_read_results(actor: Actor) -> bool:
    """Scores and ranks stay with those who decide and those who watch."""
    return any(actor.holds(role) for role in READERS)


def rounds_with_results(actor: Actor) -> QuerySet[Round]:
    """The rounds whose scores were opened, for those who may read them."""
    rounds = Round.objects.filter(state__in=OPENED, historical=False)
    return rounds if may_read_results(actor) else rounds.none()


def results_visible_to(actor: Actor) -> QuerySet[Result]:
    """The results this person may read, in rank order."""
    results = Result.objects.select_related("nomination__nominee", "nomination__unit", "nomination__round")
    return results.filter(nomination__round__in=rounds_with_results(actor)).order_by(
        "order", "nomination__code"
    )


def ranking_of(round_: Round) -> QuerySet[Result]:
    """Every result of a round, the best first; what has no score last."""
    rows = Result.objects.filter(nomination__round=round_).select_related(
        "nomination__nominee", "nomination__unit"
    )
    return rows.order_by(
        F("order").asc(nulls_last=True), F("score").desc(nulls_last=True), "nomination__code"
    )


@dataclass(frozen=True)
class Choice:
    """One scored nominee as the meeting sees it: suggested or not, and why not."""

    result: Result
    suggested: bool
    why_not: str

    @property
    def nomination(self) -> Nomination:
        return self.result.nomination


def scored(round_: Round) -> list[Result]:
    """The results that still wait for a decision, the best first."""
    return list(ranking_of(round_).filter(nomination__state="scored", score__isnull=False))


def choices(round_: Round, waiting: Sequence[Result] | None = None) -> list[Choice]:
    """Down the official ranking within the ceiling and above the line; ties never make the list longer."""
    rows = scored(round_) if waiting is None else waiting
    rulebook = round_.rulebook
    candidates = [Candidate(str(r.nomination_id), r.score or Decimal(0), frozenset()) for r in rows]
    found = select_in_rank_order(candidates, places=places_left(round_), pass_line=rulebook.pass_line)
    chosen = set(found.selected)
    return [
        Choice(r, str(r.nomination_id) in chosen, found.reasons.get(str(r.nomination_id), "")) for r in rows
    ]


def places_left(round_: Round) -> int:
    """How many more may be proposed."""
    return max(0, round_.rulebook.ceiling - round_.nominations.filter(state__in=IN_LIST).count())


def proposal_of(round_: Round) -> Proposal | None:
    """The list as it was fixed, if it was."""
    return round_.proposals.select_related("fixed_by").first()


# One nominee's result, so that anybody who may read it can compute it again ---------------------------------------


@dataclass(frozen=True)
class SheetRow:
    """One expert's sheet under the number drawn for the expert."""

    number: int | None
    marks: tuple[Decimal, ...]
    total: Fraction
    counted: str  # "yes", "highest", "lowest", "voided"
    reason: str = ""

    @property
    def total_text(self) -> str:
        return written(self.total)

    @property
    def marks_text(self) -> list[str]:
        return [written(Fraction(mark)) for mark in self.marks]


@dataclass(frozen=True)
class ResultSheet:
    """Everything behind one score."""

    rows: tuple[SheetRow, ...]
    agrees: bool  # computing it again gives the stored score

    @property
    def counted(self) -> list[SheetRow]:
        return [row for row in self.rows if row.counted == "yes"]

    @property
    def valid(self) -> list[SheetRow]:
        return [row for row in self.rows if row.counted != "voided"]

    @property
    def sum_text(self) -> str:
        return written(sum((row.total for row in self.counted), Fraction(0)))


def written(exact: Fraction) -> str:
    """A fraction in full: as a decimal where it ends, else as it is, 253/3."""
    rest = exact.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return str(exact)
    return f"{(Decimal(exact.numerator) / Decimal(exact.denominator)).normalize():f}"


def exact_text(result: Result) -> str:
    """The score before rounding, as a decimal where it ends and always as a fraction."""
    if not result.exact:
        return ""
    decimal = written(Fraction(result.exact))
    return decimal if decimal == result.exact else f"{decimal} ({result.exact})"


LINKS = {
    "criterion": _("指定评分项得分较高"),
    "median": _("总分中位数较高"),
    "range": _("总分极差较小"),
    "vote": _("评审组表决"),
    "lot": _("公开随机数抽签"),
}


def tie_steps(result: Result) -> list[tuple[Any, str]]:
    """The links of the chain that were needed to separate equal scores, with this nominee's value in each."""
    return [(LINKS.get(step["link"], step["link"]), _value(step)) for step in result.tie_path]


def _value(step: dict[str, str]) -> str:
    if step["link"] in ("criterion", "median", "range"):
        return written(Fraction(step["value"]))
    return step["value"][:16]


def result_sheet(result: Result) -> ResultSheet:
    """The raw sheets of one nominee, which of them counted, and whether the score follows from them."""
    nomination = result.nomination
    rulebook = nomination.round.rulebook
    sheets = ScoreSheet.objects.filter(assignment__nomination=nomination, state__in=("locked", "voided"))
    numbers = dict(
        Panelist.objects.filter(panel__round=nomination.round_id).values_list("expert_id", "number")
    )
    rows = [_row(sheet, numbers, rulebook) for sheet in sheets.select_related("assignment")]
    rows = [row for row in rows if row is not None]
    valid = sorted((r for r in rows if r.counted != "voided"), key=lambda r: r.total, reverse=True)
    again = panel_score(
        [row.total for row in valid],
        method=rulebook.method,
        min_sheets_for_trim=rulebook.min_sheets_for_trim,
        min_sheets=rulebook.min_sheets,
    )
    if again.trimmed:
        valid[0], valid[-1] = _as(valid[0], "highest"), _as(valid[-1], "lowest")
    voided = [row for row in rows if row.counted == "voided"]
    return ResultSheet((*valid, *voided), again.value == result.score)


def _as(row: SheetRow, counted: str) -> SheetRow:
    return SheetRow(row.number, row.marks, row.total, counted, row.reason)


def _row(sheet: ScoreSheet, numbers: dict[int, int | None], rulebook: Rulebook) -> Any:
    marks = {
        code: Decimal(str(mark)) for code, mark in sheet.content["marks"].items() if mark not in (None, "")
    }
    if marks.keys() != rulebook.weights.keys():
        return None  # a voided draft may be incomplete
    counted = "voided" if sheet.state == "voided" else "yes"
    ordered = tuple(marks[criterion.code] for criterion in rulebook.criteria)
    number = numbers.get(sheet.assignment.expert_id)
    return SheetRow(number, ordered, sheet_total(marks, rulebook.weights), counted, sheet.reason)

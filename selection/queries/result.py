"""What stands behind a result, so that anybody who may read it can compute it again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from selection.models import Nomination, Panelist, Result, Round, ScoreSheet
from selection.queries.ballot import tie_votes
from selection.rules.ranking import Marks
from selection.rules.result import Calculated, calculate, two_stages
from selection.rules.rulebook import Rulebook
from selection.rules.scoring import panel_score, sheet_total

OPENED = ("locked", "voided")


def marks_of(round_: Round, nominations: Iterable[Nomination], *, stage: int = 1) -> dict[str, list[Marks]]:
    """The marks on every opened sheet of a stage that counts, by the nominee's code."""
    codes = {n.pk: n.code for n in nominations}
    found: dict[str, list[Marks]] = {code: [] for code in codes.values()}
    rows = ScoreSheet.objects.filter(
        assignment__round=round_, assignment__nomination__in=codes, assignment__stage=stage, state="locked"
    )
    for sheet in rows.select_related("assignment").order_by("pk"):
        marks = sheet.content["marks"]
        found[codes[sheet.assignment.nomination_id]].append(
            {code: Decimal(mark) for code, mark in marks.items()}
        )
    return found


def calculated(
    round_: Round, rules: Rulebook, nominations: Sequence[Nomination], *, second: Collection[int] = ()
) -> dict[str, Calculated]:
    """Everybody's score and place under these rules; `second` are the keys of those scored in the second stage too."""
    seed, votes = seed_of(round_), tie_votes(round_)
    if round_.stage == 1:
        return calculate(rules, marks_of(round_, nominations), seed=seed, votes=votes)
    first = calculate(rules, marks_of(round_, nominations), seed=seed)
    again = [nomination for nomination in nominations if nomination.pk in second]
    later = calculate(rules, marks_of(round_, again, stage=round_.stage), seed=seed, votes=votes)
    return two_stages(first, later)


def seed_of(round_: Round) -> bytes:
    """The seed of the draw, which the lot on ties follows from."""
    return bytes.fromhex(round_.panels.get().seed)


@dataclass(frozen=True)
class SheetRow:
    """One expert's sheet under the number drawn for the expert. A mark that is missing is None, never a zero."""

    number: int | None
    marks: tuple[Decimal | None, ...]
    total: Fraction | None
    counted: str  # "yes", "highest", "lowest", "voided"
    reason: str = ""
    sheet: int | None = None  # its key, for whoever may do something about it

    @property
    def total_text(self) -> str:
        return written(self.total) if self.total is not None else ""

    @property
    def marks_text(self) -> list[str]:
        return [written(Fraction(mark)) if mark is not None else "" for mark in self.marks]


@dataclass(frozen=True)
class ResultSheet:
    """Everything behind one score."""

    rows: tuple[SheetRow, ...]
    agrees: bool  # computing it again gives the stored score
    earlier: tuple[SheetRow, ...] = ()  # of the first stage, where the second decides

    @property
    def counted(self) -> list[SheetRow]:
        return [row for row in self.rows if row.counted == "yes"]

    @property
    def valid(self) -> list[SheetRow]:
        return [row for row in self.rows if row.counted != "voided"]

    @property
    def sum_text(self) -> str:
        return written(sum((row.total for row in self.counted if row.total is not None), Fraction(0)))


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
    "mean": _("全部评分表的平均分较高"),
    "median": _("总分中位数较高"),
    "range": _("总分极差较小"),
    "deviation": _("总分标准差较小"),
    "vote": _("评审组表决"),
    "lot": _("公开随机数抽签"),
}
NAMED_CRITERION = _("评分项%(code)s得分较高")


def link_name(link: str) -> Any:
    """A link of the tie chain in words."""
    name, _colon, code = link.partition(":")
    return NAMED_CRITERION % {"code": code} if code else LINKS.get(name, link)


def tie_steps(result: Result) -> list[tuple[Any, str]]:
    """The links of the chain that were needed to separate equal scores, with this nominee's value in each."""
    return [(link_name(step["link"]), _value(step)) for step in result.tie_path]


def _value(step: Mapping[str, str]) -> str:
    name = step["link"].partition(":")[0]
    if name == "lot":
        return step["value"][:16]
    if name == "vote":
        return step["value"]
    exact = Fraction(step["value"])
    text = written(exact)
    return f"{float(exact):.3f}… ({text})" if "/" in text else text


def tie_table(result: Result, equals: Sequence[Result], chain: Sequence[str]) -> list[dict[str, Any]]:
    """Each link of the chain with what it gave to this nominee and to those of equal score; unused links say so."""
    own = {step["link"]: _value(step) for step in result.tie_path}
    others = [{step["link"]: _value(step) for step in other.tie_path} for other in equals]
    return [
        {
            "name": link_name(link),
            "own": own.get(link, ""),
            "others": [found.get(link, "") for found in others],
            "last": bool(result.tie_path) and result.tie_path[-1]["link"] == link,
        }
        for link in chain
    ]


def result_sheet(result: Result) -> ResultSheet:
    """The raw sheets of one nominee, which of them counted, and whether the score follows from them."""
    return result_sheets(result.nomination.round, [result])[result.nomination_id]


def result_sheets(round_: Round, results: Iterable[Result]) -> dict[int, ResultSheet]:
    """The same for many nominees of a round in two statements, by nomination."""
    found = list(results)
    rows: dict[tuple[int, int], list[SheetRow]] = defaultdict(list)
    numbers, rules = numbers_of(round_), round_.rulebook
    for sheet in _opened(round_, [result.nomination_id for result in found]):
        duty = sheet.assignment
        rows[duty.nomination_id, duty.stage].append(_row(sheet, numbers, rules))
    return {
        r.nomination_id: replace(
            _arranged(rows[r.nomination_id, r.stage], r, rules),
            earlier=_shown(rows[r.nomination_id, 1], rules) if r.stage > 1 else (),
        )
        for r in found
    }


def _opened(round_: Round, nominations: Sequence[int]) -> QuerySet[ScoreSheet]:
    opened = round_.opened_stage  # what is voided in a stage that is still sealed stays so
    rows = ScoreSheet.objects.filter(
        assignment__round=round_, assignment__stage__lte=opened, state__in=OPENED
    )
    if len(nominations) == 1:  # a long list of keys is slower than the whole round
        rows = rows.filter(assignment__nomination=nominations[0])
    return rows.select_related("assignment").order_by("pk")


def numbers_of(round_: Round) -> dict[int, int | None]:
    """The anonymous numbers drawn for the experts."""
    return dict(Panelist.objects.filter(panel__round=round_).values_list("expert_id", "number"))


def _arranged(rows: Sequence[SheetRow], result: Result, rules: Rulebook) -> ResultSheet:
    voided = [row for row in rows if row.counted == "voided"]
    valid = [row for row in rows if row.counted != "voided" and row.total is not None]
    arranged, again = arranged_rows(valid, rules)
    stored = Fraction(result.exact) if result.exact else None
    return ResultSheet((*arranged, *voided), again == stored)


def _shown(rows: Sequence[SheetRow], rules: Rulebook) -> tuple[SheetRow, ...]:
    """The sheets of a stage that does not decide any more."""
    voided = [row for row in rows if row.counted == "voided"]
    valid = [row for row in rows if row.counted != "voided" and row.total is not None]
    return (*arranged_rows(valid, rules)[0], *voided)


def arranged_rows(valid: Sequence[SheetRow], rules: Rulebook) -> tuple[list[SheetRow], Fraction | None]:
    """The valid sheets, the highest total first, marked where trimming leaves them out; and the exact score."""
    ordered = sorted(valid, key=lambda row: (-(row.total or 0), row.number or 0))
    again = panel_score(
        [row.total for row in ordered if row.total is not None],
        method=rules.method,
        min_sheets_for_trim=rules.min_sheets_for_trim,
        min_sheets=rules.min_sheets,
    )
    if again.trimmed:
        ordered[0] = replace(ordered[0], counted="highest")
        ordered[-1] = replace(ordered[-1], counted="lowest")
    return ordered, again.exact


def _row(sheet: ScoreSheet, numbers: Mapping[int, int | None], rules: Rulebook) -> SheetRow:
    marks = {code: Decimal(mark) for code, mark in sheet.content["marks"].items() if _is_number(mark)}
    whole = marks.keys() == rules.weights.keys()
    total = sheet_total(marks, rules.weights) if whole and _in_bounds(marks) else None
    return SheetRow(
        number=numbers.get(sheet.assignment.expert_id),
        marks=tuple(marks.get(criterion.code) for criterion in rules.criteria),
        total=total,  # a voided draft may be incomplete
        counted="voided" if sheet.state == "voided" else "yes",
        reason=sheet.reason,
        sheet=sheet.pk,
    )


def _in_bounds(marks: Marks) -> bool:
    return all(0 <= mark <= 100 for mark in marks.values())


def _is_number(mark: object) -> bool:
    """A voided draft keeps what was typed, right or wrong."""
    text = str(mark or "").strip()
    return text.replace(".", "", 1).isascii() and text.replace(".", "", 1).isdecimal()

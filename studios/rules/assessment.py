"""How a studio's assessment comes to its grade: the average of two sheets, what caps it, how many may be excellent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from studios.rules.programme import FULL, GRADES, Dimension, Programme, at_least

CENT = Decimal("0.01")
EXCELLENT, QUALIFIED, BASIC, UNQUALIFIED = GRADES
MOST_REDS = 2  # so many reports that went red within the period cap the grade
VETO, TWO_REDS, AT_LIMIT = "veto", "two_reds", "at_limit"

Marks = Mapping[str, Decimal]  # dimension's code -> points


class BadMarks(ValueError):
    """Marks that cannot be; `code` names the dimension, `what` the fault: missing, unknown, bounds, step."""

    def __init__(self, code: str, what: str) -> None:
        super().__init__(f"{code}: {what}")
        self.code, self.what = code, what


def read_marks(dimensions: Sequence[Dimension], given: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """One mark a dimension, 0 to its points, with at most one decimal. Raises BadMarks at the first fault."""
    known = {dimension.code: dimension for dimension in dimensions}
    for code in given:
        if code not in known:
            raise BadMarks(code, "unknown")
    found = {}
    for code, dimension in known.items():
        mark = given.get(code)
        if mark is None:
            raise BadMarks(code, "missing")
        if not mark.is_finite() or not 0 <= mark <= dimension.points:
            raise BadMarks(code, "bounds")
        if mark * 10 % 1:
            raise BadMarks(code, "step")
        found[code] = mark
    return found


def total(marks: Marks) -> Decimal:
    """The sum of one sheet, exact."""
    return sum(marks.values(), Decimal(0))


def average(sheets: Iterable[Marks]) -> Decimal:
    """The mean of the sheets' sums, half up to two places; nothing is rounded before."""
    totals = [total(marks) for marks in sheets]
    return _rounded(sum(totals, Decimal(0)) / len(totals))


def by_dimension(dimensions: Sequence[Dimension], sheets: Sequence[Marks]) -> dict[str, Decimal]:
    """The mean of each dimension, half up to two places: for reading; the score is not made of these."""
    return {
        d.code: _rounded(sum((marks[d.code] for marks in sheets), Decimal(0)) / len(sheets))
        for d in dimensions
    }


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class Reached:
    """A grade, and what held it down if something did: veto, two_reds, at_limit."""

    grade: str
    cap: str = ""


def grade_for(programme: Programme, score: Decimal | None, *, vetoed: bool, reds: int) -> Reached:
    """The grade that a score comes to. A veto makes it unqualified; two red reports leave no better than basic."""
    if vetoed or score is None:
        return Reached(UNQUALIFIED, VETO if vetoed else "")
    grade = programme.grade_at(score)
    if reds >= MOST_REDS and not at_least(BASIC, grade):
        return Reached(BASIC, TWO_REDS)
    return Reached(grade)


def excellent_places(assessed: int, share: int) -> int:
    """How many of those assessed in a year may be excellent: the share, never rounded up."""
    return assessed * share // FULL


def limit_excellent(ranked: Mapping[int, Sequence[Decimal]], places: int) -> frozenset[int]:
    """Who may be excellent of those whose score reaches it: those with fewer than `places` strictly before them.

    `ranked` gives each one's score and then the marks that part equal scores, the heaviest dimension's first. Those
    who are equal in everything at the last place all may; the places then go in the order of confirmation.
    """
    keys = {pk: tuple(marks) for pk, marks in ranked.items()}
    return frozenset(pk for pk, key in keys.items() if sum(other > key for other in keys.values()) < places)


def tie_marks(dimensions: Sequence[Dimension], marks: Marks) -> list[Decimal]:
    """The marks that part equal scores: of the heaviest dimension first; of equal weight, the one named first."""
    order = sorted(dimensions, key=lambda dimension: -dimension.points)
    return [marks[dimension.code] for dimension in order]


# What the facts suggest ----------------------------------------------------------------------------------------------

TENTH = Decimal("0.1")


def suggested(dimensions: Sequence[Dimension], facts: Mapping[str, Any]) -> dict[str, Decimal]:
    """The mark that the facts of the period come to, for the dimensions of which they say something.

    Each is a share of the dimension's points: reports on time, money spent of money paid, the mean of the tasks' rates
    (each counted to 100 %), the mentees' rate, satisfaction. One decimal, half up.
    """
    shares = _shares(facts)
    return {
        d.code: (d.points * shares[d.code]).quantize(TENTH, ROUND_HALF_UP)
        for d in dimensions
        if shares.get(d.code) is not None
    }


def _shares(facts: Mapping[str, Any]) -> dict[str, Any]:
    reports = facts.get("reports") or {}
    tasks = {
        task["code"]: min(Decimal(task["rate"]), Decimal(FULL)) / FULL for task in facts.get("tasks", ())
    }
    done = [rate for code, rate in tasks.items() if code != "satisfaction"]
    owed, spent = reports.get("owed"), facts.get("spent_share")
    return {
        "system": Decimal(reports["on_time"]) / owed if owed else None,
        "money": min(Decimal(spent), Decimal(FULL)) / FULL if spent else None,
        "service": sum(done, Decimal(0)) / len(done) if done else None,
        "mentoring": tasks.get("mentees"),
        "society": tasks.get("satisfaction"),
    }

"""The gate before an instalment: from facts to conditions, each open or locked, with the numbers that say why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, ROUND_UP, Decimal
from typing import Any

from studios.rules.programme import Gate, at_least

CENT = Decimal("0.01")
TENTH = Decimal("0.1")
HUNDRED = Decimal(100)

# In the order in which they are shown, and in which the first that is locked names the refusal.
CODES = (
    "no_agreement",
    "title_revoked",
    "on_hold",
    "studio_stopped",
    "earlier_unpaid",
    "report_missing",
    "spent_too_little",
    "grade_too_low",
    "too_many_overdue",
    "report_overdue",
)
WAIVABLE = ("report_missing", "spent_too_little", "grade_too_low", "too_many_overdue")


@dataclass(frozen=True)
class Facts:
    """What is so on the day on which the gate is asked."""

    number: int  # of the instalment
    signed: bool  # the agreement is signed
    running: bool  # the studio runs, neither suspended nor putting something right
    held: bool  # an admitted objection to the talent is open
    revoked: bool  # the title
    unpaid_before: tuple[int, ...]  # earlier instalments neither paid nor cancelled: a cancelled one is gone
    paid_before: Decimal  # what the earlier ones paid
    reported: bool  # a report was accepted since the last of them was paid
    spent: Decimal  # approved expenses
    grade: str  # of the newest confirmed assessment
    overdue: int  # reports owed and late
    red: bool  # one of them stops payments, or its lateness cannot be counted
    waived: frozenset[str] = frozenset()  # codes of conditions that the leader waived for this instalment


@dataclass(frozen=True)
class Condition:
    """One condition of a gate: holds, or waived, or locked; with its numbers."""

    code: str
    holds: bool
    waived: bool = False
    numbers: dict[str, Any] = field(default_factory=dict)

    @property
    def open(self) -> bool:
        """It lets the instalment pass."""
        return self.holds or self.waived


def conditions(gate: Gate, facts: Facts) -> list[Condition]:
    """The conditions that this gate asks of this instalment, in the order of `CODES`."""
    return [
        Condition(code, holds, code in facts.waived and code in WAIVABLE, numbers)
        for code, holds, numbers in (*_always(facts), *_by_programme(gate, facts), ("report_overdue", not facts.red, {}))
    ]  # fmt: skip


Row = tuple[str, bool, dict[str, Any]]


def _always(facts: Facts) -> Iterator[Row]:
    """What every instalment asks."""
    yield "no_agreement", facts.signed, {}
    yield "title_revoked", not facts.revoked, {}
    yield "on_hold", not facts.held, {}
    yield "studio_stopped", facts.running, {}
    if facts.number > 1:
        yield "earlier_unpaid", not facts.unpaid_before, {"unpaid": facts.unpaid_before}


def _by_programme(gate: Gate, facts: Facts) -> Iterator[Row]:
    """What the rules ask of this one. After no payment there is nothing to report on and nothing to have spent."""
    if gate.report and facts.paid_before:
        yield "report_missing", facts.reported, {}
    if gate.spent_share and facts.paid_before:
        yield _spending(gate.spent_share, facts)
    if gate.grade:
        yield "grade_too_low", at_least(facts.grade, gate.grade), {"asked": gate.grade, "grade": facts.grade}
    if gate.most_overdue:
        numbers = {"most": gate.most_overdue, "overdue": facts.overdue}
        yield "too_many_overdue", facts.overdue < gate.most_overdue, numbers


def _spending(asked: int, facts: Facts) -> Row:
    """Compared exactly; the share shown is rounded down and the gap up, so that neither flatters."""
    gap = facts.paid_before * asked / HUNDRED - facts.spent
    numbers = {
        "asked": asked,
        "share": (facts.spent * HUNDRED / facts.paid_before).quantize(TENTH, ROUND_DOWN),
        "gap": max(gap, Decimal(0)).quantize(CENT, ROUND_UP),
        "spent": facts.spent,
        "paid": facts.paid_before,
    }
    return "spent_too_little", gap <= 0, numbers

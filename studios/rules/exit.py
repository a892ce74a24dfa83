"""Why a studio ends before its term, and what follows from each reason: the money asked back, and the bar.

Withdrawal blames nobody. `recovery` is the ground of the order to give money back: after misuse and fraud all that was
paid, otherwise what of it is unspent.
"""

from __future__ import annotations

from dataclasses import dataclass

WITHDRAWAL, TERMINATION = "withdrawal", "termination"


@dataclass(frozen=True)
class Consequence:
    """What a ground brings: of which kind it is, on which ground money is asked back, and the talent barred."""

    kind: str
    recovery: str = "terminated"
    bar: str = ""


GROUNDS: dict[str, Consequence] = {
    "left_field": Consequence(WITHDRAWAL),
    "left_province": Consequence(WITHDRAWAL),
    "resigned": Consequence(WITHDRAWAL),
    "death": Consequence(WITHDRAWAL),
    "health": Consequence(WITHDRAWAL),
    "unqualified": Consequence(TERMINATION),
    "host_failed": Consequence(TERMINATION),
    "no_assessment": Consequence(TERMINATION),
    "misuse": Consequence(TERMINATION, "misuse", bar="misuse"),
    "fraud": Consequence(TERMINATION, "fraud", bar="fraud"),
    "ethics": Consequence(TERMINATION, bar="ethics"),
}
AFTER_REVOCATION = {"fraud": "fraud"}  # ground of a revocation to that of the recovery; any other: terminated
REAPPOINTABLE = ("excellent", "qualified")  # final grades after which a talent may be appointed again


def kind_of(ground: str) -> str:
    """Whether a ground is a withdrawal without blame or a termination."""
    return GROUNDS[ground].kind


def may_be_reappointed(grade: str) -> bool:
    """Whether the final grade allows another term."""
    return grade in REAPPOINTABLE

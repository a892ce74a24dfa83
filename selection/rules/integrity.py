"""How long a bar of the integrity register lasts, by its ground. The numbers are ours; the page never calls them law."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from selection.rules.eligibility import passes_on

NOMINEE, EXPERT, BOTH, NOMINATOR = "nominee", "expert", "both", "nominator"
PEOPLE = frozenset({NOMINEE, EXPERT, BOTH})


@dataclass(frozen=True)
class Term:
    """Who can be barred on a ground, from how many years to how many, and for how many unless somebody says otherwise."""

    capacities: frozenset[str]
    least: int
    most: int
    usual: int


_ANYBODY = PEOPLE | {NOMINATOR}
_EXPERTS = frozenset({EXPERT, BOTH})
TERMS: dict[str, Term] = {
    "fraud": Term(_ANYBODY, 3, 5, 3),
    "bribery": Term(_ANYBODY, 3, 5, 3),
    "misuse": Term(PEOPLE, 3, 5, 3),
    "sanction": Term(PEOPLE, 3, 5, 3),
    "dishonesty": Term(_ANYBODY, 1, 3, 3),
    "ethics": Term(PEOPLE, 1, 3, 3),
    "undeclared": Term(_EXPERTS, 1, 3, 1),
    "leak": Term(_EXPERTS, 1, 3, 2),
    "unfair": Term(_EXPERTS, 1, 3, 1),
    "negligence": Term(frozenset({NOMINATOR}), 1, 3, 1),
}
# The ground of a revocation to the ground of the bar that it brings; the others bring none.
AFTER_REVOCATION = {"fraud": "fraud", "sanction": "sanction", "dishonesty": "dishonesty", "ethics": "ethics"}


def free_on(start: date, years: int) -> date:
    """The day on which a bar of so many years is over: from then on it binds nobody."""
    return passes_on(start, years)


def allowed(ground: str, capacity: str, years: int) -> bool:
    """Whether this ground bars in this capacity for so long."""
    term = TERMS.get(ground)
    return term is not None and capacity in term.capacities and term.least <= years <= term.most

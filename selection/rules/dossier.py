"""What a dossier must hold before it is submitted, and the eligibility findings on it.

Thresholds are this product's defaults after the published measure (certificate 3 years, practice 5, in the province
3, age generally 55): see the handbook's page on the rules. A period is full on its corresponding day (Civil Code
art. 202).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from selection.rules.eligibility import age_on, full_years, passes_on, valid_id_number

Outcome = Literal["pass", "fail", "person"]

CERTIFICATE_YEARS, PRACTICE_YEARS, PROVINCE_YEARS, AGE_LIMIT = 3, 5, 3, 55
ACCEPTED_LEVELS = frozenset({"intermediate", "senior"})


@dataclass(frozen=True)
class Facts:
    """What the rules look at."""

    id_number: str
    born_on: date | None
    certificate_level: str
    certified_on: date | None
    practice_since: date | None
    province_since: date | None


@dataclass(frozen=True)
class Finding:
    """The outcome of one rule: hard ones block, a soft one asks a person; `passes_on` is when a date rule is met."""

    rule: str
    outcome: Outcome
    hard: bool
    has: str = ""
    passes_on: date | None = None


def findings(facts: Facts, on: date) -> tuple[Finding, ...]:
    """Every rule's outcome at the reference date."""
    return (
        Finding("E00", "pass" if valid_id_number(facts.id_number) else "fail", True),
        Finding(
            "E03",
            "pass" if facts.certificate_level in ACCEPTED_LEVELS else "fail",
            True,
            facts.certificate_level,
        ),
        _since("E04", facts.certified_on, CERTIFICATE_YEARS, on),
        _since("E05", facts.practice_since, PRACTICE_YEARS, on),
        _since("E06", facts.province_since, PROVINCE_YEARS, on),
        _age(facts.born_on, on),
    )


def _since(rule: str, start: date | None, years: int, on: date) -> Finding:
    if start is None or start > on:
        return Finding(rule, "fail", True)
    full = full_years(start, on)
    return Finding(rule, "pass" if full >= years else "fail", True, str(full), passes_on(start, years))


def _age(born_on: date | None, on: date) -> Finding:
    """The measure says 一般: above the limit a person decides, with a reason."""
    if born_on is None or born_on > on:
        return Finding("E07", "fail", True)
    age = age_on(born_on, on)
    return Finding("E07", "pass" if age <= AGE_LIMIT else "person", False, str(age))


def hard_failures(found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The findings that block."""
    return tuple(f for f in found if f.hard and f.outcome == "fail")

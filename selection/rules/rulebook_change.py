"""What may still be changed in rules that were announced: nothing that somebody has relied on already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime

from selection.rules.rulebook import Rulebook
from selection.rules.rulebook_faults import Fault

# From when on a parameter is relied on. One that is not named here is part of what experts are drawn and judge by.
GATES: dict[str, str] = {
    "opens_at": "opened",
    "reference_date": "submitted",
    "eligibility": "submitted",
    "required_attachments": "submitted",
    "unit_notice_days": "submitted",
    "county_days": "closed",
    "nominator_days": "closed",
    "max_file_mb": "closed",
    "max_dossier_mb": "closed",
    "quotas": "closed",
    "quotas_by_category": "closed",
    "categories": "closed",
    "closes_at": "closed",
    "screening_days": "screened",
    "correction_days": "corrected",
    "recheck_days": "rechecked",
    "recheck_answer_days": "rechecked",
    "criteria": "scoring",
    "tie_criterion": "scoring",
    "method": "scoring",
    "min_sheets": "scoring",
    "min_sheets_for_trim": "scoring",
    "pass_line": "scoring",
    "scoring_days": "scoring",
    "second_stage": "scoring",
    "ceiling": "scores_open",
    "notice_days": "posted",
    "notice_mode": "posted",
    "outage_hours": "posted",
    "award": "determined",
    "instalment_shares": "determined",
    "management_years": "determined",
}
OTHERWISE = "drawn"


@dataclass(frozen=True)
class Relied:
    """How far a round has come: the gates that it has passed, and the places in use."""

    now: datetime
    passed: frozenset[str]
    used: Mapping[tuple[str, str], int]  # (nominator's code, category) -> places


def changed(old: Rulebook, new: Rulebook) -> list[str]:
    """The names of the parameters that differ, in the order of the rulebook."""
    names = [field.name for field in fields(Rulebook)]
    return [name for name in names if getattr(old, name) != getattr(new, name)]


def refusals(old: Rulebook, new: Rulebook, relied: Relied) -> list[Fault]:
    """Why the new rules may not take the place of the old: (parameter, code, arguments); empty if they may."""
    return list(_refusals(old, new, relied))


def _refusals(old: Rulebook, new: Rulebook, relied: Relied) -> Iterator[Fault]:
    names = changed(old, new)
    for name in names:
        gate = GATES.get(name, OTHERWISE)
        if gate in relied.passed:
            yield Fault(name, gate, {})
    if "closes_at" in names and new.closes_at <= relied.now:
        yield Fault("closes_at", "closing_in_the_past", {})
    if [c.code for c in old.categories] != [c.code for c in new.categories]:
        yield Fault("categories", "places_given", {})
    yield from _too_few(new, relied)


def _too_few(new: Rulebook, relied: Relied) -> Iterator[Fault]:
    """No quota falls below what is in use."""
    granted = new.grants
    field = "quotas_by_category" if new.divided else "quotas"
    for (nominator, category), used in sorted(relied.used.items()):
        places = granted.get(nominator, {}).get(category, 0)
        if places < used:
            arguments = {"name": nominator, "category": category, "used": used, "places": places}
            yield Fault(field, "below_used", arguments)

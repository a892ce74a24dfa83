"""The verified facts that stand beside the criteria they bear on: computed once, the same for every expert."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext, ngettext

from selection.models import Nomination
from selection.models.dossier import Achievement
from selection.queries.dossier import in_years
from selection.rules.eligibility import full_years
from selection.rules.rulebook import DEFAULT_RULEBOOK
from workflow.wording import listed

COUNTED = ("cases", "groups", "activities", "beneficiaries")
LEVELS = ("national", "province", "city", "county", "other")


def facts_by_criterion(nomination: Nomination) -> dict[str, list[str]]:
    """Criterion to its facts, each led by its number (A1, A2, B1 …). A criterion that a rulebook words anew has none."""
    found = {}
    for criterion in nomination.round.rulebook.criteria:
        facts = _FACTS.get(criterion.name)
        lines = [line for line in facts(nomination) if line] if facts else []
        found[criterion.code] = [f"{criterion.code}{n} {line}" for n, line in enumerate(lines, start=1)]
    return found


def _qualification(nomination: Nomination) -> list[str]:
    level, since = nomination.get_certificate_level_display(), nomination.certified_on
    if level and since is not None:
        n = full_years(since, nomination.reference_date)
        level = ngettext("%(level)s，持有%(n)s年", "%(level)s，持有%(n)s年", n) % {"level": level, "n": n}
    learned = [nomination.get_education_display(), nomination.get_degree_display()]
    return [level, listed(word for word in learned if word)]


def _practice(nomination: Nomination) -> list[str]:
    years = gettext("一线%(years)s，其中省内%(here)s") % {
        "years": in_years(nomination.practice_months), "here": in_years(nomination.province_months),
    }  # fmt: skip
    return [years, _volume(nomination)]


def _volume(nomination: Nomination) -> str:
    rows = nomination.answer("service_records")
    sums = {name: sum(row.get(name) or 0 for row in rows) for name in COUNTED}
    if not any(sums.values()):
        return ""
    return gettext(
        "近五年个案%(cases)s例、小组%(groups)s个、社区活动%(activities)s场，受益%(beneficiaries)s人"
    ) % {name: f"{number:,}" for name, number in sums.items()}


def _kinds(*kinds: str) -> Callable[[Nomination], list[str]]:
    """How many achievements of these kinds, by level from the highest."""

    def facts(nomination: Nomination) -> list[str]:
        rows = [row for row in nomination.answer("awards") if row.get("kind") in kinds]
        return [_by_level(rows)] if rows else []

    return facts


def _by_level(rows: list[Mapping[str, Any]]) -> str:
    names = {str(value): str(label) for value, label in Achievement.Level.choices}
    counts = Counter(row.get("level") or "other" for row in rows)
    return listed(
        gettext("%(level)s%(n)s项") % {"level": names[level], "n": counts[level]}
        for level in LEVELS
        if counts[level]
    )


def _budget(nomination: Nomination) -> list[str]:
    amounts = [row.get("amount") or 0 for row in nomination.answer("budget_lines")]
    return [gettext("预算合计%(amount)s元") % {"amount": f"{sum(amounts):,.2f}"}] if any(amounts) else []


# By the name of the criterion: a rulebook that means something else by "B" is not answered with years of service.
_FACTS: dict[str, Callable[[Nomination], list[str]]] = dict(
    zip(
        (criterion["name"] for criterion in DEFAULT_RULEBOOK["criteria"]),
        (
            _qualification,
            _practice,
            _kinds("project", "brand"),
            _kinds("teaching"),
            _kinds("research", "standard", "award"),
            _budget,
        ),
        strict=True,
    )
)

"""Why dossiers were found disqualified: by rule and by nominator, from final conclusions only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from selection.models import Round
from selection.models.eligibility import names_of
from selection.queries.round import CONCLUDED_WELL, rounds_visible_to
from workflow.errors import Sentence

NO_RULE = "overdue"  # not corrected in time


@dataclass(frozen=True)
class Line:
    """One row: what, how many, of how many, and the bar's width."""

    label: Sentence
    n: int
    whole: int
    width: str
    passed: int = 0

    @property
    def rate(self) -> str:
        """The share that passed."""
        return f"{self.passed * 100 / self.whole:.1f}%" if self.whole else "—"


@dataclass(frozen=True)
class Statistics:
    """The screening of one round in numbers."""

    came: int
    qualified: int
    disqualified: int
    waiting: int
    rules: list[Line]
    nominators: list[Line]

    @property
    def rate(self) -> str:
        """Qualified among those concluded."""
        concluded = self.qualified + self.disqualified
        return f"{self.qualified * 100 / concluded:.1f}%" if concluded else "—"


def screened_rounds(user: Any) -> list[Round]:
    """Rounds that have been screened or are, the newest first."""
    rows = rounds_visible_to(user).exclude(state__in=("draft", "open", "cancelled")).exclude(historical=True)
    return list(rows.prefetch_related(None).order_by("-pk"))


def statistics(round_: Round) -> Statistics:
    """All of it from one statement."""
    rows = list(
        round_.nominations.filter(nominated_at__isnull=False)
        .exclude(state="withdrawn")
        .order_by()
        .values_list("state", "grounds", "nominator__name")
    )
    well = sum(state in CONCLUDED_WELL for state, _grounds, _office in rows)
    badly = [grounds for state, grounds, _office in rows if state == "disqualified"]
    return Statistics(
        len(rows),
        well,
        len(badly),
        len(rows) - well - len(badly),
        _by_rule(badly, names_of(round_.rulebook)),
        _by_nominator(rows),
    )


def _by_rule(badly: list[list[str]], names: Mapping[str, Sentence]) -> list[Line]:
    counted = Counter(rule for grounds in badly for rule in (grounds or [NO_RULE]))
    most = max(counted.values(), default=1)
    return [
        Line(_rule(rule, names), n, len(badly), f"{n * 100 / most:.1f}%")
        for rule, n in sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    ]


def _rule(rule: str, names: Mapping[str, Sentence]) -> Sentence:
    return _("逾期未补正") if rule == NO_RULE else f"{rule} {names.get(rule, '')}".strip()


def _by_nominator(rows: Iterable[tuple[str, Any, str]]) -> list[Line]:
    concluded: Counter[str] = Counter()
    passed: Counter[str] = Counter()
    for state, _grounds, office in rows:
        well = state in CONCLUDED_WELL
        concluded[office] += well or state == "disqualified"
        passed[office] += well
    return [
        Line(office, n - passed[office], n, f"{passed[office] * 100 / n:.1f}%", passed[office])
        for office, n in sorted(concluded.items())
        if n
    ]

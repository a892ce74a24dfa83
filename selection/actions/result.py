"""The official results: calculated at the opening, and anew where a sheet is annulled or a tie was voted on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from selection.models import Nomination, Result, ResultVersion, Round
from selection.queries.ballot import tie_votes
from selection.queries.result import marks_of, seed_of
from selection.rules.result import Calculated, calculate
from workflow import clock, kinds, ledger
from workflow.actor import Actor
from workflow.machine import subject_of

RECOMPUTED = kinds.named("result.recomputed", _("重新计算得分和名次"))
CALCULATED = ("score", "exact", "sheets", "trimmed", "dropped", "flags", "rank", "order", "tie_path")


def compute(round_: Round) -> list[Result]:
    """The results of everybody under review, from the opened sheets."""
    nominations = round_.nominations.filter(state="in_review")
    return Result.objects.bulk_create(_calculated(round_, list(nominations.order_by("code"))))


def recompute(round_: Round, *, by: Actor, reason: str) -> list[Result]:
    """Calculate every result anew. What differs is replaced; the old one is kept, and the ledger has both."""
    old = {row.nomination_id: row for row in Result.objects.filter(nomination__round=round_)}
    nominations = round_.nominations.filter(pk__in=old).order_by("code")
    changed = [row for row in _calculated(round_, list(nominations)) if _differs(old[row.nomination_id], row)]
    numbers = {pk: ResultVersion.objects.filter(nomination=pk).count() + 1 for pk in old} if changed else {}
    entries = []
    for row in changed:
        before = old[row.nomination_id]
        ResultVersion.objects.create(
            nomination=row.nomination, number=numbers[row.nomination_id], values=recorded(before, whole=True),
            reason=reason[:300], replaced_at=row.computed_at,
        )  # fmt: skip
        entries.append(
            {"nominee": row.nomination.code, "before": recorded(before), "after": recorded(row)}
        )  # fmt: skip
        row.pk = before.pk
        row.save(force_update=True)
    ledger.append(
        by, chain=round_.chain_key, kind=RECOMPUTED, subject=subject_of(round_), rules_version=round_.rules_version,
        payload={"reason": reason, "changed": entries},
    )  # fmt: skip
    return changed


def _differs(one: Result, other: Result) -> bool:
    return recorded(one, whole=True) != recorded(other, whole=True)


def _calculated(round_: Round, nominations: Sequence[Nomination]) -> list[Result]:
    found = calculate(
        round_.rulebook, marks_of(round_, nominations), seed=seed_of(round_), votes=tie_votes(round_)
    )  # fmt: skip
    return [_result(nomination, found[nomination.code]) for nomination in nominations]


def _result(nomination: Nomination, found: Calculated) -> Result:
    score, place = found.score, found.place
    return Result(
        nomination=nomination,
        score=found.official,
        exact=str(score.exact) if score.exact is not None else "",
        sheets=score.sheets,
        trimmed=score.trimmed,
        dropped=[str(total) for total in score.dropped],
        flags=sorted(score.flags),
        rank=place.rank if place else None,
        order=place.order if place else None,
        tie_path=[{"link": link, "value": value} for link, value in place.path] if place else [],
        computed_at=clock.now(),
    )


def recorded(result: Result, *, whole: bool = False) -> dict[str, Any]:
    """A result as the ledger keeps it; `whole` as plain JSON with what was dropped, as a version keeps it."""
    names = CALCULATED if whole else tuple(name for name in CALCULATED if name != "dropped")
    found = {name: getattr(result, name) for name in names}
    if whole:
        found["score"] = str(result.score) if result.score is not None else None
    return found

"""The official results: calculated at the opening, and anew where a sheet is annulled or a tie was voted on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from selection.models import Nomination, Result, ResultVersion, Round
from selection.queries.result import calculated
from selection.rules.result import Calculated
from workflow import clock, kinds, ledger
from workflow.actor import Actor
from workflow.machine import subject_of

RECOMPUTED = kinds.named("result.recomputed", _("重新计算得分和名次"))
CALCULATED = ("score", "exact", "sheets", "trimmed", "dropped", "flags", "rank", "order", "tie_path")


def compute(round_: Round) -> list[Result]:
    """The results of everybody under review, from the opened sheets; after a second stage, everybody's once more."""
    if round_.stage == 1:
        nominations = round_.nominations.filter(state="in_review")
        return Result.objects.bulk_create(_calculated(round_, list(nominations.order_by("code"))))
    old = _by_nomination(round_)
    judged = round_.nominations.filter(state="in_review", result__shortlisted=True)
    rows = _anew(round_, old, set(judged.values_list("pk", flat=True)))
    Result.objects.bulk_update(rows, [*CALCULATED, "computed_at", "stage"])
    return rows


def _by_nomination(round_: Round) -> dict[int, Result]:
    rows = Result.objects.filter(nomination__round=round_).select_related("nomination")
    return {row.nomination_id: row for row in rows.order_by("nomination__code")}


def _anew(round_: Round, old: dict[int, Result], second: set[int]) -> list[Result]:
    """Every result calculated once more, under its key and with what is kept of the first stage."""
    rows = _calculated(round_, [row.nomination for row in old.values()], second)
    for row in rows:
        before = old[row.nomination_id]
        row.pk, row.shortlisted, row.first = before.pk, before.shortlisted, before.first
    return rows


def recompute(round_: Round, *, by: Actor, reason: str) -> list[Result]:
    """Calculate every result anew. What differs is replaced; the old one is kept, and the ledger has both."""
    old = _by_nomination(round_)
    rows = _anew(round_, old, {pk for pk, row in old.items() if row.stage > 1})
    changed = [row for row in rows if _differs(old[row.nomination_id], row)]
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
        row.save(force_update=True)
    ledger.append(
        by, chain=round_.chain_key, kind=RECOMPUTED, subject=subject_of(round_), rules_version=round_.rules_version,
        payload={"reason": reason, "changed": entries},
    )  # fmt: skip
    return changed


def _differs(one: Result, other: Result) -> bool:
    return recorded(one, whole=True) != recorded(other, whole=True)


def _calculated(round_: Round, nominations: Sequence[Nomination], second: Iterable[int] = ()) -> list[Result]:
    again = set(second)
    found = calculated(round_, round_.rulebook, nominations, second=again)
    return [
        _result(one, found[one.code], stage=round_.stage if one.pk in again else 1) for one in nominations
    ]


def _result(nomination: Nomination, found: Calculated, *, stage: int) -> Result:
    score, place = found.score, found.place
    return Result(
        nomination=nomination,
        stage=stage,
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

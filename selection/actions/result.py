"""The official results: calculated at the opening, and anew where a sheet is annulled or a tie was voted on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from selection.models import Nomination, Result, ResultVersion, Round, ScoreSheet
from selection.queries.ballot import tie_votes
from selection.rules.ranking import Place, Sheets, places, sheets_of
from selection.rules.rulebook import Rulebook
from selection.rules.scoring import PanelScore, panel_score
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
    rules, panel = round_.rulebook, round_.panels.get()
    marks: dict[int, list[dict[str, Decimal]]] = {n.pk: [] for n in nominations}
    rows = ScoreSheet.objects.filter(assignment__nomination__in=nominations, state="locked")
    for sheet in rows.select_related("assignment").order_by("pk"):
        marks[sheet.assignment.nomination_id].append(_marks_of(sheet))
    sheets = {n.code: sheets_of(n.code, marks[n.pk], rules.weights) for n in nominations}
    scores = {code: _score(found, rules) for code, found in sheets.items()}
    placed = _placed(scores, sheets, rules, bytes.fromhex(panel.seed), tie_votes(round_))
    return [_result(n, scores[n.code], placed.get(n.code)) for n in nominations]


def _marks_of(sheet: ScoreSheet) -> dict[str, Decimal]:
    return {code: Decimal(mark) for code, mark in sheet.content["marks"].items()}


def _score(sheets: Sheets, rules: Rulebook) -> PanelScore:
    return panel_score(
        sheets.totals,
        method=rules.method,
        min_sheets_for_trim=rules.min_sheets_for_trim,
        min_sheets=rules.min_sheets,
    )


def official(score: PanelScore) -> Decimal | None:
    """The score that may be proposed on: none below the number of sheets that the rules ask for."""
    return None if "below_min_sheets" in score.flags else score.value


def _placed(
    scores: Mapping[str, PanelScore],
    sheets: Mapping[str, Sheets],
    rules: Rulebook,
    seed: bytes,
    votes: Mapping[str, int],
) -> dict[str, Place]:
    ranked = {code: value for code, score in scores.items() if (value := official(score)) is not None}
    return places(
        ranked, sheets, criterion=rules.tie_criterion, method=rules.method,
        min_sheets_for_trim=rules.min_sheets_for_trim, seed=seed, chain=rules.tie_chain, votes=votes,
    )  # fmt: skip


def _result(nomination: Nomination, score: PanelScore, place: Place | None) -> Result:
    return Result(
        nomination=nomination,
        score=official(score),
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

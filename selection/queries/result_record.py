"""A round's results read back from the database, for the page, the table and the paper."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from selection.documents.result import Ballots, Line, Record, SheetLine
from selection.models import Nomination, Result, Round
from selection.queries.ballot import standing, tie_votes
from selection.queries.deliberation import failed_in_ballot, floors_infeasible, ranking_of
from selection.queries.groups import groups_of, names_of, with_groups
from selection.queries.result import ResultSheet, SheetRow, result_sheets
from selection.rules.result import Ranked, select
from selection.rules.scoring import InfeasibleFloors
from workflow.models import Entry

BEFORE_THE_LIST = ("in_review", "scored")


def record_of(round_: Round) -> Record:
    """Everything behind the results of a round, in few statements whatever its size. Raises FloorsInfeasible."""
    results = list(with_groups(ranking_of(round_), "nomination__"))
    panel, version = round_.panels.first(), round_.rulebook_version
    sheets, found = result_sheets(round_, results), outcomes(round_, results)
    return Record(
        code=round_.code,
        title=round_.title,
        version=round_.rules_version,
        digest=version.digest if version else "",
        seed=panel.seed if panel else "",
        rules=round_.rulebook,
        lines=tuple(_line(r, sheets[r.nomination_id], found[r.nomination_id]) for r in results),
        ballots=_ballots(round_),
        names=names_of({*round_.rulebook.bounds("caps"), *round_.rulebook.bounds("floors")}, round_),
    )


def outcomes(round_: Round, results: Sequence[Result]) -> dict[int, str]:
    """What the rules say of everybody, whatever was decided since, by nomination."""
    gone = _withdrawn_before_the_list(round_, results)
    failed = failed_in_ballot(round_)
    ranked = [
        Ranked(str(r.nomination_id), r.score, r.order or 0, groups_of(r.nomination))
        for r in results
        if r.score is not None and r.nomination_id not in gone
    ]
    try:
        picked = select(round_.rulebook, ranked, failed=failed)
    except InfeasibleFloors as infeasible:
        raise floors_infeasible(round_, infeasible) from infeasible
    chosen = set(picked.selected)
    found = {r.nomination_id: picked.reasons.get(str(r.nomination_id), "below_min_sheets") for r in results}
    found |= {int(pk): "selected" for pk in chosen}
    return found | dict.fromkeys(gone, "withdrawn")


def _withdrawn_before_the_list(round_: Round, results: Sequence[Result]) -> set[int]:
    left = {
        f"selection.nomination:{r.nomination_id}": r.nomination_id
        for r in results
        if r.nomination.state == "withdrawn"
    }
    if not left:
        return set()
    rows = Entry.objects.filter(chain=round_.chain_key, kind="nomination.withdraw", subject__in=left)
    return {left[row.subject] for row in rows if _from(row) in BEFORE_THE_LIST}


def _from(entry: Entry) -> str:
    return str(json.loads(entry.payload or "{}").get("from", ""))


def _ballots(round_: Round) -> Ballots:
    lines = standing(round_) if round_.rulebook.ballot else {}
    codes = dict(Nomination.objects.filter(pk__in=lines).values_list("pk", "code"))
    return Ballots(
        {
            codes[pk]: (line.members, line.present or 0, line.yes or 0, bool(line.passed))
            for pk, line in lines.items()
        },
        dict(tie_votes(round_)),
    )


def _sheets(rows: Iterable[SheetRow]) -> tuple[SheetLine, ...]:
    return tuple(SheetLine(r.number, r.marks, r.total_text, r.counted, r.reason) for r in rows)


def _line(result: Result, sheet: ResultSheet, outcome: str) -> Line:
    nomination = result.nomination
    return Line(
        code=nomination.code,
        name=nomination.nominee.name,
        unit=nomination.unit.name,
        groups=groups_of(nomination),
        sheets=_sheets(sheet.rows),
        stage=result.stage,
        earlier=_sheets(sheet.earlier),
        first=result.first,
        exact=result.exact,
        score=result.score,
        flags=tuple(result.flags),
        rank=result.rank,
        order=result.order,
        tie_path=tuple((step["link"], step["value"]) for step in result.tie_path),
        outcome=outcome,
        decision=f"{nomination.state} {nomination.get_state_display()}",
        deviation=nomination.deviation_reason,
    )

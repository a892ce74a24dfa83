"""What is done with an assessment: scheduled, scored by the studio and by two reviewers, heard, confirmed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from studios import policies
from studios.actions import rectification
from studios.messages import assessment as messages
from studios.models import Assessment, AssessmentSheet, Studio
from studios.models.assessment_guards import REVIEWERS
from studios.queries import assessment as queries
from studios.rules import assessment as rules
from workflow import calendar, clock, door, ledger
from workflow.actor import Actor
from workflow.errors import NotPermitted, Refused, StepRefused
from workflow.machine import subject_of
from workflow.rules.chain import canonical

ledger.LABELS.update({"assessment.schedule": _("安排考核")})
Marks = Mapping[str, Decimal]
WORKING_DAYS = "working_days"


class AssessmentRefused(Refused):
    """Marks, reviewers or items that cannot be."""

    code = "bad_assessment"


# Scheduling ----------------------------------------------------------------------------------------------------------


@door.act
def schedule(
    kind: str, year: int, *, by: Actor, self_due_on: date | None = None, reviewers: Sequence[User] = ()
) -> list[Assessment]:
    """Schedule every studio that is due for it and has none yet; the reviewers, where they fit, with it."""
    if not any(by.holds(role) for role in policies.may_run_assessment.roles):
        raise NotPermitted(_("您的身份不能安排考核。"))
    assert isinstance(by, User)
    if reviewers:
        _require_two(reviewers)
    rows = [
        Assessment(studio=studio, kind=kind, year=year, scheduled_by=by, self_due_on=self_due_on)
        for studio in queries.due_for(kind, year)
    ]
    Assessment.objects.bulk_create(rows)
    now = clock.now()
    fitting = {row: [r for r in reviewers if queries.why_unfit(row.studio, r) is None] for row in rows}
    AssessmentSheet.objects.bulk_create(
        AssessmentSheet(assessment=row, reviewer=reviewer, assigned_at=now)
        for row, found in fitting.items()
        for reviewer in found
    )
    for row in rows:
        payload = {"kind": kind, "year": year, "reviewers": [r.username for r in fitting[row]]}
        ledger.append(
            by, chain=row.chain_key, kind="assessment.schedule", subject=subject_of(row), payload=payload
        )
    messages.scheduled(rows)
    messages.assigned_many(rows, fitting)
    return rows


def _require_two(reviewers: Sequence[User]) -> None:
    if len({person.pk for person in reviewers}) != REVIEWERS:
        raise AssessmentRefused(_("须指定两名不同的评审员。"), code="two_reviewers")


@door.act
def assign(assessment: Assessment, *, by: Actor, first: User, second: User) -> Assessment:
    """Say who scores. Whoever has handed a sheet in stays."""
    row = door.locked(assessment)
    chosen = (first, second)
    _require_two(chosen)
    for person in chosen:
        if why := queries.why_unfit(row.studio, person):
            raise AssessmentRefused(why, code="unfit_reviewer")
    open_sheets = row.open_sheets
    done = {sheet.reviewer_id for sheet in open_sheets if sheet.submitted_at}
    if not done <= {person.pk for person in chosen}:
        raise AssessmentRefused(_("已提交评分表的评审员不能更换。"), code="sheet_in")
    moved = door.take(row, "assign", by=by, payload={"reviewers": [person.username for person in chosen]})
    _replace(moved, chosen, {sheet.reviewer_id for sheet in open_sheets})
    messages.assigned(moved, chosen)
    return moved


def _replace(row: Assessment, chosen: Sequence[User], before: set[int]) -> None:
    row.sheets.filter(superseded_at=None, submitted_at=None).exclude(reviewer__in=chosen).delete()
    for person in chosen:
        if person.pk not in before:
            AssessmentSheet.objects.create(assessment=row, reviewer=person, assigned_at=clock.now())


# Scoring -------------------------------------------------------------------------------------------------------------


@door.act
def self_score(assessment: Assessment, *, by: Actor, marks: Marks, words: Mapping[str, str]) -> Assessment:
    """The studio's own marks, with the facts of the period as they stand now."""
    row = door.locked(assessment)
    kept = _read(row, marks)
    moved = door.take(
        row, "self_score", by=by, scorer=by, at=clock.now(), marks=kept, words=dict(words),
        facts=queries.facts(row), payload={"marks": kept},
    )  # fmt: skip
    messages.self_scored(moved, by=by)
    return moved


def _read(row: Assessment, marks: Marks) -> dict[str, str]:
    dimensions = row.studio.programme.dimensions
    try:
        found = rules.read_marks(dimensions, marks)
    except rules.BadMarks as bad:
        name = next((d.name for d in dimensions if d.code == bad.code), bad.code)
        raise AssessmentRefused(str(BAD[bad.what]) % {"name": name}, code="bad_marks") from bad
    return {code: str(mark) for code, mark in found.items()}


BAD = {
    "unknown": _("没有“%(name)s”这个维度。"),
    "missing": _("“%(name)s”没有评分。"),
    "bounds": _("“%(name)s”的评分超出分值范围。"),
    "step": _("“%(name)s”的评分最多保留一位小数。"),
}


@door.act
def score_sheet(assessment: Assessment, *, by: Actor, marks: Marks, words: Mapping[str, str]) -> Assessment:
    """One reviewer's sheet. With the second the score and the grade stand, and the studio is told.

    The ledger gets the sheet's digest while the other reviewer has not handed in, the marks when both have.
    """
    row = door.locked(assessment)
    kept = _read(row, marks)
    sheets = row.open_sheets
    mine = next((sheet for sheet in sheets if sheet.reviewer_id == by.id), None)
    others = [sheet for sheet in sheets if sheet is not mine and sheet.submitted_at]
    outcome = _outcome(row, [*(sheet.points for sheet in others), _points(kept)]) if others else None
    moved = door.take(row, "score_sheet", by=by, outcome=outcome, payload=_said(kept, words, others, outcome))
    assert mine is not None  # the policy asks for it
    mine.marks, mine.words, mine.submitted_at = kept, dict(words), clock.now()
    mine.save(update_fields=["marks", "words", "submitted_at"])
    if outcome:
        messages.rated(moved, by=by)
    return moved


def _points(kept: Mapping[str, str]) -> dict[str, Decimal]:
    return {code: Decimal(mark) for code, mark in kept.items()}


def _said(
    kept: Mapping[str, str], words: Mapping[str, str], others: Sequence[AssessmentSheet], outcome: Any
) -> dict[str, Any]:
    said: dict[str, Any] = {
        "sheet": sha256(canonical({"marks": dict(kept), "words": dict(words)})).hexdigest()
    }
    if outcome:
        said["marks"] = [*(sheet.marks for sheet in others), dict(kept)]
        said |= {"score": str(outcome["score"]), "grade": outcome["grade"], "cap": outcome["cap"]}
    return said


def _outcome(row: Assessment, sheets: Sequence[Marks], *, vetoed: bool = False) -> dict[str, Any]:
    """What the sheets come to: with the statement's time, which begins now."""
    programme, now = row.studio.programme, clock.now()
    score = rules.average(sheets) if sheets else None
    reds = queries.reds_of(row)
    reached = rules.grade_for(programme, score, vetoed=vetoed, reds=reds)
    points = rules.by_dimension(programme.dimensions, sheets) if sheets else {}
    return {
        "score": score,
        "points": {code: str(mark) for code, mark in points.items()},
        "grade": reached.grade,
        "cap": reached.cap,
        "reds": reds,
        "facts": queries.facts(row),
        "rated_at": now,
        "statement_until": calendar.end_of_period(now, programme.statement_working_days, mode=WORKING_DAYS),
    }


@door.act
def veto(assessment: Assessment, *, by: Actor, vetoes: Iterable[str], reason: str) -> Assessment:
    """One of the things that no score makes good: unqualified, and the studio is heard anew."""
    row = door.locked(assessment)
    found = list(vetoes)
    if not found or not set(found) <= set(row.studio.programme.vetoes):
        raise AssessmentRefused(_("请勾选管理办法列明的否决事项。"), code="bad_veto")
    sheets = [sheet.points for sheet in row.open_sheets if sheet.submitted_at]
    outcome = _outcome(row, sheets if len(sheets) == REVIEWERS else [], vetoed=True)
    payload = {"vetoes": found, "grade": outcome["grade"]}
    moved = door.take(row, "veto", by=by, reason=reason, vetoes=found, outcome=outcome, payload=payload)
    messages.rated(moved, by=by)
    return moved


@door.act
def score_again(assessment: Assessment, *, by: Actor, reason: str) -> Assessment:
    """The sheets are put aside, the same reviewers score anew."""
    row = door.locked(assessment)
    before = row.open_sheets
    moved = door.take(row, "score_again", by=by, reason=reason)
    now = clock.now()
    row.sheets.filter(superseded_at=None).update(superseded_at=now)
    AssessmentSheet.objects.bulk_create(
        AssessmentSheet(assessment=moved, reviewer_id=sheet.reviewer_id, assigned_at=now) for sheet in before
    )
    moved = Assessment.objects.select_related(*Assessment.LOCK_WITH).get(pk=moved.pk)
    messages.assigned(moved, [sheet.reviewer for sheet in before])
    return moved


# The statement -------------------------------------------------------------------------------------------------------


@door.act
def make_statement(assessment: Assessment, *, by: Actor, statement: str) -> Assessment:
    """What the studio has to say, within the time it has; the last one said stands."""
    row = door.locked(assessment)
    if row.state == Assessment.State.RATED and row.statement_until and clock.now() >= row.statement_until:
        raise StepRefused(_("陈述期已满，不能再提交陈述。"), code="statement_late")
    moved = door.take(row, "make_statement", by=by, statement=statement, at=clock.now(), payload={"statement": statement})  # fmt: skip
    messages.stated(moved, by=by)
    return moved


@door.act
def waive_statement(assessment: Assessment, *, by: Actor) -> Assessment:
    """The studio has nothing to say: nobody need wait for the end of its time."""
    moved = door.take(assessment, "waive_statement", by=by, at=clock.now())
    messages.stated(moved, by=by)
    return moved


# Confirming ----------------------------------------------------------------------------------------------------------


@door.act
def confirm(assessment: Assessment, *, by: Actor, items: Sequence[str] = ()) -> Assessment:
    """The grade stands. A basic one says what must be put right, item by item, and until when."""
    row = _held(assessment)
    if row.grade == rules.BASIC and not items:
        raise AssessmentRefused(_("等次为基本合格，请逐条写明整改事项。"), code="items_missing")
    moved = door.take(row, "confirm", by=by, confirmer=by, at=clock.now(), payload=_result(row))
    if moved.grade in (rules.BASIC, rules.UNQUALIFIED):
        rectification.order(moved, by=by, items=items)
    messages.confirmed(moved, by=by)
    return moved


@door.act
def confirm_at_limit(assessment: Assessment, *, by: Actor) -> Assessment:
    """The score is excellent, the places are taken: qualified."""
    row = _held(assessment)
    moved = door.take(row, "confirm_at_limit", by=by, confirmer=by, at=clock.now(), payload=_result(row))
    messages.confirmed(moved, by=by)
    return moved


def _held(assessment: Assessment) -> Assessment:
    """The row, with all of its year locked: two persons cannot give the last place away at once."""
    door.hold(Assessment.objects.filter(year=assessment.year, kind=assessment.kind))
    row = door.locked(assessment)
    door.hold(Studio.objects.filter(pk=row.studio_id))
    return row


def _result(row: Assessment) -> dict[str, Any]:
    return {"score": None if row.score is None else str(row.score), "grade": row.grade, "cap": row.cap}

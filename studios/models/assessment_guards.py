"""What must hold before an assessment moves, asked of the row."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from studios.models.studio import Studio
from studios.rules.assessment import EXCELLENT, excellent_places, limit_excellent, tie_marks
from workflow import clock
from workflow.machine import Guard

REVIEWERS = 2


def _in_use(assessment: Any) -> list[Any]:
    return list(assessment.open_sheets)


not_yet_stated = Guard(
    "scoring_begun",
    _("评审员已提交评分，自评不能再修改。"),
    lambda a: all(sheet.submitted_at is None for sheet in _in_use(a)),
)
two_reviewers = Guard("reviewers_missing", _("尚未指定两名评审员。"), lambda a: len(_in_use(a)) == REVIEWERS)


def _self_score_awaited(assessment: Any) -> str:
    day = assessment.self_due_on.isoformat() if assessment.self_due_on else ""
    return gettext("工作室尚未自评，自评截止%(day)s，此后可以评分。") % {"day": day}


may_be_scored = Guard(
    "self_score_awaited",
    _self_score_awaited,
    lambda a: a.self_scored_at is not None or a.self_due_on is None or a.self_due_on < clock.today(),
)


def _window_open(assessment: Any) -> str:
    until = assessment.statement_until
    at = until.astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M") if until else ""
    return gettext("工作室的陈述期至%(at)s，期满前不能确认；工作室表示无陈述意见的除外。") % {"at": at}


window_over = Guard(
    "statement_window",
    _window_open,
    lambda a: a.statement_waived or (a.statement_until is not None and clock.now() >= a.statement_until),
)


def _why_not_excellent(assessment: Any) -> str:
    """Why this one, whose score is excellent, cannot be confirmed so; empty if it can."""
    rows = type(assessment).objects.filter(year=assessment.year, kind=assessment.kind)
    waiting = rows.filter(state="scheduled", studio__state__in=Studio.RUNNING).count()
    if waiting:
        return ngettext(
            "今年还有%(n)s个工作室未评定。优秀须在全部评定后按得分确认。",
            "今年还有%(n)s个工作室未评定。优秀须在全部评定后按得分确认。",
            waiting,
        ) % {"n": waiting}
    return _limit_of(assessment, rows)


def _limit_of(assessment: Any, rows: Any) -> str:
    rules = assessment.studio.programme
    counted = rows.filter(state="confirmed") | rows.filter(studio__state__in=Studio.LIVING)
    places = excellent_places(counted.count(), rules.excellent_share)
    found = list(rows.filter(grade=EXCELLENT, state__in=("rated", "confirmed")))
    taken = sum(row.state == "confirmed" for row in found)
    words = {"places": places, "taken": taken}
    if taken >= places:
        return gettext("今年可评优秀%(places)s个，已评%(taken)s个。") % words
    ranked = {row.pk: _rank_of(row, rules.dimensions) for row in found}
    if assessment.pk not in limit_excellent(ranked, places):
        return (
            gettext("今年可评优秀%(places)s个，已评%(taken)s个，其余名额按得分属于排在前面的工作室。") % words
        )
    return ""


def _rank_of(row: Any, dimensions: Any) -> list[Decimal]:
    marks = {dimension.code: Decimal(row.points.get(dimension.code, "0")) for dimension in dimensions}
    return [row.score or Decimal(0), *tie_marks(dimensions, marks)]


excellent_place = Guard(
    "excellent_limit", _why_not_excellent, lambda a: a.grade != EXCELLENT or not _why_not_excellent(a)
)


def _place_left(assessment: Any) -> bool:
    rows = type(assessment).objects.filter(year=assessment.year, kind=assessment.kind)
    waiting = rows.filter(state="scheduled", studio__state__in=Studio.RUNNING).exists()
    return waiting or not _limit_of(assessment, rows)


limit_reached = Guard(
    "place_left",
    _("该工作室仍在当年优秀名额之内，或尚有工作室未评定。"),
    lambda a: a.grade == EXCELLENT and not _place_left(a),
    applies=True,
)

"""Assessments of the ten studios: last year's and the middle one confirmed, in bulk and without ledger; this year's under way."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from config.demo.days import at, on
from config.demo.world import World
from selection.models import Round
from studios.actions import assessment as actions
from studios.actions import rectification
from studios.models import Assessment, AssessmentSheet, Rectification, Studio
from studios.queries import assessment as queries
from studios.rules import assessment as rules
from studios.rules.programme import Programme

RATED, CONFIRMED = date(2026, 1, 9), date(2026, 1, 19)
MIDDLE_RATED, MIDDLE_CONFIRMED = date(2026, 8, 31), date(2026, 9, 14)
BASIC_LAST_YEAR = 9
# What the two reviewers took off the service, place by place; the third of the excellent is one too many.
LAST_YEAR = (("4.0", "5.5"), ("6.0", "6.8"), ("8.5", "9.2"), ("14.0", "16.5"), ("18.5", "17.0"), ("20.0", "22.0"),
             ("12.0", "13.5"), ("15.5", "16.0"), ("23.0", "21.5"), ("33.0", "34.0"))  # fmt: skip
MIDDLE = (("9.0", "11.0"), ("10.5", "12.0"), ("12.5", "13.0"), ("15.0", "17.5"), ("20.0", "18.5"), ("34.5", "33.0"),
          ("13.0", "14.5"), ("16.5", "15.0"), ("22.0", "24.0"), ("19.0", "18.0"))  # fmt: skip
ITEMS = ("三次督导记录缺少结对社工站签字，补齐并附站点说明", "年度任务中小组服务未达目标，提出补课安排")
WORDS = "材料齐全，与记录相符。"


def last_year(world: World, rows: list[Studio]) -> None:
    """2025: two excellent, a third at the limit, one basic that has put things right since."""
    found = _confirmed(world, rows, "annual", 2025, LAST_YEAR, RATED, CONFIRMED)
    put_right = found[BASIC_LAST_YEAR]
    Rectification.objects.bulk_create(
        [
            Rectification(
                studio=put_right.studio, assessment=put_right, item="个案记录缺少结案评估，补齐六例", state="accepted",
                ordered_on=CONFIRMED, due_on=date(2026, 3, 12), evidence="六例结案评估已补齐，附目录。",
                filed_by=put_right.studio.lead, filed_at=at(date(2026, 3, 2)), accepted_by=world.staff["manager"],
                accepted_at=at(date(2026, 3, 5)), remarks="整改到位。",
            )
        ]
    )  # fmt: skip


def middle(world: World, rows: list[Studio], rectifying: int) -> None:
    """2026, after eighteen months: one is basic, and puts things right now."""
    found = _confirmed(world, rows, "mid_term", 2026, MIDDLE, MIDDLE_RATED, MIDDLE_CONFIRMED)
    with on(MIDDLE_CONFIRMED, 15):
        rectification.order(found[rectifying], by=world.staff["manager"], items=ITEMS)


def _confirmed(
    world: World, rows: list[Studio], kind: str, year: int, lacks: Any, rated: date, confirmed: date
) -> list[Assessment]:
    """Rows as the acts would have left them."""
    programme = rows[0].programme
    both = [[_marks(programme, lack) for lack in pair] for pair in lacks]
    made = [
        _assessment(world, studio, kind, year, sheets, at(rated), at(confirmed))
        for studio, sheets in zip(rows, both, strict=False)
    ]
    _limit(made, programme)
    Assessment.objects.bulk_create(made)
    AssessmentSheet.objects.bulk_create(
        AssessmentSheet(
            assessment=row, reviewer=world.staff[name], marks=_texts(marks), words={"service": WORDS},
            assigned_at=at(rated - timedelta(days=10)), submitted_at=at(rated),
        )
        for row, sheets in zip(made, both, strict=False)
        for name, marks in zip(("reviewer1", "reviewer2"), sheets, strict=True)
    )  # fmt: skip
    return made


def _marks(programme: Programme, lack: str) -> dict[str, Decimal]:
    """Full marks less so many: of the service, half as much again of the others as far as they go."""
    left, marks = Decimal(lack), {}
    for dimension in sorted(programme.dimensions, key=lambda d: d.code != "service"):
        taken = min(left, (dimension.points * Decimal("0.6")).quantize(Decimal("0.1")))
        marks[dimension.code] = dimension.points - taken
        left -= taken
    return {dimension.code: marks[dimension.code] for dimension in programme.dimensions}


def _texts(marks: dict[str, Decimal]) -> dict[str, str]:
    return {code: str(mark) for code, mark in marks.items()}


def _assessment(
    world: World,
    studio: Studio,
    kind: str,
    year: int,
    sheets: list[dict[str, Decimal]],
    rated: datetime,
    done: datetime,
) -> Assessment:
    programme, score = studio.programme, rules.average(sheets)
    own = {code: max(mark, sheets[1][code]) for code, mark in sheets[0].items()}
    return Assessment(
        studio=studio, kind=kind, year=year, state="confirmed", scheduled_by=world.staff["manager"],
        self_due_on=rated.date() - timedelta(days=7), self_marks=_texts(own),
        self_words={d.code: "对照年度计划自查，详见年度报告。" for d in programme.dimensions},
        self_scored_by=studio.lead, self_scored_at=rated - timedelta(days=9), score=score,
        points=_texts(rules.by_dimension(programme.dimensions, sheets)), grade=programme.grade_at(score),
        facts={"reports": {"owed": 5, "on_time": 5, "late": 0, "red": 0}}, rated_at=rated,
        statement_until=rated + timedelta(days=7), stated_at=rated + timedelta(days=1), statement_waived=True,
        confirmed_by=world.staff["manager"], confirmed_at=done,
    )  # fmt: skip


def _limit(made: list[Assessment], programme: Programme) -> None:
    """No more of them excellent than there are places."""
    places = rules.excellent_places(len(made), programme.excellent_share)
    best = sorted(
        (row for row in made if row.grade == rules.EXCELLENT), key=lambda row: row.score or 0, reverse=True
    )
    for row in best[places:]:
        row.grade, row.cap = rules.QUALIFIED, rules.AT_LIMIT


def this_year(world: World, round_: Round, until: date) -> None:
    """Scheduled a fortnight ago: some have scored themselves, one reviewer has begun."""
    staff = world.staff
    with on(until - timedelta(days=14), 9):
        made = actions.schedule(
            "annual", until.year, by=staff["manager"], self_due_on=until + timedelta(days=10),
            reviewers=[staff["reviewer1"], staff["reviewer2"]],
        )  # fmt: skip
    rows = [row for row in made if row.studio.recognition.round_id == round_.pk and row.studio.lead]
    for number, row in enumerate(rows[:4]):
        with on(until - timedelta(days=5), 9, number * 7):
            dimensions = row.studio.programme.dimensions
            marks = {d.code: Decimal(d.points) - Decimal("1.5") for d in dimensions}
            marks |= rules.suggested(dimensions, queries.facts(row))
            words = {d.code: "按记录自评，佐证见报告和活动记录。" for d in dimensions}
            actions.self_score(row, by=row.studio.lead, marks=marks, words=words)  # type: ignore[arg-type]
    with on(until - timedelta(days=1), 15):
        first = Assessment.objects.get(pk=rows[0].pk)
        marks = _marks(first.studio.programme, "8.0")
        actions.score_sheet(first, by=staff["reviewer1"], marks=marks, words={"service": WORDS})

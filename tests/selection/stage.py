"""Rounds brought as far as a test needs them, by the actions that people take."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from accounts.models import User
from selection.actions import assignment, panel, qualification, scoring
from selection.models import Assignment, Expert, Nomination, Panel, Round, ScoreSheet
from tests import factories
from tests.remembered import remembered
from workflow import clock
from workflow.clock import ZONE

SCREENING = datetime(2026, 10, 12, 9, 0, tzinfo=ZONE)
DRAW_AT = datetime(2026, 10, 15, 21, 30, tzinfo=ZONE)
REVIEW = datetime(2026, 10, 16, 9, 0, tzinfo=ZONE)
VALUE = "03 09 17 21 28 33 + 07"
CODES = "ABCDEF"


@dataclass
class Stage:
    """A round with its people."""

    round: Round
    manager: User
    supervisor: User
    reviewers: list[User]
    nominations: list[Nomination]
    experts: list[Expert] = field(default_factory=list)
    panel: Panel | None = None

    def duty(self, n: int = 0) -> Assignment:
        return Assignment.objects.filter(round=self.round).select_related("expert__user").order_by("pk")[n]


def screening(nominees: int = 1, *, state: str = "nominated", **rules: Any) -> Stage:
    """A round past its closing, with nominees as the bureaus left them."""
    row, orgs = factories.round_("screening", rules=factories.rulebook(**rules)), factories.tree()
    found = [
        factories.nomination(state, round=row, orgs=orgs, nominee=factories.nominee(f"人选{i}号"))
        for i in range(nominees)
    ]
    province = factories.organisation("province")
    people = [
        factories.user(role, organisation=province)
        for role in ("manager", "supervisor", "reviewer", "reviewer")
    ]
    return Stage(row, people[0], people[1], people[2:], found)


def findings(nomination: Nomination, **human: str) -> list[dict[str, str]]:
    """Everything passes but what is named."""
    return [{"rule": f.rule, "human": human.get(f.rule, "pass")} for f in nomination.findings]


def concluded(stage: Stage, number: int, verdict: str, *, on: int = 0, **human: str) -> Any:
    """The n-th reviewer takes a dossier up and concludes."""
    nomination, person = stage.nominations[on], stage.reviewers[number]
    review = qualification.start(nomination, by=person)
    reason = f"理由由第{number + 1}位初审员写明" if human or verdict == "disqualified" else ""
    return qualification.conclude(
        review, by=person, verdict=verdict, findings=findings(nomination, **human), reason=reason
    )


def pool(scholars: int = 3, practice: int = 3, association: int = 1) -> list[Expert]:
    """An expert pool of these sizes."""
    numbers = {"scholar": scholars, "practice": practice, "association": association}
    return [factories.expert(category) for category, n in numbers.items() for _i in range(n)]


@remembered
def frozen(nominees: int = 3, *, experts: tuple[int, int, int] = (4, 4, 2), **rules: Any) -> Stage:
    """Qualified nominees and frozen inputs."""
    stage = screening(nominees, state="qualified", **rules)
    stage.experts = pool(*experts)
    with clock.frozen(SCREENING):
        stage.panel = panel.freeze(
            panel.prepare(stage.round, by=stage.manager),
            by=stage.manager,
            source="双色球第2026120期",
            value_at=DRAW_AT,
        )
    return stage


@remembered
def drawn(nominees: int = 3, **given: Any) -> Stage:
    """A draw before its witness."""
    stage = frozen(nominees, **given)
    assert stage.panel is not None
    with clock.frozen(DRAW_AT):
        stage.panel = panel.draw(stage.panel, by=stage.supervisor, public_value=VALUE)
    return stage


@remembered
def in_review(nominees: int = 3, **given: Any) -> Stage:
    """A round whose experts may declare and score."""
    stage = drawn(nominees, **given)
    with clock.frozen(REVIEW):
        stage.round = panel.begin_review(stage.round, by=stage.manager)
    return stage


def accepted(duty: Assignment) -> ScoreSheet:
    """The expert declares; the sheet lies ready."""
    return assignment.accept(duty, by=duty.expert.user, declared=True).sheet


def marks(all_of: str | Decimal, **single: str) -> dict[str, Decimal]:
    """The same mark for every criterion but those named."""
    return {code: Decimal(single.get(code, str(all_of))) for code in CODES}


def submitted(duty: Assignment, mark: str | Decimal, *, overall: str = "", **single: str) -> ScoreSheet:
    """A sheet with this mark throughout, so that its total is the mark."""
    return scoring.submit(accepted(duty), by=duty.expert.user, marks=marks(mark, **single), overall=overall)


def scored(stage: Stage, totals: list[list[str]]) -> None:
    """Sheets of every nominee, in the order of the draw."""
    for nomination, row in zip(stage.nominations, totals, strict=True):
        duties = nomination.assignments.select_related("expert__user").order_by("pk")
        for duty, total in zip(duties, row, strict=True):
            submitted(duty, total)


def opened(stage: Stage) -> Round:
    """Asked for by the manager, witnessed by the supervisor."""
    return scoring.open_scores(scoring.ask_opening(stage.round, by=stage.manager), by=stage.supervisor)


LATER = REVIEW + timedelta(days=3)

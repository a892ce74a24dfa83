"""Score sheets of the demo: comments where the rules want them, and drafts as they lie about in the middle."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from random import Random

from django.db.models import QuerySet

from config.demo import names
from selection.actions import assignment, own_sheets, scoring
from selection.models import Assignment
from selection.rules.marks import asks_comment
from selection.rules.rulebook import Rulebook

DRAFTS = 3  # for each expert: two ready, the last half filled in
HALF = 4
LEVEL = 82


def asked_comments(rules: Rulebook, marks: Mapping[str, Decimal], random: Random) -> dict[str, str]:
    """A comment beside each mark that the rules want explained."""
    asked = [
        code
        for code, mark in marks.items()
        if asks_comment(mark, at_least=rules.comment_at_least, below=rules.comment_below)
    ]
    return {code: random.choice(names.COMMENTS) for code in asked}


def leave_drafts(duties: QuerySet[Assignment], mark: Callable[[float], Decimal], random: Random) -> None:
    """Everybody has some sheets ready and one half filled in."""
    rest: dict[int, list[Assignment]] = {}
    for duty in duties.select_related("expert__user", "round").order_by("expert__code", "nomination__code"):
        rest.setdefault(duty.expert_id, []).append(duty)
    for mine in rest.values():
        for number, duty in enumerate(mine[:DRAFTS], start=1):
            _draft(duty, mark, random, ready=number < DRAFTS)


def _draft(duty: Assignment, mark: Callable[[float], Decimal], random: Random, *, ready: bool) -> None:
    user, rules = duty.expert.user, duty.round.rulebook
    assert user is not None  # whoever has duties has an account
    sheet = assignment.accept(duty, by=user, declared=True).sheet
    marks = {code: mark(LEVEL) for code in list(rules.weights)[: None if ready else HALF]}
    typed = {code: f"{value:f}".removesuffix(".0") for code, value in marks.items()}
    saved = scoring.save_draft(
        sheet, by=user, marks=typed, comments=asked_comments(rules, marks, random), overall="", revision=0
    )  # fmt: skip
    if ready:
        own_sheets.mark_ready(saved, by=user, ready=True)


def round_half(points: float) -> str:
    """To half points, as text: exact, never a binary float."""
    halves = int(points * 2 + 0.5)
    return f"{halves // 2}.{'5' if halves % 2 else '0'}"

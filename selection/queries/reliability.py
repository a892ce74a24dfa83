"""The reliability report of a round: read after the opening, calculated when it is read, kept nowhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from accounts.roles import Role
from selection.errors import FloorsInfeasible
from selection.models import Nomination, Panelist, Result, Round, ScoreSheet
from selection.models.nomination import IN_LIST
from selection.queries.deliberation import choices, failed_in_ballot, ranking_of
from selection.queries.groups import city_of, groups_of, with_groups
from selection.queries.scoring_due import due_dates
from selection.rules import diagnostics as rules
from selection.rules.scoring import Candidate, InfeasibleFloors, select_in_rank_order, sheet_total
from selection.rules.signs import Sheet, Signal, signals
from workflow.clock import ZONE

FEWEST_NOMINEES, FEWEST_EXPERTS = 5, 3  # below, variances are guesses
LEAST_IN_LIST = 0.5  # P(in the list) of a member, below which the minutes say why
Totals = list[tuple[str, str, Fraction]]  # nominee's code, expert's code, total


@dataclass(frozen=True)
class Point:
    """One sheet in a nominee's strip."""

    number: int | None
    total: Fraction
    look_again: bool


@dataclass(frozen=True)
class NomineeRow:
    """What the sheets say of one nominee beside the official result."""

    result: Result
    points: tuple[Point, ...]
    in_official: bool
    in_adjusted: bool
    adjusted: float | None = None
    standing: rules.Standing | None = None
    without: tuple[int, int] | None = None  # best and worst rank with one expert left out
    changes: tuple[int, ...] = ()  # numbers of the experts without whom the nominee enters or leaves the list

    @property
    def nomination(self) -> Nomination:
        return self.result.nomination

    @property
    def look_again(self) -> bool:
        """One of the sheets is worth another look."""
        return any(point.look_again for point in self.points)

    @property
    def unsure(self) -> bool:
        """On the list, and more likely than not outside it by the model."""
        return self.in_official and self.standing is not None and self.standing.in_list < LEAST_IN_LIST

    @property
    def differs(self) -> bool:
        """In one list and not in the other."""
        return self.in_official != self.in_adjusted


@dataclass(frozen=True)
class ExpertRow:
    """One expert under the anonymous number."""

    number: int | None
    sheets: int
    mean: float
    leniency: float | None
    flat: bool


@dataclass(frozen=True)
class Report:
    """All of it. Without `model` there is not enough data, and `why` says what is lacking."""

    nominees: list[NomineeRow]
    experts: list[ExpertRow]
    agreement: rules.Agreement
    complete: bool
    places: int
    why: str = ""
    model: rules.MixedModel | None = None
    reliability: tuple[float | None, float | None] = (None, None)
    parts: int = 1
    signals: list[Signal] = field(default_factory=list)
    numbers: Mapping[str, int | None] = field(default_factory=dict)

    @property
    def unsure(self) -> list[NomineeRow]:
        return [row for row in self.nominees if row.unsure]

    @property
    def differing(self) -> list[NomineeRow]:
        return [row for row in self.nominees if row.differs]

    @property
    def asks_reason(self) -> bool:
        """The panel must minute why it keeps to its list."""
        return bool(self.unsure or self.differing)


def report_of(round_: Round, *, for_supervisor: bool = False) -> Report:
    """The report of a round whose scores have been opened."""
    sheets = _sheets(round_)
    totals = _totals(sheets, round_)
    numbers = _numbers(round_)
    results = list(with_groups(ranking_of(round_), "nomination__"))
    official = _official(round_, results)
    why = _lacking(totals)
    model = rules.mixed_model(totals) if not why else None
    places = len(official)
    standings = rules.standings(model, places) if model else {}
    complete = rules.is_complete(totals)
    adjusted = _adjusted_list(round_, results, model, places) if standings and not complete else official
    left_out = rules.leave_one_expert_out(totals) if standings else {}
    sheets_each = len(totals) / max(len({nominee for nominee, _e, _t in totals}), 1)
    return Report(
        nominees=[
            _nominee(r, totals, numbers, official, adjusted, model, standings, left_out, places) for r in results
        ],
        experts=_experts(totals, numbers, model),
        agreement=rules.agreement(rules.matrix_of(totals)),
        complete=complete,
        places=places,
        why=why or ("" if standings else "no_variance"),
        model=model if standings else None,
        reliability=model.reliability(sheets_each) if model else (None, None),
        parts=len(rules.connected(totals)),
        signals=signals(_observed(round_, sheets, totals)) if for_supervisor else [],
        numbers=numbers,
    )  # fmt: skip


def sees_signals(actor: Any) -> bool:
    """Signs that sheets are worth a look are for the supervisor alone."""
    return bool(actor.holds(Role.SUPERVISOR))


def _sheets(round_: Round) -> list[ScoreSheet]:
    rows = ScoreSheet.objects.filter(
        assignment__round=round_, assignment__stage=round_.opened_stage, state="locked"
    ).exclude(assignment__nomination__state="withdrawn")
    paths = (
        "assignment__nomination__nominator",
        "assignment__nomination__county",
        "assignment__nomination__unit",
    )
    return list(rows.select_related("assignment__expert", *paths).order_by("pk"))


def _totals(sheets: Sequence[ScoreSheet], round_: Round) -> Totals:
    weights = round_.rulebook.weights
    return [
        (
            sheet.assignment.nomination.code,
            sheet.assignment.expert.code,
            sheet_total({code: Decimal(mark) for code, mark in sheet.content["marks"].items()}, weights),
        )
        for sheet in sheets
    ]


def _numbers(round_: Round) -> dict[str, int | None]:
    rows = Panelist.objects.filter(panel__round=round_)
    return dict(rows.values_list("expert__code", "number"))


def _lacking(totals: Totals) -> str:
    """Why no model is fitted; empty if one is."""
    nominees, experts = {n for n, _e, _t in totals}, {e for _n, e, _t in totals}
    if len(nominees) < FEWEST_NOMINEES:
        return "few_nominees"
    if len(experts) < FEWEST_EXPERTS:
        return "few_experts"
    if len(totals) <= len(nominees) + len(experts):
        return "few_sheets"
    return "disconnected" if len(rules.connected(totals)) > 1 else ""


def _official(round_: Round, results: Sequence[Result]) -> set[int]:
    """The list as it is: those on it, and those whom the rules suggest for what is left."""
    again = ("scored", "in_review") if round_.state == "review" else ("scored",)  # the second stage runs
    waiting = [r for r in results if r.nomination.state in again]
    listed = {r.nomination_id for r in results if r.nomination.state in IN_LIST}
    try:
        return listed | {c.nomination.pk for c in choices(round_, waiting) if c.suggested}
    except FloorsInfeasible:  # nobody is suggested before other rules are made
        return listed


def _adjusted_list(
    round_: Round, results: Sequence[Result], model: rules.MixedModel | None, places: int
) -> set[int]:
    """As many by the adjusted order, above the line and under the same caps, minimums and ballot."""
    assert model is not None
    book, failed = round_.rulebook, failed_in_ballot(round_)
    able = [
        r
        for r in results
        if r.score is not None and r.score >= book.pass_line and str(r.nomination_id) not in failed
        and r.nomination.code in model.nominee
    ]  # fmt: skip
    candidates = [
        Candidate(str(r.nomination_id), Decimal(str(round(model.nominee[r.nomination.code], 9))), groups_of(r.nomination))
        for r in able
    ]  # fmt: skip
    try:
        found = select_in_rank_order(
            candidates, places=places, caps=book.bounds("caps"), floors=book.bounds("floors")
        )
    except InfeasibleFloors:
        return {int(c.id) for c in sorted(candidates, key=lambda c: -c.score)[:places]}
    return {int(pk) for pk in found.selected}


def _nominee(
    result: Result, totals: Totals, numbers: Mapping[str, int | None], official: set[int], adjusted: set[int],
    model: rules.MixedModel | None, standings: Mapping[str, rules.Standing],
    left_out: Mapping[str, Mapping[str, int]], places: int,
) -> NomineeRow:  # fmt: skip
    code = result.nomination.code
    own = [(expert, total) for nominee, expert, total in totals if nominee == code]
    look = set(rules.outlier_sheets([total for _expert, total in own]))
    points = tuple(Point(numbers.get(e), total, at in look) for at, (e, total) in enumerate(own))
    in_official = result.nomination_id in official
    if code not in standings or model is None:
        return NomineeRow(result, points, in_official, in_official)
    ranks = {expert: found[code] for expert, found in left_out.items() if code in found}
    now = _rank_now(totals, code)
    changes = tuple(
        sorted(numbers.get(e) or 0 for e, rank in ranks.items() if (rank <= places) != (now <= places))
    )
    return NomineeRow(
        result, points, in_official, result.nomination_id in adjusted, model.adjusted()[code], standings[code],
        (min(ranks.values()), max(ranks.values())) if ranks else None, changes,
    )  # fmt: skip


def _rank_now(totals: Totals, code: str) -> int:
    """By the plain mean with everybody in, to compare with the ranks where somebody is left out."""
    sums: dict[str, list[Fraction]] = defaultdict(list)
    for nominee, _expert, total in totals:
        sums[nominee].append(total)
    means = {nominee: sum(found, Fraction(0)) / len(found) for nominee, found in sums.items()}
    return 1 + sum(mean > means[code] for mean in means.values())


def _experts(
    totals: Totals, numbers: Mapping[str, int | None], model: rules.MixedModel | None
) -> list[ExpertRow]:
    own: dict[str, list[Fraction]] = defaultdict(list)
    for _nominee, expert, total in totals:
        own[expert].append(total)
    rows = [
        ExpertRow(
            numbers.get(expert), len(found), float(sum(found, Fraction(0)) / len(found)),
            model.expert[expert] if model else None, rules.flat_expert(found),
        )
        for expert, found in own.items()
    ]  # fmt: skip
    return sorted(rows, key=lambda row: row.number or 0)


def _observed(round_: Round, sheets: Sequence[ScoreSheet], totals: Totals) -> list[Sheet]:
    due = due_dates(round_)
    return [_seen(sheet, float(total), due) for sheet, (_n, _e, total) in zip(sheets, totals, strict=True)]


def _seen(sheet: ScoreSheet, total: float, due: Mapping[int, date | None]) -> Sheet:
    duty = sheet.assignment
    city, content = city_of(duty.nomination), sheet.content
    last = due.get(duty.expert_id)
    at = sheet.submitted_at
    words = (*(content["comments"][code] for code in sorted(content["comments"])), content["overall"])
    return Sheet(
        nominee=duty.nomination.code,
        expert=duty.expert.code,
        total=total,
        read_for=at - duty.answered_at if at and duty.answered_at else None,
        home=city is not None and duty.expert.city_id == city.pk,
        late=at is not None and last is not None and at.astimezone(ZONE).date() > last,
        comments=tuple(word for word in words if word),
    )

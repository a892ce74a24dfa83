"""From marks to a ranking and a selection. Exact rationals throughout, rounded half up once, at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor
from statistics import median
from typing import Literal

from selection.rules.floors import Group, floors_can_be_met, unmeetable_floors

Method = Literal["mean", "trimmed_mean", "median"]

FULL_MARK = 100
SMALLEST_TRIM = 3  # one sheet must remain after the highest and the lowest are dropped


def sheet_total(marks: Mapping[str, Decimal], weights: Mapping[str, Decimal]) -> Fraction:
    """The weighted mean of one sheet's marks, each out of 100, as an exact rational.

    Raises ValueError for a criterion without a mark, a mark without a criterion, a mark outside 0 to 100, and
    weights that are negative or sum to nothing.
    """
    if marks.keys() != weights.keys():
        raise ValueError(f"marks and criteria differ: {sorted(marks.keys() ^ weights.keys())}")
    whole = sum(map(Fraction, weights.values()), Fraction(0))
    if whole <= 0 or any(weight < 0 for weight in weights.values()):
        raise ValueError("weights are not negative and sum to more than nothing")
    return sum((Fraction(weights[code]) * _mark(mark) for code, mark in marks.items()), Fraction(0)) / whole


def _mark(mark: Decimal) -> Fraction:
    exact = Fraction(mark)
    if not 0 <= exact <= FULL_MARK:
        raise ValueError(f"a mark is between 0 and {FULL_MARK}: {mark}")
    return exact


def round_half_up(exact: Fraction) -> Decimal:
    """`exact` with two decimals, half away from zero (四舍五入): 85.125 gives 85.13."""
    cents = floor(abs(exact) * 100 + Fraction(1, 2))
    return Decimal(cents if exact >= 0 else -cents).scaleb(-2)


@dataclass(frozen=True)
class PanelScore:
    """A nominee's official score; `dropped` is the lowest and the highest total of a trimmed mean."""

    value: Decimal | None
    exact: Fraction | None
    sheets: int
    trimmed: bool
    dropped: tuple[Fraction, ...]
    flags: frozenset[str]


def panel_score(
    totals: Sequence[Decimal | Fraction],
    *,
    method: Method = "trimmed_mean",
    min_sheets_for_trim: int = 5,
    min_sheets: int = 3,
) -> PanelScore:
    """The score from the totals of a nominee's valid sheets; void ones are left out, none is imputed.

    Trimming drops exactly one highest and one lowest total, also under ties; with fewer than
    `min_sheets_for_trim` sheets it is the plain mean, flagged "not_trimmed". Other flags: "single_sheet",
    "below_min_sheets".
    """
    _require_method(method, min_sheets_for_trim)
    exact = sorted(Fraction(total) for total in totals)
    if not exact:
        return PanelScore(None, None, 0, False, (), frozenset({"below_min_sheets"}))
    trimmed = method == "trimmed_mean" and len(exact) >= min_sheets_for_trim
    value = median(exact) if method == "median" else _mean(exact[1:-1] if trimmed else exact)
    flags = {
        "single_sheet": len(exact) == 1,
        "below_min_sheets": len(exact) < min_sheets,
        "not_trimmed": method == "trimmed_mean" and not trimmed,
    }
    return PanelScore(
        value=round_half_up(value),
        exact=value,
        sheets=len(exact),
        trimmed=trimmed,
        dropped=(exact[0], exact[-1]) if trimmed else (),
        flags=frozenset(flag for flag, raised in flags.items() if raised),
    )


def _require_method(method: str, min_sheets_for_trim: int) -> None:
    if method not in ("mean", "trimmed_mean", "median"):
        raise ValueError(f"unknown method: {method}")
    if min_sheets_for_trim < SMALLEST_TRIM:
        raise ValueError(f"trimming needs at least {SMALLEST_TRIM} sheets")


def _mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def competition_ranks(values: Sequence[Decimal]) -> list[int]:
    """The rank of each value, highest first, equals sharing the better rank: 1, 1, 3. In the order given."""
    first_place: dict[Decimal, int] = {}
    for place, value in enumerate(sorted(values, reverse=True), start=1):
        first_place.setdefault(value, place)
    return [first_place[value] for value in values]


@dataclass(frozen=True)
class VoteOutcome:
    """Whether a ballot had its quorum, and whether it passed (never without a quorum)."""

    quorum: bool
    passed: bool


def vote(*, members: int, present: int, yes: int) -> VoteOutcome:
    """The panel's vote: two thirds of the members present, two thirds of those present in favour.

    Abstentions count as present. Raises ValueError for counts that contradict each other.
    """
    if not (0 <= yes <= present <= members and members > 0):
        raise ValueError(f"impossible ballot: {members} members, {present} present, {yes} in favour")
    quorum = 3 * present >= 2 * members
    return VoteOutcome(quorum=quorum, passed=quorum and 3 * yes >= 2 * present)


@dataclass(frozen=True)
class Candidate:
    """Who may be selected: the published score, and the groups that caps and floors speak of."""

    id: str
    score: Decimal
    groups: frozenset[Group]


@dataclass(frozen=True)
class Selection:
    """Who was selected, in rank order, and for everyone else the code of why not."""

    selected: tuple[str, ...]
    reasons: dict[str, str]


class InfeasibleFloors(ValueError):
    """The minimums cannot be met whoever is selected: `floors` names those that stand in the way."""

    def __init__(self, floors: Sequence[Group]) -> None:
        super().__init__("minimums that cannot be met: " + ", ".join("/".join(group) for group in floors))
        self.floors = tuple(floors)


NO_GROUPS: Mapping[Group, int] = {}


def select_in_rank_order(
    candidates: Sequence[Candidate],
    *,
    places: int,
    pass_line: Decimal | None = None,
    caps: Mapping[Group, int] = NO_GROUPS,
    floors: Mapping[Group, int] = NO_GROUPS,
    in_order: bool = False,
) -> Selection:
    """Pass down the ranking; take whoever breaks no cap and leaves places that can still meet all minimums.

    Equal scores keep the order given: the caller breaks ties first; `in_order` keeps it for all, where the scores are
    of two stages. "Can still meet" is decided exactly, also
    where groups cross. Reasons: "below_line", "no_place", "cap_reached", "floor_reserved". Raises
    InfeasibleFloors.
    """
    _require_distinct(candidates)
    ranked = [*candidates] if in_order else sorted(candidates, key=lambda c: c.score, reverse=True)
    eligible = [c for c in ranked if pass_line is None or c.score >= pass_line]
    reasons = {c.id: "below_line" for c in ranked if pass_line is not None and c.score < pass_line}
    groups = [c.groups for c in eligible]
    if unmeetable := unmeetable_floors(groups, places, caps, floors):
        raise InfeasibleFloors(unmeetable)
    left = _Left(places, dict(caps), dict(floors))
    selected = []
    for position, candidate in enumerate(eligible):
        if refused := left.refuses(candidate.groups, groups[position + 1 :]):
            reasons[candidate.id] = refused
        else:
            left = left.after(candidate.groups)
            selected.append(candidate.id)
    return Selection(tuple(selected), reasons)


def _require_distinct(candidates: Sequence[Candidate]) -> None:
    if len({candidate.id for candidate in candidates}) != len(candidates):
        raise ValueError("a candidate is listed twice")


@dataclass(frozen=True)
class _Left:
    """What remains of the places, the caps and the minimums on the way down the ranking."""

    places: int
    caps: Mapping[Group, int]
    floors: Mapping[Group, int]

    def refuses(self, groups: frozenset[Group], others: Sequence[frozenset[Group]]) -> str | None:
        """Why a person of `groups` is not taken now, `others` being still to come; None when they are."""
        if self.places < 1:
            return "no_place"
        if any(self.caps.get(group, 1) < 1 for group in groups):
            return "cap_reached"
        after = self.after(groups)
        if not floors_can_be_met(others, after.places, after.caps, after.floors):
            return "floor_reserved"
        return None

    def after(self, groups: frozenset[Group]) -> _Left:
        """What remains once a person of `groups` is taken."""
        return _Left(
            self.places - 1,
            {group: cap - (group in groups) for group, cap in self.caps.items()},
            {group: floor - (group in groups) for group, floor in self.floors.items()},
        )

"""What the sheets say about their own reliability. It stands beside the result and never decides.

Models: Henderson's mixed model and its restricted likelihood; Shrout and Fleiss (1979) and Krippendorff for agreement.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from math import inf
from statistics import median

import numpy as np
import scipy

from selection.rules.agreement import Agreement, agreement
from selection.rules.mixed import Solved, by_name, design_of, restricted_likelihood
from selection.rules.scoring import competition_ranks

__all__ = [
    "AdditiveModel",
    "Agreement",
    "MixedModel",
    "Standing",
    "additive_model",
    "agreement",
    "connected",
    "flat_expert",
    "is_complete",
    "leave_one_expert_out",
    "mixed_model",
    "outlier_sheets",
    "standings",
]

Total = Decimal | Fraction | float | int
Sheet = tuple[str, str, Total]  # nominee, expert, total

MAD_TO_SD = 1.4826  # of a normal distribution
FARTHEST = 3.5  # robust standard deviations
FAR_POINTS = 15.0  # where the deviations' median is nought
DRAWS = 2000
SEED = 20260101  # the report says the same whenever it is opened


def _plain(sheets: Iterable[Sheet]) -> list[tuple[str, str, float]]:
    return [(nominee, expert, float(total)) for nominee, expert, total in sheets]


# Who can be compared with whom -----------------------------------------------------------------------------------------


def connected(sheets: Iterable[Sheet]) -> list[tuple[frozenset[str], frozenset[str]]]:
    """The parts of the design that share no expert: (nominees, experts) of each, the largest first.

    Only within a part can leniency be told from quality.
    """
    of_expert: dict[str, set[str]] = defaultdict(set)
    of_nominee: dict[str, set[str]] = defaultdict(set)
    for nominee, expert, _total in sheets:
        of_expert[expert].add(nominee)
        of_nominee[nominee].add(expert)
    parts, left = [], set(of_nominee)
    while left:
        nominees, experts = _reached(min(left), of_nominee, of_expert)
        left -= nominees
        parts.append((frozenset(nominees), frozenset(experts)))
    return sorted(parts, key=lambda part: (-len(part[0]), min(part[0])))


def _reached(
    start: str, of_nominee: Mapping[str, set[str]], of_expert: Mapping[str, set[str]]
) -> tuple[set[str], set[str]]:
    nominees, experts, waiting = {start}, set[str](), [start]
    while waiting:
        for expert in of_nominee[waiting.pop()] - experts:
            experts.add(expert)
            fresh = of_expert[expert] - nominees
            nominees |= fresh
            waiting += fresh
    return nominees, experts


def is_complete(sheets: Sequence[Sheet]) -> bool:
    """Everybody scored everybody: then the adjusted order is the order of the means, exactly."""
    nominees, experts = {nominee for nominee, _e, _t in sheets}, {expert for _n, expert, _t in sheets}
    return bool(sheets) and len(sheets) == len(nominees) * len(experts)


# Models ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AdditiveModel:
    """Least squares: total = mu + nominee + expert, each kind of effect summing to nought.

    A design in several parts has a `mu` for each of them in `parts` and none of its own; effects sum to nought within
    their part.
    """

    mu: float | None
    nominee: Mapping[str, float]
    expert: Mapping[str, float]
    parts: tuple[AdditiveModel, ...] = ()


def additive_model(sheets: Iterable[Sheet]) -> AdditiveModel:
    """Quality and leniency by least squares. Raises ValueError without sheets, or for two of one pair."""
    rows = _plain(sheets)
    parts = [_one_part([row for row in rows if row[0] in nominees]) for nominees, _experts in connected(rows)]
    if not parts:
        raise ValueError("there are no sheets")
    if len(parts) == 1:
        return parts[0]
    nominee = {name: value for part in parts for name, value in part.nominee.items()}
    expert = {name: value for part in parts for name, value in part.expert.items()}
    return AdditiveModel(None, nominee, expert, tuple(parts))


def _one_part(rows: list[tuple[str, str, float]]) -> AdditiveModel:
    design = design_of(rows)
    n, k = len(design.nominees), len(design.experts)
    equations = np.zeros((len(rows) + 2, 1 + n + k))
    at = np.arange(len(rows))
    equations[at, 0] = equations[at, 1 + design.rows] = equations[at, 1 + n + design.columns] = 1
    equations[-2, 1 : 1 + n] = equations[-1, 1 + n :] = 1  # met exactly: the rest is free along them
    found = np.linalg.lstsq(equations, np.append(design.marks, (0.0, 0.0)), rcond=None)[0]
    nominee, expert = found[1 : 1 + n], found[1 + n :]
    return AdditiveModel(float(found[0]), by_name(design.nominees, nominee), by_name(design.experts, expert))


@dataclass(frozen=True)
class MixedModel:
    """Best linear unbiased predictions. A variance that would be negative is nought."""

    mu: float
    nominee: Mapping[str, float]
    expert: Mapping[str, float]
    var_nominee: float
    var_expert: float
    var_error: float
    solved: Solved = field(repr=False, compare=False)

    def adjusted(self) -> dict[str, float]:
        """What each nominee would have had of an expert of average leniency."""
        return {name: self.mu + value for name, value in self.nominee.items()}

    def reliability(self, sheets: float) -> tuple[float | None, float | None]:
        """Of a mean of so many sheets: raw, and with the experts' leniencies taken out; None without any variance."""
        raw = self.var_nominee + (self.var_expert + self.var_error) / sheets
        adjusted = self.var_nominee + self.var_error / sheets
        return (self.var_nominee / raw if raw else None, self.var_nominee / adjusted if adjusted else None)


def mixed_model(
    sheets: Iterable[Sheet],
    *,
    var_nominee: float | None = None,
    var_expert: float | None = None,
    var_error: float | None = None,
) -> MixedModel:
    """Quality and leniency predicted, by the variances given or else by those of the highest restricted likelihood.

    Raises ValueError with fewer than two sheets, for two sheets of one pair, and where only some variances are given or
    the error's is not above nought.
    """
    design = design_of(_plain(sheets))
    given = [value for value in (var_nominee, var_expert, var_error) if value is not None]
    if len(given) not in (0, 3):
        raise ValueError("all three variances are given, or none")
    if len(design.marks) < 2:
        raise ValueError("one sheet says nothing of variances")
    if var_nominee is not None and var_expert is not None and var_error is not None:
        if var_error <= 0 or min(var_nominee, var_expert) < 0:
            raise ValueError("variances are not negative, and the error's is above nought")
        solved = Solved(design, _over(var_error, var_nominee), _over(var_error, var_expert))
        return _predicted(solved, var_error)
    solved = Solved(design, *restricted_likelihood(design))
    return _predicted(solved, solved.error)


def _over(error: float, variance: float) -> float:
    return error / variance if variance > 0 else inf


def _predicted(solved: Solved, error: float) -> MixedModel:
    design, experts = solved.design, solved.experts()
    return MixedModel(
        mu=solved.mu,
        nominee=by_name(design.nominees, solved.nominees(experts)),
        expert=by_name(design.experts, experts),
        var_nominee=error / solved.of_nominee,
        var_expert=error / solved.of_expert,
        var_error=error,
        solved=solved,
    )


# How sure a rank is ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """A nominee's rank by the adjusted score, the ranks between which it lies nine times in ten, and P(in the list)."""

    rank: int
    low: int
    high: int
    in_list: float


def standings(model: MixedModel, places: int, *, draws: int = DRAWS, seed: int = SEED) -> dict[str, Standing]:
    """From posterior draws, exact given the variances; empty where the sheets do not tell nominees apart.

    Sheets are not resampled: with five a nominee, intervals so made cover far less than they say.
    """
    if model.var_nominee <= 0 or model.var_error <= 0:
        return {}
    names = model.solved.design.nominees
    drawn = scipy.stats.rankdata(-model.solved.draws(draws, seed, model.var_error), method="ordinal", axis=0)
    low, high = np.quantile(drawn, (0.05, 0.95), axis=1, method="inverted_cdf")
    in_list = (drawn <= places).mean(axis=1)
    ranks = scipy.stats.rankdata([-round(model.nominee[name], 9) for name in names], method="min")
    return {
        name: Standing(int(ranks[at]), int(low[at]), int(high[at]), float(in_list[at]))
        for at, name in enumerate(names)
    }


def leave_one_expert_out(sheets: Iterable[Sheet]) -> dict[str, dict[str, int]]:
    """Expert to nominee to the rank by the plain mean, without that expert's sheets; equals share a rank.

    A nominee whom nobody else scored has no rank then.
    """
    rows = [(nominee, expert, Fraction(total)) for nominee, expert, total in sheets]
    sums: dict[str, Fraction] = defaultdict(Fraction)
    counts: dict[str, int] = defaultdict(int)
    own: dict[str, dict[str, Fraction]] = defaultdict(dict)
    for nominee, expert, total in rows:
        sums[nominee] += total
        counts[nominee] += 1
        own[expert][nominee] = own[expert].get(nominee, Fraction(0)) + total
    return {expert: _ranks_without(own[expert], sums, counts) for expert in sorted(own)}


def _ranks_without(
    left_out: Mapping[str, Fraction], sums: Mapping[str, Fraction], counts: Mapping[str, int]
) -> dict[str, int]:
    means = {
        nominee: (total - left_out.get(nominee, 0)) / (counts[nominee] - (nominee in left_out))
        for nominee, total in sorted(sums.items())
        if counts[nominee] > (nominee in left_out)
    }
    return dict(zip(means, competition_ranks(list(means.values())), strict=True))  # type: ignore[arg-type]


# Single sheets and experts ---------------------------------------------------------------------------------------------


def outlier_sheets(scores: Sequence[Total]) -> list[int]:
    """The positions of one nominee's sheets that are worth another look: far from the median of the sheets.

    Farther than 3.5 robust standard deviations; where most sheets are equal, 15 points or more.
    """
    if not scores:
        return []
    values = [float(score) for score in scores]
    middle = median(values)
    off = [abs(value - middle) for value in values]
    robust = MAD_TO_SD * median(off)
    if robust == 0:
        return [at for at, distance in enumerate(off) if distance >= FAR_POINTS]
    return [at for at, distance in enumerate(off) if distance / robust > FARTHEST]


def flat_expert(scores: Sequence[Total]) -> bool:
    """Whether an expert gave everybody the same: such sheets say nothing about who is better."""
    return len(scores) > 1 and len(set(scores)) == 1


def matrix_of(sheets: Sequence[Sheet]) -> list[list[Total | None]]:
    """Rows nominees, columns experts, None where there is no sheet."""
    nominees = sorted({nominee for nominee, _e, _t in sheets})
    experts = sorted({expert for _n, expert, _t in sheets})
    found = {(nominee, expert): total for nominee, expert, total in sheets}
    return [[found.get((nominee, expert)) for expert in experts] for nominee in nominees]

"""The mixed model of sheets: y = mu + nominee + expert + error, nominees and experts drawn from normal distributions.

Henderson's equations with the nominees eliminated leave one system of the size of the panel; its Cholesky factor gives
the best linear unbiased predictions, the restricted likelihood and the posterior draws.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import exp, inf, log

import numpy as np
import scipy  # its parts are loaded when they are asked for: no process carries them for nothing
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Pair = np.ndarray[tuple[int], np.dtype[np.float64]]

WIDEST, NARROWEST = -9.0, 14.0  # of ln(error variance / variance): beyond, the variance is nought
SAME = 1e-7  # likelihoods as near as this are equal, and the simpler model is taken
TINY = 1e-12


@dataclass(frozen=True)
class Design:
    """The sheets as the equations need them: counts, sums and who scored whom."""

    nominees: tuple[str, ...]
    experts: tuple[str, ...]
    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    marks: Floats

    @cached_property
    def incidence(self) -> Floats:
        """One where an expert scored a nominee."""
        found = np.zeros((len(self.nominees), len(self.experts)))
        np.add.at(found, (self.rows, self.columns), 1.0)
        return found

    @cached_property
    def per_nominee(self) -> Floats:
        return np.asarray(self.incidence.sum(axis=1))

    @cached_property
    def per_expert(self) -> Floats:
        return np.asarray(self.incidence.sum(axis=0))

    def sums(self, values: Floats) -> tuple[Floats, Floats]:
        """Of each nominee, and of each expert."""
        return _summed(self.rows, values, len(self.nominees)), _summed(
            self.columns, values, len(self.experts)
        )


class Solved:
    """The equations at one pair of ratios: error variance over nominees' (`of_nominee`) and over experts'."""

    def __init__(self, design: Design, of_nominee: float, of_expert: float) -> None:
        self.design, self.of_nominee, self.of_expert = design, of_nominee, of_expert
        self.shrink = 1 / (design.per_nominee + of_nominee)  # nought where nominees do not differ
        if of_expert < inf:
            weighed = self.shrink[:, None] * design.incidence
            system = np.diag(design.per_expert + of_expert) - design.incidence.T @ weighed
            self.factor = scipy.linalg.cho_factor(system, lower=True)
        ones = np.ones(len(design.marks))
        self.ones, self.marks = self._absorbed(ones), self._absorbed(design.marks)
        self.weight = self._product(ones, ones, self.ones, self.ones)
        self.mu = self._product(ones, design.marks, self.ones, self.marks) / self.weight

    def _absorbed(self, values: Floats) -> tuple[Floats, Floats]:
        """A nominee's sums, and what is left for the experts once nominees are eliminated."""
        by_nominee, by_expert = self.design.sums(values)
        return by_nominee, by_expert - self.design.incidence.T @ (self.shrink * by_nominee)

    def _product(
        self, a: Floats, b: Floats, of_a: tuple[Floats, Floats], of_b: tuple[Floats, Floats]
    ) -> float:
        """a' H⁻¹ b, H the covariance of the sheets in units of the error variance."""
        found = float(a @ b - of_a[0] @ (self.shrink * of_b[0]))
        if self.of_expert < inf:
            found -= float(of_a[1] @ scipy.linalg.cho_solve(self.factor, of_b[1]))
        return found

    @cached_property
    def error(self) -> float:
        """The error variance that fits best at these ratios."""
        rest = self.design.marks - self.mu
        absorbed = self._absorbed(rest)
        return max(self._product(rest, rest, absorbed, absorbed), 0.0) / (len(rest) - 1)

    def criterion(self) -> float:
        """-2 ln of the restricted likelihood, without its constant."""
        found = (len(self.design.marks) - 1) * log(max(self.error, TINY)) + log(self.weight)
        if self.of_nominee < inf:
            found -= len(self.design.nominees) * log(self.of_nominee) + float(np.log(self.shrink).sum())
        if self.of_expert < inf:
            found -= len(self.design.experts) * log(self.of_expert)
            found += 2 * float(np.log(np.diag(self.factor[0])).sum())
        return found

    def experts(self) -> Floats:
        """The predicted leniency of each expert."""
        if self.of_expert == inf:
            return np.zeros(len(self.design.experts))
        return np.asarray(scipy.linalg.cho_solve(self.factor, self._absorbed(self.design.marks - self.mu)[1]))

    def nominees(self, experts: Floats) -> Floats:
        """The predicted quality of each nominee, given the leniencies: one vector, or one a column."""
        sums = self.design.sums(self.design.marks - self.mu)[0]
        shrink, given = self.shrink, self.design.incidence @ experts
        return shrink * (sums - given) if given.ndim == 1 else shrink[:, None] * (sums[:, None] - given)

    def draws(self, count: int, seed: int, error: float) -> Floats:
        """Posterior draws of the nominees' qualities, one a column: first the experts, then the nominees given them."""
        randomly = np.random.default_rng(seed)
        experts = self.experts()[:, None] + np.zeros((1, count))
        if self.of_expert < inf:
            noise = randomly.standard_normal(experts.shape)
            experts += error**0.5 * scipy.linalg.solve_triangular(
                self.factor[0], noise, lower=True, trans="T"
            )
        noise = randomly.standard_normal((len(self.design.nominees), count))
        return np.asarray(self.nominees(experts) + (error * self.shrink[:, None]) ** 0.5 * noise)


def restricted_likelihood(design: Design) -> tuple[float, float]:
    """The ratios of the highest restricted likelihood; infinite where a variance is estimated as nought."""

    def criterion(of_nominee: float, of_expert: float) -> float:
        return Solved(design, of_nominee, of_expert).criterion()

    simpler = [(inf, inf), (_one(lambda r: criterion(r, inf)), inf), (inf, _one(lambda r: criterion(inf, r)))]
    best, found = inf, (inf, inf)
    for ratios in (*simpler, _both(criterion)):
        if (value := criterion(*ratios)) < best - SAME:
            best, found = value, ratios
    return found


def _summed(places: NDArray[np.intp], values: Floats, size: int) -> Floats:
    found = np.zeros(size)
    np.add.at(found, places, values)
    return found


def _one(criterion: Callable[[float], float]) -> float:
    found = scipy.optimize.minimize_scalar(
        lambda at: criterion(exp(at)), bounds=(WIDEST, NARROWEST), method="bounded", options={"xatol": 1e-9}
    )
    return exp(float(found.x))


def _both(criterion: Callable[[float, float], float]) -> tuple[float, float]:
    """Nelder and Mead on the logarithms of the ratios."""

    def at(logs: Pair) -> float:
        return criterion(*map(float, np.exp(np.clip(logs, WIDEST, NARROWEST))))

    found = scipy.optimize.minimize(
        at,
        np.linspace(0.5, 1.0, 2),
        method="Nelder-Mead",
        options={"xatol": 1e-8, "fatol": 1e-10, "maxiter": 2000},
    )
    first, second = np.exp(np.clip(found.x, WIDEST, NARROWEST))
    return float(first), float(second)


def design_of(sheets: Sequence[tuple[str, str, float]]) -> Design:
    """From (nominee, expert, total), in whatever order. Raises ValueError for no sheets, or two of one pair."""
    sheets = sorted(sheets)
    nominees = {name: at for at, name in enumerate(sorted({nominee for nominee, _expert, _total in sheets}))}
    experts = {name: at for at, name in enumerate(sorted({expert for _nominee, expert, _total in sheets}))}
    if not sheets:
        raise ValueError("there are no sheets")
    if len({(nominee, expert) for nominee, expert, _total in sheets}) < len(sheets):
        raise ValueError("an expert has one sheet a nominee")
    return Design(
        tuple(nominees),
        tuple(experts),
        np.array([nominees[nominee] for nominee, _expert, _total in sheets], dtype=np.intp),
        np.array([experts[expert] for _nominee, expert, _total in sheets], dtype=np.intp),
        np.array([total for _nominee, _expert, total in sheets], dtype=float),
    )


def by_name(names: Sequence[str], values: Floats) -> Mapping[str, float]:
    """Values under the names they belong to."""
    return {name: float(value) for name, value in zip(names, values, strict=True)}

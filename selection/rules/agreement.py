"""How far experts agree: figures without verdict words, and the reason where a figure is not defined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Literal

import numpy as np
import scipy
from numpy.typing import NDArray

Reason = Literal["", "not_enough_data", "incomplete", "no_variance"]
Mark = float | Decimal | Fraction | None
Floats = NDArray[np.float64]

PANEL_FIGURES = (
    "icc_2_1",
    "icc_2_k",
    "icc_3_k",
    "kendall_w",
)  # defined only where everybody scores everybody


@dataclass(frozen=True)
class Agreement:
    """Intraclass correlations (Shrout and Fleiss 1979), Kendall's W and Krippendorff's alpha of interval data.

    None where undefined; `reasons` says why by figure, `reason` is the first of these, empty if all are defined.
    """

    icc_2_1: float | None = None
    icc_2_k: float | None = None
    icc_3_k: float | None = None
    kendall_w: float | None = None
    alpha_interval: float | None = None
    reasons: Mapping[str, Reason] = field(default_factory=dict)

    @property
    def reason(self) -> Reason:
        """Why a figure is None; empty if none is."""
        return next(iter(self.reasons.values()), "")


def agreement(matrix: Sequence[Sequence[Mark]]) -> Agreement:
    """Agreement of the sheets: rows are nominees, columns experts, None is no sheet.

    ICC and W need a complete matrix of two rows and two columns at least; alpha takes what there is.
    """
    rows = [[np.nan if mark is None else float(mark) for mark in row] for row in matrix]
    marks = np.array(rows, dtype=float) if rows and rows[0] else np.empty((0, 0))
    found, reasons = _of_a_panel(marks)
    alpha, why = _alpha(marks)
    return Agreement(
        **found, alpha_interval=alpha, reasons={**reasons, **({"alpha_interval": why} if why else {})}
    )


def _of_a_panel(marks: Floats) -> tuple[dict[str, float | None], dict[str, Reason]]:
    why = _why_no_panel(marks)
    if why:
        return dict.fromkeys(PANEL_FIGURES), dict.fromkeys(PANEL_FIGURES, why)
    found = {**_icc(marks), "kendall_w": _kendall(marks)}
    return found, {name: "no_variance" for name, value in found.items() if value is None}


def _why_no_panel(marks: Floats) -> Reason:
    if min(marks.shape) < 2 or np.isnan(marks).all():
        return "not_enough_data"
    if np.isnan(marks).any():
        return "incomplete"
    return "no_variance" if np.ptp(marks) == 0 else ""


def mean_squares(marks: Floats) -> tuple[float, float, float]:
    """Of a complete matrix: between nominees, between experts, and the rest."""
    n, k = marks.shape
    whole = marks.mean()
    rows, columns = marks.mean(axis=1) - whole, marks.mean(axis=0) - whole
    rest = marks - whole - rows[:, None] - columns
    return (
        float(k * (rows**2).sum() / (n - 1)),
        float(n * (columns**2).sum() / (k - 1)),
        float((rest**2).sum() / ((n - 1) * (k - 1))),
    )


def _icc(marks: Floats) -> dict[str, float | None]:
    n, k = marks.shape
    between, experts, rest = mean_squares(marks)
    return {
        "icc_2_1": _ratio(between - rest, between + (k - 1) * rest + k * (experts - rest) / n),
        "icc_2_k": _ratio(between - rest, between + (experts - rest) / n),
        "icc_3_k": _ratio(between - rest, between),
    }


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if abs(whole) > 1e-12 else None


def _kendall(marks: Floats) -> float | None:
    """W = 12 S / (k² (n³ - n) - k T), corrected for equal ranks: Friedman's chi-square over k (n - 1)."""
    n, k = marks.shape
    ranks = scipy.stats.rankdata(marks, axis=0)
    spread = ((ranks.sum(axis=1) - k * (n + 1) / 2) ** 2).sum()
    ties = sum(
        float((counts**3 - counts).sum())
        for counts in (np.unique(column, return_counts=True)[1].astype(float) for column in marks.T)
    )
    return _ratio(12 * float(spread), k**2 * (n**3 - n) - k * ties)


def _alpha(marks: Floats) -> tuple[float | None, Reason]:
    """1 - D_o / D_e over the nominees with two sheets or more."""
    units = [row[~np.isnan(row)] for row in marks]
    pairable = [unit for unit in units if len(unit) > 1]
    values = np.concatenate(pairable) if pairable else np.empty(0)
    if len(pairable) < 2:
        return None, "not_enough_data"
    expected = _squared_differences(values) / (len(values) - 1)
    if expected <= 1e-12:
        return None, "no_variance"
    observed = sum(_squared_differences(unit) / (len(unit) - 1) for unit in pairable)
    return float(1 - observed / expected), ""


def _squared_differences(values: Floats) -> float:
    """The sum over all ordered pairs, n Σv² - (Σv)² twice, taken from the mean so that nothing is lost."""
    centred = values - values.mean()
    return float(2 * len(values) * (centred**2).sum())

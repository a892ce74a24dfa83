"""How far an indicator has come: four kinds, exact in fractions, rounded only where a page prints them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Literal

Kind = Literal["count", "ratio", "coverage", "floor"]
Direction = Literal["at_least", "at_most"]
Number = int | Decimal | Fraction

KINDS: tuple[Kind, ...] = ("count", "ratio", "coverage", "floor")
HUNDRED = 100  # coverage and floors are percentages: 10 means 10 %


@dataclass(frozen=True)
class Attainment:
    """Where an indicator stands. Coverage and floors are in per cent, ratios in units `per` of the denominator.

    `value` is None where nothing was observed or the denominator is nothing; `share` is value over target (target over
    value where less is better), not capped; `gap` is what is missing to the target, never negative; `failing` the
    units below the floor in the order of their ids, `missing` how many persons they lack in all; `pace` the value of
    the straight line from the baseline at the day asked about, `ahead` the value less that.
    """

    value: Fraction | None
    target: Fraction
    share: Fraction | None
    gap: Fraction | None
    met: bool
    failing: tuple[str, ...] = ()
    missing: int = 0
    pace: Fraction | None = None
    ahead: Fraction | None = None


def attainment(
    kind: Kind,
    *,
    target: Number | None = None,
    value: Number | None = None,
    denominator: Number | None = None,
    per: Number = 1,
    units: Mapping[str, int] | None = None,
    floor: int = 1,
    direction: Direction = "at_least",
    baseline: Number | None = None,
    baseline_on: date | None = None,
    target_on: date | None = None,
    on: date | None = None,
) -> Attainment:
    """How far an indicator has come.

    count: `value`. ratio: `value` for every `per` of `denominator`. coverage: `value` of `denominator`, in per cent.
    floor: the per cent of `units` (id to persons) that have at least `floor`, or of `denominator` units the `value`
    that have, where they were counted elsewhere; its target is 100 unless given.
    With `baseline`, `baseline_on`, `target_on` and `on` the pace is told too. Raises ValueError for another kind, a
    missing target, a negative number.
    """
    if kind not in KINDS:
        raise ValueError(f"no such kind of indicator: {kind!r}")
    wanted = _target(kind, target)
    failing, missing = ((), 0) if units is None else _below(units, floor)
    reached = _value(kind, value, denominator, per) if units is None else _floor_value(units, failing)
    line = None
    if None not in (baseline, baseline_on, target_on, on):
        line = pace(baseline, baseline_on, wanted, target_on, on)  # type: ignore[arg-type]
    return Attainment(
        value=reached,
        target=wanted,
        share=_share(reached, wanted, direction),
        gap=None if reached is None else max(Fraction(0), _gap(reached, wanted, direction)),
        met=reached is not None and _gap(reached, wanted, direction) <= 0,
        failing=failing,
        missing=missing,
        pace=line,
        ahead=None if line is None or reached is None else reached - line,
    )


def _target(kind: Kind, target: Number | None) -> Fraction:
    if target is None and kind != "floor":
        raise ValueError("an indicator has a target")
    wanted = Fraction(HUNDRED if target is None else target)
    if wanted < 0:
        raise ValueError("a target is not negative")
    return wanted


def _value(kind: Kind, value: Number | None, denominator: Number | None, per: Number) -> Fraction | None:
    if value is None:
        return None
    reached = Fraction(value)
    if reached < 0:
        raise ValueError("a value is not negative")
    if kind == "count":
        return reached
    if denominator is None or denominator == 0:
        return None
    if denominator < 0:
        raise ValueError("a denominator is not negative")
    return reached * Fraction(per if kind == "ratio" else HUNDRED) / Fraction(denominator)


def _below(units: Mapping[str, int], floor: int) -> tuple[tuple[str, ...], int]:
    failing = tuple(sorted(unit for unit, persons in units.items() if persons < floor))
    return failing, sum(floor - units[unit] for unit in failing)


def _floor_value(units: Mapping[str, int], failing: tuple[str, ...]) -> Fraction | None:
    """The share of units that meet the floor: an average would hide those without anybody."""
    return Fraction(HUNDRED * (len(units) - len(failing)), len(units)) if units else None


def _gap(value: Fraction, target: Fraction, direction: Direction) -> Fraction:
    return target - value if direction == "at_least" else value - target


def _share(value: Fraction | None, target: Fraction, direction: Direction) -> Fraction | None:
    if value is None:
        return None
    above, below = (value, target) if direction == "at_least" else (target, value)
    return above / below if below else None


def pace(baseline: Number, baseline_on: date, target: Number, target_on: date, on: date) -> Fraction:
    """The straight line from the baseline to the target at one day: the baseline before it, the target after it.

    Every year counts the same, leap year or not, and within a year every day: so that the ends of the years of a
    five-year plan are exact fifths. Raises ValueError where the target's day is not after the baseline's.
    """
    if target_on <= baseline_on:
        raise ValueError("a target comes after its baseline")
    first, last = _years(baseline_on), _years(target_on)
    passed = min(max((_years(on) - first) / (last - first), Fraction(0)), Fraction(1))
    return Fraction(baseline) + (Fraction(target) - Fraction(baseline)) * passed


def _years(day: date) -> Fraction:
    """Years that are over at the end of that day."""
    new_year = date(day.year, 1, 1)
    return day.year - 1 + Fraction((day - new_year).days + 1, (date(day.year + 1, 1, 1) - new_year).days)


def whole(value: Fraction) -> int:
    """To the whole person, a half upwards: how a pace of persons is printed."""
    return int(_decimal(value).quantize(Decimal(1), ROUND_HALF_UP))


def rounded(value: Fraction, places: int = 2) -> Decimal:
    """To so many decimals, a half upwards."""
    return (Decimal(whole(value * 10**places))).scaleb(-places)


def _decimal(value: Fraction) -> Decimal:
    """Exactly enough to round at the unit: whole part, and whether the rest is a half or more."""
    floor_ = value.numerator // value.denominator
    return Decimal(floor_) + (Decimal("0.5") if value - floor_ >= Fraction(1, 2) else Decimal(0))


@dataclass(frozen=True)
class Together:
    """Several parts of one indicator of which each must hold: three levels, or elderly and beds."""

    met: bool
    share: Fraction | None  # of the part that is furthest behind


def together(parts: Iterable[Attainment]) -> Together:
    """Met only if every part is; as far as the one furthest behind. A part without a value is not met."""
    found = list(parts)
    shares = [part.share for part in found]
    known = [share for share in shares if share is not None]
    lowest = min(known) if known and len(known) == len(shares) else None
    return Together(bool(found) and all(part.met for part in found), lowest)


def exceeds_whole(part: Number | None, whole_: Number | None) -> bool:
    """Whether a subset is said to be larger than what it is part of."""
    return part is not None and whole_ is not None and Fraction(part) > Fraction(whole_)

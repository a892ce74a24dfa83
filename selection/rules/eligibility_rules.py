"""Eligibility as data: a rule says what it looks at and what it asks for; its kind says how that is judged.

A new rule, or another number, is a line of the rulebook. A new kind is a function here. Every rule is judged at the
reference date; 以上, 以下, 满 and 不超过 include the number (Civil Code art. 1259).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from selection.rules.eligibility import MONTHS, ONE_DAY, age_on, full_years, passes_on, union_months
from selection.rules.rulebook_format import Malformed, integer, listed, text

Outcome = Literal["pass", "fail", "person", "na"]
FORCES = ("hard", "soft", "warning", "scoring")  # only the first two decide
DECIDERS = ("system", "nominator", "reviewer", "province")
CLIPPED_YEARS = 60  # nobody's practice is awaited longer

# What a dossier can be asked about. A fact that no dossier holds yet is left to a person.
FACTS: dict[str, str] = {
    "setting": "choice",
    "is_civil_servant": "flag",
    "certificate_level": "choice",
    "certified_on": "day",
    "practice": "intervals",
    "province_practice": "intervals",
    "born_on": "day",
    "dishonesty_checked_on": "day",
    "recognised": "flag",
    "revoked_on": "day",
    "other_routes": "count",
    "registered_until": "day",
    "awarded_on": "days",
    "education": "choice",
    "field": "choice",
    "route": "choice",
}


@dataclass(frozen=True)
class Shape:
    """What a kind of rule needs to be told: the sort of fact it looks at, its number, its list, its switch."""

    facts: tuple[str, ...] = ()
    number: str = ""
    choices: bool = False
    switch: str = ""
    number_optional: bool = False

    @property
    def parameters(self) -> frozenset[str]:
        """The names that `Rule.params` may hold."""
        named = {"fact"} if self.facts else set()
        named |= {"choices"} if self.choices else set()
        return frozenset(named | {name for name in (self.number, self.switch) if name})


NEXT_DAY = "age_counts_from_birthday_next_day"
KINDS: dict[str, Shape] = {
    "choice_in": Shape(("choice",), choices=True, switch="confirm"),
    "not_flagged": Shape(("flag",), switch="confirm"),
    "held_full_years": Shape(("day",), number="years"),
    "union_years": Shape(("intervals",), number="years"),
    "age_at_most": Shape(("day",), number="years", switch=NEXT_DAY),
    "register_clear": Shape(("flag", "day", "count"), number="years", number_optional=True),
    "dated_within_days": Shape(("day",), number="days", switch="confirm"),
    "valid_until": Shape(("day",)),
    "scoring_window": Shape(("days",), number="years"),
    "person": Shape(),
}


@dataclass(frozen=True)
class Rule:
    """One rule of a rulebook. `version` rises when its meaning changes; `{years}` and `{days}` in a name are filled in."""

    id: str
    version: int
    kind: str
    force: str
    name: str
    name_en: str
    source: str
    decides: str
    params: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_dict(cls, given: object) -> Rule:
        """Raises Malformed where a part is missing, unknown or of the wrong sort."""
        if not isinstance(given, Mapping) or not isinstance(given.get("params"), Mapping):
            raise Malformed("eligibility", "malformed")
        parts = ("id", "kind", "force", "name", "name_en", "source", "decides")
        if given.keys() - {*parts, "version", "params"}:
            raise Malformed("eligibility", "malformed")
        try:
            texts = {part: text(given, part) for part in parts}
            return cls(version=integer(given, "version"), params=_params(given["params"]), **texts)
        except Malformed:
            raise Malformed("eligibility", "malformed") from None

    def to_dict(self) -> dict[str, Any]:
        """As it is stored."""
        parts = ("id", "version", "kind", "force", "name", "name_en", "source", "decides")
        return {**{part: getattr(self, part) for part in parts}, "params": dict(self.params)}

    @property
    def shape(self) -> Shape:
        """What its kind needs; nothing for a kind that does not exist."""
        return KINDS.get(self.kind, Shape())

    @property
    def fact(self) -> str:
        """What it looks at, or nothing."""
        return str(self.params.get("fact", ""))

    @property
    def number(self) -> int:
        """Its years or days; 0 where it has none."""
        return int(self.params.get(self.shape.number, 0))

    @property
    def decides_outcome(self) -> bool:
        """Whether the nominee's standing depends on it."""
        return self.force in ("hard", "soft")

    def title(self, *, english: bool = False) -> str:
        """Its name with its number."""
        named = self.name_en if english and self.name_en else self.name
        return named.replace("{years}", str(self.number)).replace("{days}", str(self.number))

    def same_as(self, other: Rule) -> bool:
        """Whether both mean the same, whatever their versions are."""
        return {**self.to_dict(), "version": 0} == {**other.to_dict(), "version": 0}


def _params(given: Mapping[str, Any]) -> dict[str, Any]:
    read: dict[str, Any] = {}
    for name in given:
        if name == "choices":
            read[name] = [_text(item) for item in listed(given, name)]
        elif name in ("years", "days"):
            read[name] = integer(given, name)
        elif name == "fact":
            read[name] = text(given, name)
        elif name in (NEXT_DAY, "confirm") and isinstance(given[name], bool):
            read[name] = given[name]
        else:
            raise Malformed("eligibility", "malformed")
    return read


def _text(item: object) -> str:
    if not isinstance(item, str):
        raise Malformed("eligibility", "malformed")
    return item


def versioned(rules: Iterable[Rule], before: Iterable[Rule]) -> tuple[Rule, ...]:
    """The rules with their versions: one higher than before where the meaning changed, 1 for a new rule."""
    known = {rule.id: rule for rule in before}
    found = []
    for rule in rules:
        old = known.get(rule.id)
        number = 1 if old is None else old.version + (not rule.same_as(old))
        found.append(Rule(**{**rule.to_dict(), "version": number}))
    return tuple(found)


# Judging -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Finding:
    """What came of one rule: the outcome, what was looked at, and for a date not yet reached the day it is."""

    rule: str
    version: int
    kind: str
    force: str
    outcome: Outcome
    fact: str = ""
    inputs: Mapping[str, Any] = field(default_factory=dict)
    passes_on: date | None = None
    missing: bool = False  # nothing was entered yet

    @property
    def hard(self) -> bool:
        """Whether a failure ends it."""
        return self.force == "hard"

    @property
    def decides(self) -> bool:
        """Whether the nominee's standing depends on it; warnings and windows only inform."""
        return self.force in ("hard", "soft")

    def snapshot(self) -> dict[str, Any]:
        """As it is kept with a conclusion: only what JSON has."""
        return {
            "rule": self.rule,
            "version": self.version,
            "kind": self.kind,
            "force": self.force,
            "automatic": self.outcome,
            "inputs": dict(self.inputs),
            "passes_on": self.passes_on.isoformat() if self.passes_on else None,
        }


@dataclass(frozen=True)
class Judged:
    """What a kind says about one fact."""

    outcome: Outcome
    inputs: Mapping[str, Any] = field(default_factory=dict)
    passes_on: date | None = None
    missing: bool = False


def evaluate(rules: Iterable[Rule], facts: Mapping[str, Any], on: date) -> tuple[Finding, ...]:
    """Every rule's outcome at the reference date `on`, in the order of the rules.

    `facts` holds what is known under the names of FACTS: a day as a date, a choice as a text or several, intervals as
    (first day, last day or None while it lasts). A fact that is not in it is left to a person; one that is empty was
    not entered.
    """
    return tuple(_finding(rule, _judged(rule, facts, on), on) for rule in rules)


def _finding(rule: Rule, judged: Judged, on: date) -> Finding:
    inputs = {**judged.inputs, "on": on.isoformat()} if judged.inputs else {}
    judging = (judged.outcome, rule.fact, inputs, judged.passes_on, judged.missing)
    return Finding(rule.id, rule.version, rule.kind, rule.force, *judging)


def _judged(rule: Rule, facts: Mapping[str, Any], on: date) -> Judged:
    judge = _JUDGES.get(rule.kind)
    if judge is None or rule.fact not in facts:
        return Judged("person")
    value = facts[rule.fact]
    if rule.kind not in _TAKES_NOTHING and value in (None, "", [], ()):
        return _not_entered(rule)
    return judge(rule, value, on)


def _not_entered(rule: Rule) -> Judged:
    if rule.force == "scoring":
        return Judged("na", missing=True)
    asked = rule.decides_outcome and rule.kind != "dated_within_days"  # an office dates what it looked up
    return Judged("fail" if asked else "person", missing=True)


def _choice_in(rule: Rule, value: Any, _on: date) -> Judged:
    given = [value] if isinstance(value, str) else [str(item) for item in value]
    fits = any(item in rule.params.get("choices", ()) for item in given)
    inputs = {rule.fact: given, "choices": list(rule.params.get("choices", ()))}
    return Judged(_confirmed(rule) if fits else "fail", inputs)


def _not_flagged(rule: Rule, value: Any, _on: date) -> Judged:
    if value is None:
        return Judged("person", missing=True)
    return Judged("fail" if value else _confirmed(rule), {rule.fact: bool(value)})


def _confirmed(rule: Rule) -> Outcome:
    """What the system finds in order may still be for a person to confirm."""
    return "person" if rule.params.get("confirm") else "pass"


def _held_full_years(rule: Rule, value: date, on: date) -> Judged:
    held = full_years(value, on)
    inputs = {rule.fact: value.isoformat(), "years": held, "needed": rule.number}
    if held >= rule.number:
        return Judged("pass", inputs)
    return Judged("fail", inputs, passes_on(value, rule.number))


def _union_years(rule: Rule, value: Iterable[tuple[date, date | None]], on: date) -> Judged:
    intervals = sorted(value, key=lambda pair: (pair[0], pair[1] or date.max))
    months, needed = months_until(intervals, on), rule.number * MONTHS
    shown = [[first.isoformat(), last.isoformat() if last else None] for first, last in intervals]
    inputs = {rule.fact: shown, "months": months, "needed": rule.number}
    if months >= needed:
        return Judged("pass", inputs)
    return Judged("fail", inputs, _full_on(intervals, needed, on))


def months_until(intervals: Iterable[tuple[date, date | None]], on: date) -> int:
    """The whole months that the intervals cover up to and with the day `on`, overlaps counted once.

    An interval without a last day lasts; one that ends before it starts covers nothing.
    """
    known = ((first, min(last or on, on)) for first, last in intervals if last is None or last >= first)
    return union_months((first, last) for first, last in known if first <= last)


def _full_on(intervals: list[tuple[date, date | None]], needed: int, on: date) -> date | None:
    """The first day after `on` on which the months are full, if what is entered goes on as it says."""
    low, high = on.toordinal(), _years_later(on).toordinal()
    if months_until(intervals, date.fromordinal(high)) < needed:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        full = months_until(intervals, date.fromordinal(middle)) >= needed
        low, high = (low, middle) if full else (middle, high)
    return date.fromordinal(high)


def _years_later(on: date) -> date:
    return passes_on(on, min(CLIPPED_YEARS, date.max.year - on.year))


def _age_at_most(rule: Rule, value: date, on: date) -> Judged:
    if value > on:
        return Judged("fail", {rule.fact: value.isoformat(), "limit": rule.number})
    age = age_on(value, on, from_next_day=bool(rule.params.get(NEXT_DAY)))
    inputs = {
        rule.fact: value.isoformat(),
        "age": age,
        "limit": rule.number,
        "born_from": earliest_birth(rule, on).isoformat(),
    }
    return Judged("pass" if age <= rule.number else "fail", inputs)


def earliest_birth(rule: Rule, on: date) -> date:
    """The first birth date that an age rule still takes: what a notice prints, so that nobody need count."""
    next_day = bool(rule.params.get(NEXT_DAY))
    born = date(max(1, on.year - rule.number - 1), on.month, 1)
    while age_on(born, on, from_next_day=next_day) > rule.number:
        born += ONE_DAY
    return born


def latest_start(rule: Rule, on: date) -> date:
    """The last day from which so many full years are over on the day `on`."""
    start = passes_on(on, -rule.number)
    while passes_on(start + ONE_DAY, rule.number) <= on:  # 28 February also ends what began on the 29th
        start += ONE_DAY
    return start


def _register_clear(rule: Rule, value: Any, on: date) -> Judged:
    """A register's answer: nothing, a count, or the day from which a bar of so many years runs."""
    if not value:
        return Judged("pass", {rule.fact: value})
    if isinstance(value, date):
        free = passes_on(value, rule.number)
        inputs = {rule.fact: value.isoformat(), "needed": rule.number}
        return Judged("pass", inputs) if free <= on else Judged("fail", inputs, free)
    return Judged("fail", {rule.fact: value})


def _dated_within_days(rule: Rule, value: date, on: date) -> Judged:
    age = (on - value).days
    inputs = {rule.fact: value.isoformat(), "days": age, "needed": rule.number}
    return Judged(_confirmed(rule) if age <= rule.number else "fail", inputs)


def _valid_until(rule: Rule, value: date, on: date) -> Judged:
    return Judged("pass" if value >= on else "fail", {rule.fact: value.isoformat()})


def _scoring_window(rule: Rule, value: Iterable[date], on: date) -> Judged:
    """What counts for the score: dated after the corresponding day so many years ago, up to the reference date."""
    days = sorted(value)
    counted = [day.isoformat() for day in days if day <= on < passes_on(day, rule.number)]
    inputs = {"counted": counted, "of": len(days), "needed": rule.number}
    return Judged("pass" if counted else "fail", inputs)


Judge = Callable[[Rule, Any, date], Judged]
_TAKES_NOTHING = ("register_clear", "not_flagged")  # an empty answer says something here
_JUDGES: dict[str, Judge] = {
    "choice_in": _choice_in,
    "not_flagged": _not_flagged,
    "held_full_years": _held_full_years,
    "union_years": _union_years,
    "age_at_most": _age_at_most,
    "register_clear": _register_clear,
    "dated_within_days": _dated_within_days,
    "valid_until": _valid_until,
    "scoring_window": _scoring_window,
}


def hard_failures(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings that block."""
    return tuple(f for f in found if f.force == "hard" and f.outcome == "fail")


def soft_failures(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings that a waiver can answer."""
    return tuple(f for f in found if f.force == "soft" and f.outcome == "fail" and not f.missing)

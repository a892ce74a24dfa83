"""A round's rulebook: every number the round is decided by, frozen when it is announced."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any, Literal

from selection.rules.eligibility_defaults import DEFAULT_RULES
from selection.rules.eligibility_rules import Rule
from selection.rules.ranking import DEFAULT_CHAIN
from selection.rules.rulebook_faults import Fault, faults_of
from selection.rules.rulebook_format import (
    Malformed,
    boolean,
    dated,
    instant,
    integer,
    integers,
    listed,
    money,
    numbered,
    numbered_twice,
    text,
    texts,
)
from selection.rules.scoring import Method
from workflow.rules.calendar import PeriodMode
from workflow.rules.chain import canonical

__all__ = [
    "DEFAULT_RULEBOOK",
    "DEFAULT_RULES",
    "Category",
    "Criterion",
    "Fault",
    "Malformed",
    "Rule",
    "Rulebook",
    "faults_in",
]


# What rules say that were frozen before these parameters existed; never changed, only added to.
ABSENT: dict[str, Any] = {"max_file_mb": 10, "max_dossier_mb": 100, "required_attachments": []}
ABSENT |= {
    "bands": [90, 75, 60],
    "comment_at_least": 101,
    "comment_below": 0,
    "blind": False,
}  # no comment asked for
ABSENT |= {"strata_mode": "seats", "panel_caps": {}, "consecutive_rounds": 0, "expert_names_published": False}
ABSENT |= {"conflict_years": 3, "same_city": False}
ABSENT["eligibility"] = [rule.to_dict() for rule in DEFAULT_RULES]
ABSENT |= {"categories": [], "quotas_by_category": {}}
ABSENT["outage_hours"] = 4
ABSENT |= {"tie_chain": list(DEFAULT_CHAIN), "caps": {}, "floors": {}, "ballot": False}
ABSENT["second_stage"] = 0


@dataclass(frozen=True)
class Criterion:
    """One thing experts mark out of 100, and its weight in the total."""

    code: str
    name: str
    name_en: str
    weight: Decimal

    @classmethod
    def from_dict(cls, given: object) -> Criterion:
        """Raises Malformed naming the field."""
        if not isinstance(given, Mapping):
            raise Malformed("criteria", "malformed")
        return cls(
            code=text(given, "code"),
            name=text(given, "name"),
            name_en=text(given, "name_en"),
            weight=money(given, "weight"),
        )

    def to_dict(self) -> dict[str, str]:
        """As it is stored."""
        return {"code": self.code, "name": self.name, "name_en": self.name_en, "weight": str(self.weight)}


@dataclass(frozen=True)
class Category:
    """One kind of nominee that has places of its own."""

    code: str
    name: str
    name_en: str = ""

    @classmethod
    def from_dict(cls, given: object) -> Category:
        """Raises Malformed naming the field."""
        if not isinstance(given, Mapping):
            raise Malformed("categories", "malformed")
        english = given.get("name_en") or ""
        return cls(text(given, "code"), text(given, "name"), text({"name_en": english}, "name_en"))

    def to_dict(self) -> dict[str, str]:
        """As it is stored."""
        return {"code": self.code, "name": self.name, "name_en": self.name_en}


def _each(item: type[Criterion | Category | Rule]) -> Callable[[Mapping[str, Any], str], tuple[Any, ...]]:
    """Reads a list of what knows how to read itself."""
    return lambda given, name: tuple(item.from_dict(one) for one in listed(given, name))


# How a parameter of each kind is read; the kind is written once, at the parameter.
READERS: dict[str, Callable[[Mapping[str, Any], str], Any]] = {
    "int": integer,
    "bool": boolean,
    "str": text,
    "Method": text,  # faults() names a method that does not exist
    "PeriodMode": text,
    "Decimal": money,
    "date": dated,
    "datetime": instant,
    "tuple[int, ...]": integers,
    "tuple[str, ...]": texts,
    "tuple[Criterion, ...]": _each(Criterion),
    "tuple[Category, ...]": _each(Category),
    "tuple[Rule, ...]": _each(Rule),
    "Mapping[str, int]": numbered,
    "Mapping[str, Mapping[str, int]]": numbered_twice,
}


@dataclass(frozen=True)
class Rulebook:
    """The rules of one round. Read with `from_dict`, checked with `faults`, named by `digest`."""

    opens_at: datetime
    closes_at: datetime
    reference_date: date
    ceiling: int
    pass_line: Decimal
    criteria: tuple[Criterion, ...]
    tie_criterion: str
    method: Method
    min_sheets: int
    min_sheets_for_trim: int
    per_nominee: int
    panel_size: int
    strata: Mapping[str, int]
    strata_mode: str  # what `strata` says: seats of each category, or shares of a hundred; "pool": as the pool is made up
    panel_caps: Mapping[str, int]  # "unit", "city" -> at most on the panel
    consecutive_rounds: int  # whoever sat in as many rounds in a row is not drawn; 0: no such rule
    expert_names_published: bool
    conflict_years: int  # how long a unit left, or work done together, keeps an expert away
    same_city: bool  # experts of the nominee's city are left out, too
    shortlist: int
    notice_days: int
    notice_mode: PeriodMode
    outage_hours: int  # the page away for longer than this within the period: one working day more
    correction_days: int
    unit_notice_days: int
    scoring_days: int
    recheck_days: int
    recheck_answer_days: int
    county_days: int
    nominator_days: int
    screening_days: int
    award: Decimal
    instalment_shares: tuple[int, ...]
    management_years: int
    quotas: Mapping[str, int]
    max_file_mb: int
    max_dossier_mb: int
    required_attachments: tuple[str, ...]
    bands: tuple[int, ...]
    comment_at_least: int
    comment_below: int
    blind: bool
    eligibility: tuple[Rule, ...]
    tie_chain: tuple[str, ...]
    caps: Mapping[str, int]  # "city/330100" -> at most; a group is written kind/code
    floors: Mapping[str, int]
    ballot: bool  # nobody is proposed whom the panel's secret ballot has not passed
    second_stage: int  # how many go on to be scored by the whole panel; 0: one stage
    categories: tuple[Category, ...]
    quotas_by_category: Mapping[str, Mapping[str, int]]

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Rulebook:
        """From what `to_dict` gave, or a form did: dates and times ISO 8601, decimals as strings.

        Raises Malformed naming the first field that is missing, unknown or of the wrong kind.
        """
        _require_known(given)
        given = {**ABSENT, **given}
        return cls(**{field.name: READERS[str(field.type)](given, field.name) for field in fields(cls)})

    def to_dict(self) -> dict[str, Any]:
        """As it is stored and frozen: only what JSON has."""
        return {field.name: _stored(getattr(self, field.name)) for field in fields(self)}

    def digest(self) -> str:
        """SHA-256 of `hashed`, in hexadecimal."""
        return sha256(self.hashed()).hexdigest()

    def hashed(self) -> bytes:
        """The canonical JSON that the digest is of; times in UTC, whatever zone they were typed in.

        A parameter that says what its absence means is left out, so that rules frozen before it keep their digest.
        """
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        stored = self.to_dict()
        values = {
            name: value
            for name, value in values.items()
            if name not in ABSENT or stored[name] != ABSENT[name]
        }
        values |= {name: stored[name] for name in ("criteria", "eligibility", "categories") if name in values}
        return canonical(values)

    @property
    def weights(self) -> dict[str, Decimal]:
        """The weight of each criterion, by code."""
        return {criterion.code: criterion.weight for criterion in self.criteria}

    @property
    def divided(self) -> bool:
        """Whether places are given out by category; a single one divides nothing."""
        return len(self.categories) > 1

    @property
    def grants(self) -> dict[str, dict[str, int]]:
        """The places of each nominator by category; under "" where the round has but one."""
        if self.divided:
            return {code: dict(places) for code, places in self.quotas_by_category.items()}
        return {code: {"": places} for code, places in self.quotas.items()}

    def bounds(self, name: Literal["caps", "floors"]) -> dict[tuple[str, str], int]:
        """The caps or floors by group: ("city", "330100")."""
        pairs = ((key.partition("/"), number) for key, number in getattr(self, name).items())
        return {(kind, code): number for (kind, _slash, code), number in pairs}

    def rule(self, id: str) -> Rule | None:
        """The eligibility rule of that name."""
        return next((rule for rule in self.eligibility if rule.id == id), None)

    def faults(self, *, calendar_years: Collection[int]) -> list[Fault]:
        """Why these rules may not be announced: (field, code, arguments of the message); empty if they may.

        `calendar_years` are the years whose working-day calendar is loaded.
        """
        return faults_of(self, calendar_years)


def faults_in(content: Mapping[str, Any], *, calendar_years: Collection[int]) -> list[Fault]:
    """Why rules as they are stored, perhaps unfinished, may not be announced; what is missing comes first."""
    content = {**ABSENT, **content}
    absent = [field.name for field in fields(Rulebook) if content.get(field.name) is None]
    if absent:
        return [Fault(name, "missing", {}) for name in absent]
    try:
        rules = Rulebook.from_dict(content)
    except Malformed as malformed:
        return [Fault(malformed.field, malformed.code, {})]
    return rules.faults(calendar_years=calendar_years)


def _require_known(given: Mapping[str, Any]) -> None:
    if unknown := given.keys() - {field.name for field in fields(Rulebook)}:
        raise Malformed(min(unknown), "unknown")


def _stored(value: object) -> object:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [item.to_dict() if isinstance(item, Criterion | Rule | Category) else item for item in value]
    if isinstance(value, Mapping):
        return {key: dict(item) if isinstance(item, Mapping) else item for key, item in value.items()}
    return value


def _criterion(code: str, name: str, name_en: str, weight: str) -> dict[str, str]:
    return {"code": code, "name": name, "name_en": name_en, "weight": weight}


# Defaults of ours, no measure's: each may be changed before the round is announced. Dates have none.
DEFAULT_RULEBOOK: dict[str, Any] = {
    "ceiling": 20,
    "pass_line": "75.00",
    "criteria": [
        _criterion("A", "专业资质与理论素养", "Professional qualification and theory", "15.00"),
        _criterion("B", "服务年限与实绩", "Years of service and results", "30.00"),
        _criterion("C", "创新与品牌项目", "Innovation and signature projects", "15.00"),
        _criterion("D", "人才培养与督导带教", "Training and supervising others", "15.00"),
        _criterion("E", "行业影响与示范引领", "Influence and example in the field", "15.00"),
        _criterion("F", "工作室建设方案", "Plan for the studio", "10.00"),
    ],
    "tie_criterion": "B",
    "method": "trimmed_mean",
    "min_sheets": 3,
    "min_sheets_for_trim": 5,
    "per_nominee": 5,
    "panel_size": 7,
    "strata": {"scholar": 3, "practice": 3, "association": 1},
    "strata_mode": "seats",
    "panel_caps": {"unit": 1, "city": 2},
    "consecutive_rounds": 2,
    "expert_names_published": False,
    "conflict_years": 3,
    "same_city": False,
    "shortlist": 24,
    "notice_days": 5,
    "notice_mode": "working_days",
    "outage_hours": 4,
    "correction_days": 5,
    "unit_notice_days": 5,
    "scoring_days": 10,
    "recheck_days": 3,
    "recheck_answer_days": 5,
    "county_days": 5,
    "nominator_days": 5,
    "screening_days": 10,
    "award": "50000.00",
    "instalment_shares": [50, 30, 20],
    "management_years": 3,
    "quotas": {},
    "bands": [90, 75, 60],
    "comment_at_least": 90,
    "comment_below": 60,
    "blind": False,
    "max_file_mb": 10,
    "max_dossier_mb": 100,
    "required_attachments": ["id", "certificate", "practice", "unit_notice"],
    "eligibility": [rule.to_dict() for rule in DEFAULT_RULES],
    "tie_chain": list(DEFAULT_CHAIN),
    "caps": {},
    "floors": {},
    "ballot": False,
    "second_stage": 0,
    "categories": [],
    "quotas_by_category": {},
}

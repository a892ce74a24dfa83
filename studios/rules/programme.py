"""The rules of everything that follows a recognition: instalments and their gates, budget, tasks, reports, assessment, exit.

They are data: a version of them is frozen to a studio with its agreement, and a later version never changes what was
signed. The defaults are ours unless the handbook names a source; the product never prints a default as if it were the law.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from hashlib import sha256
from typing import Any

from studios.rules.clauses import DEFAULT_CLAUSES, BadClause, is_pattern, places
from workflow.rules.chain import canonical

GRADES = ("excellent", "qualified", "basic", "unqualified")  # the best first
FULL = 100


class BadProgramme(ValueError):
    """Content that is no programme; `where` names the field, `what` the fault: missing, unknown, malformed, sum."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(f"{where}: {what}")
        self.where, self.what = where, what


@dataclass(frozen=True)
class Gate:
    """What opens one instalment, beyond what every instalment asks."""

    report: bool  # a report was accepted since the instalment before was paid
    spent_share: (
        int  # per cent of what the earlier instalments paid that is spent with vouchers; 0 asks nothing
    )
    grade: str  # the newest confirmed assessment is at least this; "" asks nothing
    most_overdue: int  # so many overdue reports lock it; 0 asks nothing


@dataclass(frozen=True)
class Head:
    """One head of the budget and the share of the award that it may take, per cent."""

    code: str
    name: str
    name_en: str
    cap: int


@dataclass(frozen=True)
class TaskRule:
    """One annual task: how many of what."""

    code: str
    name: str
    name_en: str
    target: Decimal
    unit: str


@dataclass(frozen=True)
class Dimension:
    """One dimension of the assessment and its points; all sum to 100."""

    code: str
    name: str
    name_en: str
    points: int


@dataclass(frozen=True)
class Grade:
    """A grade and the least score that reaches it."""

    code: str
    least: Decimal


@dataclass(frozen=True)
class Clause:
    """One clause of the model agreement, with places for facts."""

    title: str
    text: str


@dataclass(frozen=True)
class Programme:
    """The rules of one version. Days are calendar days unless the name says working days; shares are per cent."""

    gates: tuple[Gate, ...]
    heads: tuple[Head, ...]
    prohibited: tuple[str, ...]  # words of what no grant pays
    item_limit: Decimal  # yuan, for one piece of equipment
    cash_limit: Decimal  # yuan; cash above it is flagged
    adjustment_share: int  # of a head's budget, moved without approval
    tasks: tuple[TaskRule, ...]
    dimensions: tuple[Dimension, ...]
    grades: tuple[Grade, ...]
    excellent_share: int  # of the studios assessed in a year
    vetoes: tuple[str, ...]
    rectify_working_days: int
    record_days: int
    sample_share: int
    link_days: int
    statement_working_days: int
    recovery_days: int
    bar_years: int  # after a revocation for fraud or misuse
    report_change_days: int
    plan_years: int
    team_least: int
    mentee_group: int  # persons of one group of mentees
    stations_least: int
    weak_stations_least: int  # of them, in weaker areas
    plaque_pattern: str
    clauses: tuple[Clause, ...]  # of the model agreement

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Programme:
        """Read strictly, absent keys as the defaults. Raises BadProgramme at the first fault."""
        known = {field.name for field in fields(cls)}
        for name in given:
            if name not in known:
                raise BadProgramme(name, "unknown")
        content = {**DEFAULT_PROGRAMME, **given}
        found = {name: READERS[name](content[name], name) for name in sorted(known)}
        programme = cls(**found)
        _require_sums(programme)
        return programme

    def to_dict(self) -> dict[str, Any]:
        """As it is stored: decimals as strings, rows as objects."""
        return {field.name: _stored(getattr(self, field.name)) for field in fields(self)}

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical content, in hexadecimal."""
        return sha256(canonical(self.to_dict())).hexdigest()

    def gate(self, number: int) -> Gate:
        """The gate of the instalment of this number, from 1; those past the last have the last one's."""
        return self.gates[min(number, len(self.gates)) - 1]

    def head(self, code: str) -> Head | None:
        """The head of this code."""
        return next((head for head in self.heads if head.code == code), None)

    def grade_at(self, score: Decimal) -> str:
        """The grade that a score reaches."""
        return next((grade.code for grade in self.grades if score >= grade.least), self.grades[-1].code)


def at_least(grade: str, asked: str) -> bool:
    """Whether a grade is as good as the one asked; no grade yet is not, and nothing asked always is."""
    if not asked:
        return True
    return grade in GRADES and GRADES.index(grade) <= GRADES.index(asked)


# Reading -------------------------------------------------------------------------------------------------------------


def _whole(value: Any, where: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise BadProgramme(where, "malformed")
    return value


def _share(value: Any, where: str) -> int:
    if _whole(value, where) > FULL:
        raise BadProgramme(where, "malformed")
    return int(value)


def _yuan(value: Any, where: str) -> Decimal:
    try:
        found = Decimal(value) if isinstance(value, str) else None
    except InvalidOperation:
        found = None
    if found is None or not found.is_finite() or found < 0:
        raise BadProgramme(where, "malformed")
    return found


def _word(value: Any, where: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise BadProgramme(where, "malformed")
    return value.strip()


def _flag(value: Any, where: str) -> bool:
    if not isinstance(value, bool):
        raise BadProgramme(where, "malformed")
    return value


def _grade_or_none(value: Any, where: str) -> str:
    if value not in ("", *GRADES):
        raise BadProgramme(where, "malformed")
    return str(value)


def _words(value: Any, where: str) -> tuple[str, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise BadProgramme(where, "malformed")
    return tuple(_word(item, where) for item in value)


def _rows(cls: Any, **readers: Any) -> Any:
    def read(value: Any, where: str) -> tuple[Any, ...]:
        if not isinstance(value, Sequence) or isinstance(value, str) or not value:
            raise BadProgramme(where, "malformed")
        return tuple(one(item, f"{where}[{n}]") for n, item in enumerate(value, start=1))

    def one(item: Any, where: str) -> Any:
        if not isinstance(item, Mapping) or set(item) != set(readers):
            raise BadProgramme(where, "malformed")
        return cls(**{name: reader(item[name], f"{where}.{name}") for name, reader in readers.items()})

    return read


def _years(value: Any, where: str) -> int:
    if not 1 <= _whole(value, where) <= 10:
        raise BadProgramme(where, "malformed")
    return int(value)


def _pattern(value: Any, where: str) -> str:
    if not is_pattern(_word(value, where)):
        raise BadProgramme(where, "pattern")
    return str(value).strip()


def _clause(value: Any, where: str) -> str:
    try:
        places(_word(value, where))
    except BadClause as fault:
        raise BadProgramme(where, "place") from fault
    return str(value).strip()


_named = {"code": _word, "name": _word, "name_en": _word}
READERS: dict[str, Any] = {
    "gates": _rows(Gate, report=_flag, spent_share=_share, grade=_grade_or_none, most_overdue=_whole),
    "heads": _rows(Head, **_named, cap=_share),
    "prohibited": _words,
    "item_limit": _yuan,
    "cash_limit": _yuan,
    "adjustment_share": _share,
    "tasks": _rows(TaskRule, **_named, target=_yuan, unit=_word),
    "dimensions": _rows(Dimension, **_named, points=_share),
    "grades": _rows(Grade, code=_word, least=_yuan),
    "excellent_share": _share,
    "vetoes": _words,
    **dict.fromkeys(
        (
            "rectify_working_days",
            "record_days",
            "link_days",
            "statement_working_days",
            "recovery_days",
            "bar_years",
            "report_change_days",
        ),
        _whole,
    ),
    "sample_share": _share,
    "plan_years": _years,
    **dict.fromkeys(("team_least", "mentee_group", "stations_least", "weak_stations_least"), _whole),
    "plaque_pattern": _pattern,
    "clauses": _rows(Clause, title=_word, text=_clause),
}


def _require_sums(programme: Programme) -> None:
    if sum(dimension.points for dimension in programme.dimensions) != FULL:
        raise BadProgramme("dimensions", "sum")
    if tuple(grade.code for grade in programme.grades) != GRADES:
        raise BadProgramme("grades", "malformed")
    lines = [grade.least for grade in programme.grades]
    if lines != sorted(lines, reverse=True) or lines[-1] != 0:
        raise BadProgramme("grades", "order")
    for name in ("heads", "tasks", "dimensions"):
        codes = [row.code for row in getattr(programme, name)]
        if len(set(codes)) != len(codes):
            raise BadProgramme(name, "double")


def _stored(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_stored(item) for item in value]
    if isinstance(value, Decimal):
        return str(value)
    if hasattr(value, "__dataclass_fields__"):
        return {field.name: _stored(getattr(value, field.name)) for field in fields(value)}
    return value


# The defaults --------------------------------------------------------------------------------------------------------


def _gate(report: bool, spent_share: int, grade: str, most_overdue: int) -> dict[str, Any]:
    return {"report": report, "spent_share": spent_share, "grade": grade, "most_overdue": most_overdue}


def _row(code: str, name: str, name_en: str, **rest: Any) -> dict[str, Any]:
    return {"code": code, "name": name, "name_en": name_en, **rest}


DEFAULT_PROGRAMME: dict[str, Any] = {
    "gates": [_gate(False, 0, "", 0), _gate(True, 80, "qualified", 0), _gate(True, 80, "qualified", 2)],
    "heads": [
        _row("training", "培训督导", "Training and supervision", cap=100),
        _row("service", "服务活动", "Service activities", cap=60),
        _row("research", "课题、案例和资料", "Research, cases and materials", cap=30),
        _row("equipment", "小型设备", "Small equipment", cap=20),
        _row("travel", "差旅", "Travel", cap=15),
        _row("fees", "专家劳务", "Experts' fees", cap=30),
        _row("publicity", "宣传", "Publicity", cap=5),
    ],
    "prohibited": [
        "工资", "奖金", "招待", "宴请", "罚款", "滞纳金", "还债", "债务", "投资", "理财",
        "基建", "装修工程", "购车", "车辆购置", "捐赠", "捐款", "管理费",
    ],
    "item_limit": "5000.00",
    "cash_limit": "1000.00",
    "adjustment_share": 10,
    "tasks": [
        _row("training", "培训与沙龙", "Trainings and salons", target="4", unit="次"),
        _row("mentees", "带教学员", "Mentees supervised", target="5", unit="人"),
        _row("cases", "个案", "Cases", target="6", unit="例"),
        _row("groups", "小组", "Groups", target="2", unit="个"),
        _row("community", "社区活动", "Community activities", target="6", unit="次"),
        _row("stations", "合作站点", "Partner stations", target="2", unit="个"),
        _row("satisfaction", "满意度", "Satisfaction", target="85", unit="%"),
    ],
    "dimensions": [
        _row("system", "制度与管理", "Rules and management", points=15),
        _row("money", "经费管理", "Management of money", points=20),
        _row("service", "服务执行与产出", "Service and output", points=35),
        _row("mentoring", "人才带教", "Mentoring", points=15),
        _row("society", "社会评价", "Public opinion", points=10),
        _row("publicity", "宣传创新", "Publicity and innovation", points=5),
    ],
    "grades": [
        {"code": code, "least": least}
        for code, least in zip(GRADES, ("90.00", "75.00", "60.00", "0.00"), strict=True)
    ],
    "excellent_share": 20,
    "vetoes": ["弄虚作假", "挪用资金", "严重违反职业伦理", "负有责任的安全事故", "泄露服务对象隐私"],
    "rectify_working_days": 30,
    "record_days": 10,
    "sample_share": 10,
    "link_days": 14,
    "statement_working_days": 5,
    "recovery_days": 30,
    "bar_years": 3,
    "report_change_days": 30,
    "plan_years": 3,
    "team_least": 3,
    "mentee_group": 5,
    "stations_least": 2,
    "weak_stations_least": 1,
    "plaque_pattern": "浙社领工〔{year}〕第{number:03d}号",
    "clauses": [{"title": title, "text": text} for title, text in DEFAULT_CLAUSES],
}  # fmt: skip


@lru_cache(maxsize=1)
def default() -> Programme:
    """The rules where no version has been adopted."""
    return Programme.from_dict({})

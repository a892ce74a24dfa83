"""The result of a round, or of one nominee, as a table that anybody can compute again: raw sheets by anonymous number,
weights, rules, exact fractions, ranks, tie paths and outcomes. No expert's name is among what it is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from selection.rules.floors import Group
from selection.rules.rulebook import Rulebook

# Each row begins with what it is; a row that begins with # heads those that follow, in Chinese and English.
HEAD = ("记录 record", "项目 item", "内容 value")


@dataclass(frozen=True)
class SheetLine:
    """One sheet: the expert's anonymous number, the marks in the order of the criteria, what it counted as."""

    number: int | None
    marks: tuple[Decimal | None, ...]
    total: str
    counted: str
    reason: str = ""


@dataclass(frozen=True)
class Line:
    """One nominee: what was computed from the sheets, and what became of it."""

    code: str
    name: str
    unit: str
    groups: frozenset[Group]
    sheets: tuple[SheetLine, ...]
    exact: str
    score: Decimal | None
    flags: tuple[str, ...]
    rank: int | None
    order: int | None
    tie_path: tuple[tuple[str, str], ...]
    outcome: str  # what the rules say: "selected", "below_line", …
    decision: str = ""  # what was decided
    deviation: str = ""
    stage: int = 1  # whose sheets the score is of
    earlier: tuple[SheetLine, ...] = ()  # of the first stage, where the second decides
    first: Mapping[str, Any] = field(
        default_factory=dict
    )  # what the first stage came to, where there were two


@dataclass(frozen=True)
class Ballots:
    """What the panel voted: on each nominee (members, present, yes, passed), and in favour of those level."""

    lines: Mapping[str, tuple[int, int, int, bool]] = field(default_factory=dict)
    ties: Mapping[str, int] = field(default_factory=dict)
    failed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Record:
    """A round with the rules that it was decided by."""

    code: str
    title: str
    version: str
    digest: str
    seed: str
    rules: Rulebook
    lines: tuple[Line, ...]
    ballots: Ballots = field(default_factory=Ballots)
    names: Mapping[Group, str] = field(default_factory=dict)


def rows_of(record: Record) -> Iterator[list[Any]]:
    """The table, row by row."""
    yield from _rules(record)
    yield from _ballots(record.ballots)
    yield from _sheets(record)
    yield from _first_stage(record)
    yield from _results(record)


def _rules(record: Record) -> Iterator[list[Any]]:
    rules = record.rules
    yield ["round", "code", record.code]
    yield ["round", "title", record.title]
    yield ["round", "rules", record.version]
    yield ["round", "digest", record.digest]
    yield ["round", "seed", record.seed]
    for name in ("method", "min_sheets", "min_sheets_for_trim", "tie_criterion", "ceiling", "pass_line"):
        yield ["rule", name, str(getattr(rules, name))]
    yield ["rule", "tie_chain", ";".join(rules.tie_chain)]
    if rules.second_stage:
        yield ["rule", "second_stage", rules.second_stage]
    for name in ("caps", "floors"):
        for group, number in sorted(getattr(rules, name).items()):
            yield ["rule", name, group, number]
    yield ["#criterion", "代号 code", "权重 weight", "名称 name", "英文名称 name in English"]
    for criterion in rules.criteria:
        yield ["criterion", criterion.code, str(criterion.weight), criterion.name, criterion.name_en]


def _ballots(ballots: Ballots) -> Iterator[list[Any]]:
    if ballots.lines:
        yield ["#ballot", "编号 nominee", "应到 members", "实到 present", "同意 yes", "结果 outcome"]
    for code, (members, present, yes, passed) in sorted(ballots.lines.items()):
        yield ["ballot", code, members, present, yes, "passed" if passed else "failed"]
    for code, yes in sorted(ballots.ties.items()):
        yield ["tie", code, yes]


def _sheets(record: Record) -> Iterator[list[Any]]:
    codes = [criterion.code for criterion in record.rules.criteria]
    yield ["#sheet", "编号 nominee", "专家匿名号 expert", "计入 counted", *codes, "总分 total", "理由 reason"]
    for line in record.lines:
        for sheet in line.sheets:
            yield _sheet("sheet", line.code, sheet)


def _sheet(kind: str, code: str, sheet: SheetLine) -> list[Any]:
    marks = ["" if mark is None else str(mark) for mark in sheet.marks]  # a blank is never a zero
    number = "" if sheet.number is None else sheet.number
    return [kind, code, number, sheet.counted, *marks, sheet.total, sheet.reason]


def _first_stage(record: Record) -> Iterator[list[Any]]:
    """What the first stage came to, where there were two: of those scored again its sheets, too."""
    lines = [line for line in record.lines if line.first]
    if not lines:
        return
    codes = [criterion.code for criterion in record.rules.criteria]
    yield [
        "#first_sheet",
        "编号 nominee",
        "专家匿名号 expert",
        "计入 counted",
        *codes,
        "总分 total",
        "理由 reason",
    ]
    for line in lines:
        for sheet in line.earlier:
            yield _sheet("first_sheet", line.code, sheet)
    yield [
        "#first_result",
        "编号 nominee",
        "精确值 exact",
        "得分 score",
        "名次 rank",
        "排列 order",
        "以哪一阶段为准 decided by stage",
    ]
    for line in lines:
        found = (
            "" if line.first[name] is None else line.first[name]
            for name in ("exact", "score", "rank", "order")
        )
        yield ["first_result", line.code, *found, line.stage]


RESULT_HEAD = (
    "#result", "编号 nominee", "姓名 name", "单位 unit", "精确值 exact", "得分 score", "评分表 sheets", "标记 flags",
    "名次 rank", "排列 order", "同分处理 tie path", "所属 groups", "按规则 outcome", "决定 decision", "偏离理由 deviation",
)  # fmt: skip


def _results(record: Record) -> Iterator[list[Any]]:
    yield list(RESULT_HEAD)
    for line in record.lines:
        yield [
            "result", line.code, line.name, line.unit, line.exact, "" if line.score is None else str(line.score),
            sum(sheet.counted != "voided" for sheet in line.sheets), ";".join(line.flags),
            "" if line.rank is None else line.rank, "" if line.order is None else line.order,
            ";".join(f"{link}={value}" for link, value in line.tie_path),
            ";".join(f"{kind}/{code}" for kind, code in sorted(line.groups)), line.outcome, line.decision, line.deviation,
        ]  # fmt: skip


def of_one(record: Record, code: str) -> Record:
    """The same rules with one nominee."""
    return replace(record, lines=tuple(line for line in record.lines if line.code == code))

"""The result sheet on paper, in Chinese with English beside it: of one nominee, and of a round."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from fractions import Fraction

from selection.documents.result import Line, Record, SheetLine
from selection.queries.groups import KINDS
from workflow import clock
from workflow.documents.form import Cell, Form, Grid, Kind, title

OUTCOMES = {
    "selected": "列入 selected",
    "below_line": "低于分数线 below the pass line",
    "no_place": "上限之外 no place left",
    "cap_reached": "所属组已满 cap of the group reached",
    "floor_reserved": "余位须保最低人数 place kept for a minimum",
    "ballot_failed": "表决未通过 not passed by ballot",
    "below_min_sheets": "评分表不足 too few sheets",
    "withdrawn": "已撤回 withdrawn",
}
COUNTED = {
    "yes": "计入 counted",
    "highest": "去掉最高 highest dropped",
    "lowest": "去掉最低 lowest dropped",
    "voided": "作废 voided",
}
METHODS = {
    "trimmed_mean": "去掉最高、最低各一份后取平均 mean without the highest and the lowest",
    "mean": "平均 mean",
    "median": "中位数 median",
}
FLAGS = {
    "not_trimmed": "份数不足，未去最高最低 not trimmed",
    "below_min_sheets": "评分表不足 too few sheets",
    "single_sheet": "仅一份 single sheet",
}
LINKS = {
    "criterion": "评分项 criterion",
    "mean": "全部平均 untrimmed mean",
    "median": "中位数 median",
    "range": "极差 range",
    "deviation": "方差 variance",
    "vote": "表决 vote",
    "lot": "抽签 lot",
}
NOTE = (
    "说明：专家以抽取时的匿名号列示。分项满分100，总分为按权重的加权平均；计算全程用精确分数，最后四舍五入一次到两位小数。"
    "空白表示未评，不按零分计算。\n"
    "Experts appear by the anonymous number drawn for them. Marks are out of 100; everything is computed in exact fractions and "
    "rounded half up once, to two decimals. A blank is no mark, never a zero."
)


def sheet_of(record: Record, code: str, *, at: datetime) -> Form:
    """One nominee's result."""
    line = next(one for one in record.lines if one.code == code)
    return Form(
        title="评审结果单 Result sheet",
        subtitle=record.title,
        above=[f"编号 No. {line.code}", f"规则书 Rules {record.version}"],
        grids=[
            *_summary(record, line), _sheets(record, line.sheets, "二、评分表 Score sheets"), _calculation(record, line),
            *_ties(record, line), *_earlier(record, line), _rules(record),
        ],
        note=NOTE,
        footer=_footer(record, at),
    )  # fmt: skip


def round_form(record: Record, *, at: datetime) -> Form:
    """The whole round: the ranking, then everybody's sheets."""
    return Form(
        title="评审结果 Results",
        subtitle=record.title,
        above=[
            f"批次 Round {record.code}",
            f"规则书 Rules {record.version}",
            f"{len(record.lines)}人 nominees",
        ],
        grids=[_rules(record), _ranking(record), *(_all_sheets(record))],
        note=NOTE,
        footer=_footer(record, at),
    )


def _footer(record: Record, at: datetime) -> list[str]:
    when = at.astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M")
    return [
        f"批次 {record.code}　规则书 {record.version}　打印时间 printed {when}",
        f"规则书摘要 digest of the rules SHA-256 {record.digest}",
    ]


def _summary(record: Record, line: Line) -> list[Grid]:
    valid = sum(sheet.counted != "voided" for sheet in line.sheets)
    rows = [
        ("人选 Nominee", f"{line.name}　{line.unit}"),
        ("正式得分 Official score", f"{_score(line)}　（精确值 exact {line.exact or '—'}）"),
        ("名次 Rank", f"{line.rank or '—'} / {sum(one.rank is not None for one in record.lines)}"),
        ("有效评分表 Valid sheets", f"{valid} / {len(line.sheets)}{_flags(line)}"),
        ("入选线 Pass line", f"{record.rules.pass_line}　认定上限 ceiling {record.rules.ceiling}"),
        ("按规则 By the rules", OUTCOMES.get(line.outcome, line.outcome)),
        ("决定 Decision", " ".join(filter(None, (line.decision, line.deviation)))),
        *_stage(line),
        *_groups(record, line),
        *_ballot(record, line),
    ]
    return [
        Grid(
            [3, 9],
            [title("一、结果 Result", 2), *([Cell(name, "label"), Cell(text)] for name, text in rows)],
            heads=1,
        )
    ]


def _stage(line: Line) -> Iterable[tuple[str, str]]:
    """By which stage the score and the rank are, and what the first came to."""
    if not line.first:
        return
    score, rank = (line.first[name] or "—" for name in ("score", "rank"))
    words = f"第一阶段得分 first stage {score}，名次 rank {rank}"
    by = "第二阶段（全体评审专家）second, whole panel" if line.stage > 1 else "第一阶段 first"
    yield "评审阶段 Stage", f"得分和名次以此为准 decided by：{by}；{words}"


def _earlier(record: Record, line: Line) -> Sequence[Grid]:
    """The sheets of the first stage, where the second decides."""
    return (
        (_sheets(record, line.earlier, "第一阶段评分表 Sheets of the first stage"),) if line.earlier else ()
    )


def _groups(record: Record, line: Line) -> Iterable[tuple[str, str]]:
    for group in sorted(line.groups):
        cap, floor = record.rules.bounds("caps").get(group), record.rules.bounds("floors").get(group)
        if cap is None and floor is None:
            continue
        taken = sum(group in one.groups for one in record.lines if one.outcome == "selected")
        words = [f"列入 selected {taken}"]
        words += [f"至多 at most {cap}"] if cap is not None else []
        words += [f"至少 at least {floor}"] if floor else []
        yield (
            f"{KINDS.get(group[0], group[0])} {group[0]}",
            f"{record.names.get(group, group[1])}：" + "，".join(words),
        )


def _ballot(record: Record, line: Line) -> Iterable[tuple[str, str]]:
    if line.code in record.ballots.lines:
        members, present, yes, passed = record.ballots.lines[line.code]
        words = "通过 passed" if passed else "未通过 not passed"
        text = f"应到 members {members}，实到 present {present}，同意 in favour {yes}：{words}"
        yield "评审组表决 Ballot", text


def _score(line: Line) -> str:
    return str(line.score) if line.score is not None else "—"


def _flags(line: Line) -> str:
    return "".join(f"　{FLAGS.get(flag, flag)}" for flag in line.flags)


def _sheets(record: Record, sheets: Sequence[SheetLine], heading: str) -> Grid:
    criteria = record.rules.criteria
    heads = [Cell("专家\nExpert", "head")]
    heads += [Cell(f"{c.code}\n{c.weight.normalize():f}%", "head") for c in criteria]
    heads += [Cell("总分\nTotal", "head"), Cell("计入\nCounted", "head")]
    widths = [2, *([2] * len(criteria)), 3, 5]
    rows = [_sheet_row(sheet) for sheet in sheets]
    return Grid(widths, [title(heading, len(widths)), heads, *rows], heads=2)


def _sheet_row(sheet: SheetLine) -> list[Cell]:
    marks = [Cell("" if mark is None else f"{mark.normalize():f}", "number") for mark in sheet.marks]
    number = f"{sheet.number:02d}" if sheet.number is not None else "—"
    counted = COUNTED.get(sheet.counted, sheet.counted) + (f"：{sheet.reason}" if sheet.reason else "")
    return [Cell(number, "centre"), *marks, Cell(sheet.total, "number"), Cell(counted)]


def _calculation(record: Record, line: Line) -> Grid:
    counted = [Fraction(sheet.total) for sheet in line.sheets if sheet.counted == "yes" and sheet.total]
    texts = [sheet.total for sheet in line.sheets if sheet.counted == "yes"]
    rows = [
        [
            Cell("方法 Method", "label"),
            Cell(METHODS.get(record.rules.method, record.rules.method) + _flags(line)),
        ]
    ]
    if counted and record.rules.method != "median":
        text = f"（{' + '.join(texts)}）÷ {len(counted)} = {line.exact} → {_score(line)}"
        rows.append([Cell("计算 Calculation", "label"), Cell(text)])
    return Grid([3, 9], [title("三、怎样算出来 Calculation", 2), *rows], heads=1)


def _ties(record: Record, line: Line) -> Sequence[Grid]:
    if not line.tie_path:
        return ()
    level = [one for one in record.lines if one.score == line.score and one.score is not None]
    links = list(dict.fromkeys(link for one in level for link, _value in one.tie_path))
    head = [Cell("步骤 Step", "head"), *(Cell(f"{one.code}\n{one.name}", "head") for one in level)]
    rows = [
        [Cell(_link(link), "label"), *(Cell(_tie_value(one, link), "centre") for one in level)]
        for link in links
    ]
    widths = [3, *([3] * len(level))]
    return (Grid(widths, [title("四、同分处理 Tie", len(widths)), head, *rows], heads=2),)


def _link(link: str) -> str:
    name, _colon, code = link.partition(":")
    return f"{LINKS.get(name, name)} {code}".strip()


def _tie_value(line: Line, link: str) -> str:
    value = dict(line.tie_path).get(link, "未用 not used")
    return value[:16] if link == "lot" else value


def _rules(record: Record) -> Grid:
    rules = record.rules
    weights = "　".join(f"{c.code} {c.name} {c.name_en} {c.weight.normalize():f}%" for c in rules.criteria)
    rows = [
        ("评分项和权重 Criteria and weights", weights),
        ("方法 Method", METHODS.get(rules.method, rules.method)),
        (
            "份数 Sheets",
            f"至少 at least {rules.min_sheets}，去最高最低 trimmed from {rules.min_sheets_for_trim}",
        ),
        (
            "同分次序 Tie chain",
            " → ".join(
                _link(link if link != "criterion" else f"criterion:{rules.tie_criterion}")
                for link in rules.tie_chain
            ),
        ),
        ("规则书 Rules", f"{record.version}　SHA-256 {record.digest}"),
    ]
    return Grid(
        [3, 9], [title("规则 Rules", 2), *([Cell(name, "label"), Cell(text)] for name, text in rows)], heads=1
    )


def _ranking(record: Record) -> Grid:
    names = (
        "名次\nRank",
        "编号\nNo.",
        "人选和单位\nNominee",
        "得分\nScore",
        "精确值\nExact",
        "按规则和决定\nOutcome",
    )
    widths = [2, 3, 8, 3, 5, 7]
    rows = [
        [
            Cell(str(line.rank or "—"), "centre"), Cell(line.code, "centre"), Cell(f"{line.name}\n{line.unit}"),
            Cell(_score(line), "number"), Cell(line.exact, "number"),
            Cell("\n".join(filter(None, (OUTCOMES.get(line.outcome, line.outcome), line.decision, line.deviation)))),
        ]
        for line in record.lines
    ]  # fmt: skip
    return Grid(widths, [title("名次 Ranking", 6), [Cell(name, "head") for name in names], *rows], heads=2)


SHORT = {"yes": "计入", "highest": "去最高", "lowest": "去最低", "voided": "作废"}


def _all_sheets(record: Record) -> list[Grid]:
    """One row a nominee, one line in it a sheet: a table of every cell apart takes a typesetter a minute for a big round."""
    criteria = record.rules.criteria
    widths = [4, 2, *([2] * len(criteria)), 3, 3]
    heads = [
        Cell("编号\nNo.", "head"),
        Cell("专家\nExpert", "head"),
        *(Cell(c.code, "head") for c in criteria),
    ]
    heads += [Cell("总分\nTotal", "head"), Cell("计入\nCounted", "head")]
    rows = [_sheets_row(line, len(criteria)) for line in record.lines if line.sheets]
    return [Grid(widths, [title("评分表 Score sheets", len(widths)), heads, *rows], heads=2)] if rows else []


def _sheets_row(line: Line, criteria: int) -> list[Cell]:
    def column(texts: Iterable[str], kind: Kind) -> Cell:
        return Cell("\n".join(text or "—" for text in texts), kind)

    marks = [
        column(
            ("" if (mark := sheet.marks[n]) is None else f"{mark.normalize():f}" for sheet in line.sheets),
            "number",
        )
        for n in range(criteria)
    ]
    return [
        Cell(line.code, "centre"),
        column(
            (f"{sheet.number:02d}" if sheet.number is not None else "" for sheet in line.sheets), "centre"
        ),
        *marks,
        column((sheet.total for sheet in line.sheets), "number"),
        column((SHORT.get(sheet.counted, sheet.counted) for sheet in line.sheets), "centre"),
    ]

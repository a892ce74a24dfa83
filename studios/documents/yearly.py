"""The yearly report of the whole programme as tables: the page shows each with its bars, the paper prints the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from studios.models import Activity, Assessment, ProgressReport, Studio
from studios.queries.evidence import in_language
from studios.queries.indicator import Standing
from studios.queries.yearly import City, Served, Stopped, Year
from studios.rules.activity import percent
from studios.rules.indicators import rounded, whole
from studios.rules.programme import default
from workflow import clock
from workflow.documents.form import Cell, Form, Grid, title
from workflow.machine import step_named

HUNDRED = Decimal(100)
NOUGHT = Decimal(0)


@dataclass(frozen=True)
class Line:
    """One row: what it is about, its bar (per cent of the widest or of the whole; none where there is none), its values."""

    label: str
    values: Sequence[str]
    share: Decimal | None = None

    @property
    def width(self) -> str:
        """Of the bar."""
        return f"{min(self.share or NOUGHT, HUNDRED):.1f}%"


@dataclass(frozen=True)
class Table:
    """One table of the report. `head` names the first column and those of the values."""

    code: str
    title: str
    head: Sequence[str]
    lines: Sequence[Line]
    note: str = ""
    barred: bool = True

    @property
    def named(self) -> str:
        """The heading of the first column."""
        return self.head[0]


def tables_of(year: Year) -> list[Table]:
    """Everything, in the order of the report."""
    return [
        _states(year), _money(year), _months(year), _heads(year), _served(year, "kinds"), _served(year, "fields"), _tasks(year),
        _reports(year), _grades(year), _indicators(year), _cities(year), _stopped(year),
    ]  # fmt: skip


# Words of numbers ----------------------------------------------------------------------------------------------------


def yuan(amount: Decimal) -> str:
    """12,345.60."""
    return f"{amount:,.2f}"


def _n(number: int | Decimal) -> str:
    return f"{number:,}"


def _scaled(values: Iterable[int | Decimal]) -> list[Decimal]:
    """Each as per cent of the greatest."""
    found = [Decimal(value) for value in values]
    most = max(found, default=NOUGHT)
    return [value * HUNDRED / most if most else NOUGHT for value in found]


# The tables ----------------------------------------------------------------------------------------------------------


def _states(year: Year) -> Table:
    total = year.states.total()
    lines = [
        Line(str(state.label), [_n(year.states[state])], percent(year.states[state], total))
        for state in Studio.State
        if year.states[state]
    ]
    note = _("共%(n)s个工作室，其中本年设立%(new)s个。状态为制表时的状态。") % {
        "n": total,
        "new": year.founded,
    }
    return Table("states", _("工作室"), [_("状态"), _("个数")], lines, note)


def _money(year: Year) -> Table:
    purse = year.purse
    rows = [
        (_("资助总额（计划）"), purse.planned),
        (_("累计已拨"), purse.paid),
        (_("其中本年拨付"), sum(purse.paid_by_month, NOUGHT)),
        (_("累计支出"), purse.spent),
        (_("其中本年支出"), sum(purse.spent_by_month, NOUGHT)),
        (_("已取消"), purse.cancelled),
        (_("要求退回"), purse.ordered),
        (_("已退回"), purse.repaid),
    ]
    lines = [Line(name, [yuan(amount)], percent(amount, purse.planned) or NOUGHT) for name, amount in rows]
    return Table("money", _("经费"), [_("项目"), _("金额（元）")], lines, _("条长为占资助总额的比例。"))


def _months(year: Year) -> Table:
    paid, spent = year.purse.paid_by_month, year.purse.spent_by_month
    scale = _scaled(spent)
    lines = [
        Line(
            _("%(n)s月") % {"n": n + 1},
            [yuan(paid[n]), yuan(spent[n])],
            scale[n],
        )
        for n in range(len(paid))
    ]
    head = [_("月份"), _("拨付（元）"), _("支出（元）")]
    return Table("months", _("各月拨付与支出"), head, lines, _("条长为当月支出。"))


def _heads(year: Year) -> Table:
    names = {head.code: in_language(head) for head in default().heads}
    scale = _scaled(year.heads.values())
    lines = [
        Line(names.get(code, code), [yuan(amount)], share)
        for (code, amount), share in zip(year.heads.items(), scale, strict=True)
    ]
    return Table("heads", _("本年支出的科目"), [_("科目"), _("金额（元）")], lines)


def _served(year: Year, by: str) -> Table:
    choices: Mapping[str, object] = dict(Activity.Kind.choices if by == "kinds" else Activity.Field.choices)
    rows: dict[str, Served] = getattr(year, by)
    scale = _scaled(one.activities for one in rows.values())
    lines = [
        Line(str(choices.get(code, code)), _of_served(one), share)
        for (code, one), share in zip(rows.items(), scale, strict=True)
    ]
    if lines:
        lines.append(Line(_("合计"), _of_served(year.served)))
    name, first = (_("活动类型"), _("类型")) if by == "kinds" else (_("服务领域"), _("领域"))
    head = [first, _("活动（场）"), _("人次"), _("人数"), _("志愿服务（小时）")]
    note = _("只计站点已确认和抽查属实的活动；人数为各场合计，不与人次相加。")
    return Table(by, name, head, lines, note)


def _of_served(one: Served) -> list[str]:
    return [_n(one.activities), _n(one.attendances), _n(one.people), _n(one.hours)]


def _tasks(year: Year) -> Table:
    lines = [
        Line(in_language(task), [_n(task.studios), _n(task.met), f"{task.mean}%"], task.mean * 100 / 120)
        for task in year.tasks
    ]
    head = [_("任务"), _("工作室（个）"), _("已完成（个）"), _("平均完成率")]
    return Table("tasks", _("年度任务"), head, lines, _("每项完成率封顶120%，条长以120%为满。"))


def _reports(year: Year) -> Table:
    lines = []
    for kind, found in year.reports.items():
        total = found.total()
        share = percent(found["on_time"], total) or NOUGHT
        values = [_n(total), _n(found["on_time"]), _n(found["late"]), _n(found["owed"]), f"{share}%"]
        lines.append(Line(str(ProgressReport.Kind(kind).label), values, share))
    head = [_("报告"), _("应交（份）"), _("按期"), _("逾期提交"), _("未交"), _("按期率")]
    return Table("reports", _("报告按期情况"), head, lines)


def _grades(year: Year) -> Table:
    total = year.grades.total()
    lines = [
        Line(str(grade.label), [_n(year.grades[grade])], percent(year.grades[grade], total))
        for grade in Assessment.Grade
        if total
    ]
    return Table("grades", _("考核等次"), [_("等次"), _("工作室（个）")], lines, _("只计已确认的考核。"))


def _indicators(year: Year) -> Table:
    lines = [
        Line(f"{line.indicator.code} {line.indicator.name}" + _part(line.parts, part), *_of_indicator(line.indicator.kind, part))
        for line in year.lines
        for part in line.parts
    ]  # fmt: skip
    head = [_("指标"), _("数值"), _("目标"), _("目标年份"), _("应达进度"), _("进度偏差"), _("是否达标")]
    return Table("indicators", _("指标完成与进度"), head, lines, _("条长为完成比例。"))


def _part(parts: Sequence[Standing], part: Standing) -> str:
    return f"：{part.part.name}" if len(parts) > 1 else ""


def _of_indicator(kind: str, part: Standing) -> tuple[list[str], Decimal | None]:
    found = part.found

    def say(value: object) -> str:
        if value is None:
            return "—"
        return f"{whole(value):,}" if kind == "count" else f"{rounded(value):,}"  # type: ignore[arg-type]

    if found is None:
        return [say(part.value), "—", "—", "—", "—", "—"], None
    met = _("达标") if found.met else _("未达标")
    values = [say(part.value), say(found.target), str(part.year), say(found.pace), say(found.ahead), met]
    return values, None if found.share is None else Decimal(whole(found.share * 100))


def _cities(year: Year) -> Table:
    scale = _scaled(city.served.activities for city in year.cities)
    lines = [Line(city.name or _("省直"), _of_city(city), share) for city, share in zip(year.cities, scale, strict=True)]  # fmt: skip
    head = [_("设区市"), _("工作室"), _("运行中"), _("已拨（元）"), _("支出（元）"), _("活动（场）"), _("人次"), _("任务完成率"), _("逾期报告")]  # fmt: skip
    return Table("cities", _("各市比较"), head, lines, _("条长为活动场数。"))


def _of_city(city: City) -> list[str]:
    return [
        _n(city.studios), _n(city.running), yuan(city.paid), yuan(city.spent), _n(city.served.activities),
        _n(city.served.attendances), f"{city.track}%", _n(city.overdue),
    ]  # fmt: skip


def _stopped(year: Year) -> Table:
    lines = [Line(one.studio.name, _of_stopped(one)) for one in year.stopped]
    head = [_("工作室"), _("日期"), _("办理"), _("理由")]
    return Table("stopped", _("整改、暂停、恢复与终止"), head, lines, _("依据存证记录。"), barred=False)


def _of_stopped(one: Stopped) -> list[str]:
    day, step = one.at.astimezone(clock.ZONE).date(), step_named(Studio, one.kind.rpartition(".")[2])
    return [day.isoformat(), str(step.label) if step else one.kind, one.reason or "—"]


# On paper ------------------------------------------------------------------------------------------------------------


def yearly_form(year: Year, *, at: datetime) -> Form:
    """The report as a form of boxes; every chart is a column of bars beside its numbers."""
    when = at.astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M")
    return Form(
        title=_("%(year)s年度社会工作领军人才工作室报告") % {"year": year.year},
        subtitle=year.organiser,
        above=[_("数据截至%(day)s") % {"day": year.day.isoformat()}],
        grids=[_grid(table, n) for n, table in enumerate(tables_of(year), start=1) if table.lines],
        note="",
        footer=[_("打印时间 %(when)s") % {"when": when}],
    )


def _grid(table: Table, number: int) -> Grid:
    barred = table.barred
    columns = len(table.head) + barred
    head = [Cell(table.head[0], "head"), *([Cell("", "head")] if barred else []), *(Cell(name, "head") for name in table.head[1:])]  # fmt: skip
    rows = [title(f"{number}. {table.title}", columns), head]
    for line in table.lines:
        bar = [Cell("", "value", bar=float((line.share or NOUGHT) / HUNDRED))] if barred else []
        values = [Cell(value, "number" if barred else "value") for value in line.values]
        rows.append([Cell(line.label, "label"), *bar, *values])
    if table.note:
        rows.append([Cell(table.note, "text", span=columns)])
    first = 3 if len(table.head) > 5 else 5
    return Grid([first, *([3] if barred else []), *_widths(table)], rows, heads=2, may_break=True)


def _widths(table: Table) -> list[int]:
    if table.code == "stopped":
        return [3, 3, 9]
    return [3 if len(table.head) <= 5 else 2] * (len(table.head) - 1)

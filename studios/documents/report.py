"""A studio's report on paper."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from studios.models import ProgressReport
from workflow import clock
from workflow.documents.form import Cell, Form, Grid, title

NOTE = "说明：数据由工作室填报；“记录”为提交时从站点已确认的活动和已审批的支出带出的数。"
NUMBERS = (
    ("activities_held", "开展活动（场）"),
    ("people_served", "服务（人次）"),
    ("mentees", "带教（人）"),
    ("spent", "本期支出（元）"),
)


def report_form(
    report: ProgressReport, *, tasks: Sequence[tuple[str, str, str]], covered: tuple[str, str], at: datetime
) -> Form:
    """The report as it was handed in last; `tasks` are name, reached, asked."""
    when = at.astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M")
    return Form(
        title="工作室" + report.get_kind_display(),
        subtitle=report.studio.name,
        above=[f"所属期 {report.period}", f"应交 {report.due_on:%Y-%m-%d}", report.get_state_display()],
        grids=[_facts(report, covered), _numbers(report), *_tasks(tasks), _texts(report), _signed(report)],
        note=NOTE,
        footer=[f"{report.studio.name}　{report.title}　打印时间 {when}"],
    )


def _facts(report: ProgressReport, covered: tuple[str, str]) -> Grid:
    studio = report.studio
    rows = [
        [Cell("依托单位", "label"), Cell(studio.host.name), Cell("领军人才", "label"), Cell(studio.recognition.name_key)],
        [Cell("报告期间", "label"), Cell(" 至 ".join(covered)), Cell("提交时间", "label"), Cell(_instant(report.submitted_at))],
    ]  # fmt: skip
    return Grid([2, 4, 2, 4], rows)


def _instant(at: datetime | None) -> str:
    return at.astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M") if at else "—"


def _numbers(report: ProgressReport) -> Grid:
    said = report.prefilled
    rows = [title("一、数据", 3), [Cell("项目", "head"), Cell("填报", "head"), Cell("记录", "head")]]
    for name, label in NUMBERS:
        value = getattr(report, name)
        rows.append(
            [Cell(label, "label"), Cell("—" if value is None else str(value), "number"), Cell(str(said.get(name, "—")), "number")]
        )  # fmt: skip
    if report.difference:
        rows.append([Cell("不一致的说明", "label"), Cell(report.difference, "text", span=2)])
    return Grid([4, 3, 3], rows)


def _tasks(tasks: Sequence[tuple[str, str, str]]) -> list[Grid]:
    if not tasks:
        return []
    rows = [title("二、年度任务", 3), [Cell("任务", "head"), Cell("已完成", "head"), Cell("目标", "head")]]
    rows += [
        [Cell(name, "label"), Cell(reached, "number"), Cell(asked, "number")]
        for name, reached, asked in tasks
    ]
    return [Grid([4, 3, 3], rows)]


def _texts(report: ProgressReport) -> Grid:
    parts = (("工作成效", report.results), ("存在问题", report.problems), ("下一步安排", report.next_steps))
    rows = [row for name, text in parts for row in (title(name, 1), [Cell(text or "—", "text")])]
    return Grid([1], rows, may_break=True)


def _signed(report: ProgressReport) -> Grid:
    sender = report.submitted_by.name if report.submitted_by else "—"
    rows = [
        [
            Cell("填报人", "label"),
            Cell(sender),
            Cell("审核意见", "label"),
            Cell(report.remarks or "—", "text"),
        ]
    ]
    return Grid([2, 3, 2, 5], rows)

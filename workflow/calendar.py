"""The working-day calendar as it is loaded in the database."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from workflow import clock, deadlines, door, ledger, once
from workflow.actor import Actor
from workflow.errors import CalendarYearMissing, Refused
from workflow.models import CalendarYear
from workflow.rules.calendar import CalendarMissing, WorkCalendar, add_working_days, period_end

EARLIEST, LATEST = 2000, 2100  # the years of which somebody may hold an official notice


class BadCalendar(Refused):
    """The file is not a calendar."""

    code = "bad_calendar"


def current() -> WorkCalendar:
    """The newest version of every loaded year, as one calendar; read once in a request or an act."""
    return once.kept("calendar", lambda: _joined(_newest()))


def of_version(row: CalendarYear) -> WorkCalendar:
    """One version of one year alone."""
    return _joined({row.year: row})


def with_years(data: Mapping[str, Any]) -> WorkCalendar:
    """The calendar as it would be with these years loaded. Raises `BadCalendar`."""
    try:
        WorkCalendar.from_dict(dict(data))
        new = {year: _row(year, data) for year in _plausible([int(year) for year in data["years"]])}
    except (KeyError, ValueError, TypeError, AttributeError) as fault:
        raise _bad(fault) from fault
    return _joined(_newest() | new)


def _newest() -> dict[int, CalendarYear]:
    return {row.year: row for row in CalendarYear.objects.order_by("year", "version")}


def _joined(rows: Mapping[int, CalendarYear]) -> WorkCalendar:
    return WorkCalendar.from_dict(
        {
            "years": sorted(rows),
            "off_ranges": [r for row in rows.values() for r in row.off_ranges],
            "makeup_workdays": [d for row in rows.values() for d in row.makeup_workdays],
        }
    )


def loaded_years() -> set[int]:
    """The years that deadlines may touch."""
    return set(current().years)


def missing(absent: CalendarMissing) -> CalendarYearMissing:
    """The refusal that names the year to load."""
    return CalendarYearMissing(
        _(
            "%(year)s年工作日历未导入，无法计算期限。请系统管理员按国务院办公厅关于%(year)s年部分节假日安排的通知，"
            "在“工作日历”页面导入该年日历后再办理。"
        )
        % {"year": absent.year},
        year=absent.year,
    )


def due_after(start: date, days: int) -> date:
    """The `days`-th working day after `start`. Raises `CalendarYearMissing`."""
    try:
        return add_working_days(start, days, current())
    except CalendarMissing as absent:
        raise missing(absent) from absent


def end_of_period(published_at: datetime, days: int, *, mode: str) -> datetime:
    """The exclusive end of a period of notice. Raises `CalendarYearMissing`."""
    try:
        return period_end(published_at, days, mode=mode, calendar=current())  # type: ignore[arg-type]
    except CalendarMissing as absent:
        raise missing(absent) from absent


@door.act
def load(
    data: Mapping[str, Any], *, by: Actor, scan: tuple[str, str] = ("", ""), move: bool = False
) -> list[CalendarYear]:
    """Load years of off days and make-up workdays; each becomes the next version of its year.

    `scan` is the stored name and the digest of the notice's scan. Deadlines that are kept stay as they are unless
    `move` says that they are to follow; the end of a public notice never changes.
    """
    ledger.queue_up(ledger.OFFICE)  # versions are counted
    before, after = current(), with_years(data)
    rows = [_load_year(int(year), data, by, scan) for year in data["years"]]
    if move:
        _move_deadlines(before, after, rows, by)
    return rows


def _move_deadlines(before: WorkCalendar, after: WorkCalendar, rows: list[CalendarYear], by: Actor) -> None:
    moved = deadlines.move(before, after)
    if not moved:
        return
    lines = [{"what": str(m.label), "old": m.old, "new": m.new, "count": m.count} for m in moved]
    ledger.append(
        by, chain=ledger.OFFICE, kind="calendar.deadlines_moved", subject=f"workflow.calendaryear:{rows[0].pk}",
        payload={"versions": [str(row) for row in rows], "moved": lines},
    )  # fmt: skip


def _bad(fault: Exception) -> BadCalendar:
    return BadCalendar(_("日历文件格式不符：%(fault)s") % {"fault": fault})


def _plausible(years: list[int]) -> list[int]:
    if len(set(years)) != len(years) or not all(EARLIEST <= year <= LATEST for year in years):
        raise ValueError("years")
    return years


def _row(year: int, data: Mapping[str, Any]) -> CalendarYear:
    issued = str(data.get("issued_on") or "")
    return CalendarYear(
        year=year,
        notice=_notice_of(data),
        number=_line(data.get("number"))[:60],
        issued_on=date.fromisoformat(issued) if issued else None,
        off_ranges=[part for first, last in data["off_ranges"] if (part := _within(year, first, last))],
        makeup_workdays=[d for d in data["makeup_workdays"] if date.fromisoformat(d).year == year],
    )


def _load_year(year: int, data: Mapping[str, Any], by: Actor, scan: tuple[str, str]) -> CalendarYear:
    row = _row(year, data)
    row.version = CalendarYear.objects.filter(year=year).count() + 1
    row.scan, row.scan_sha256 = scan
    row.loaded_at, row.loaded_by = clock.now(), str(by.name)
    row.save(force_insert=True)
    once.forget("calendar")
    ledger.append(
        by,
        chain=ledger.OFFICE,
        kind="calendar.loaded",
        subject=f"workflow.calendaryear:{row.pk}",
        payload={
            "year": year,
            "version": row.version,
            "notice": row.notice,
            "number": row.number,
            "issued_on": row.issued_on.isoformat() if row.issued_on else "",
            "scan": row.scan_sha256,
            "off_ranges": row.off_ranges,
            "makeup_workdays": row.makeup_workdays,
        },
    )
    return row


def _within(year: int, first: str, last: str) -> list[str] | None:
    """The part of a range of days off that lies in the year: a holiday may begin on the last days of another."""
    start = max(date.fromisoformat(first), date(year, 1, 1))
    end = min(date.fromisoformat(last), date(year, 12, 31))
    return [start.isoformat(), end.isoformat()] if start <= end else None


def _notice_of(data: Mapping[str, Any]) -> str:
    """The notice that the file names: one line, as long as the column."""
    return _line(data.get("notice") or data.get("source"))[:300]


def _line(text: Any) -> str:
    return " ".join(str(text or "").replace("\0", " ").split())


def read_file(path: Path) -> dict[str, Any]:
    """The calendar in a JSON file. Raises `BadCalendar`."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise BadCalendar(_("不能读取日历文件：%(fault)s") % {"fault": fault}) from fault
    if not isinstance(found, dict):
        raise BadCalendar(_("日历文件应为一个JSON对象。"))
    return found

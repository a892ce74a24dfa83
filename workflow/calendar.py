"""The working-day calendar as it is loaded in the database."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from workflow import clock, door, ledger
from workflow.actor import Actor
from workflow.errors import CalendarYearMissing, Refused
from workflow.models import CalendarYear
from workflow.rules.calendar import CalendarMissing, WorkCalendar, add_working_days, period_end

EARLIEST, LATEST = 2000, 2100  # the years of which somebody may hold an official notice


class BadCalendar(Refused):
    """The file is not a calendar."""

    code = "bad_calendar"


def current() -> WorkCalendar:
    """The newest version of every loaded year, as one calendar."""
    newest: dict[int, CalendarYear] = {}
    for row in CalendarYear.objects.order_by("year", "version"):
        newest[row.year] = row
    return WorkCalendar.from_dict(
        {
            "years": sorted(newest),
            "off_ranges": [r for row in newest.values() for r in row.off_ranges],
            "makeup_workdays": [d for row in newest.values() for d in row.makeup_workdays],
        }
    )


def loaded_years() -> set[int]:
    """The years that deadlines may touch."""
    return set(CalendarYear.objects.values_list("year", flat=True))


def missing(absent: CalendarMissing) -> CalendarYearMissing:
    """The refusal that names the year to load."""
    return CalendarYearMissing(
        _("%(year)s年工作日历未导入，无法计算期限，请先导入该年日历。") % {"year": absent.year}
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
def load(data: Mapping[str, Any], *, by: Actor) -> list[CalendarYear]:
    """Load years of off days and make-up workdays; each becomes the next version of its year."""
    ledger.queue_up(ledger.OFFICE)  # versions are counted
    try:
        WorkCalendar.from_dict(dict(data))
        years = [int(year) for year in data["years"]]
        rows = [_load_year(year, data, by) for year in _plausible(years)]
    except (KeyError, ValueError, TypeError) as fault:
        raise BadCalendar(_("日历文件格式不符：%(fault)s") % {"fault": fault}) from fault
    return rows


def _plausible(years: list[int]) -> list[int]:
    if len(set(years)) != len(years) or not all(EARLIEST <= year <= LATEST for year in years):
        raise ValueError("years")
    return years


def _load_year(year: int, data: Mapping[str, Any], by: Actor) -> CalendarYear:
    row = CalendarYear.objects.create(
        year=year,
        version=CalendarYear.objects.filter(year=year).count() + 1,
        notice=_notice_of(data),
        off_ranges=[part for first, last in data["off_ranges"] if (part := _within(year, first, last))],
        makeup_workdays=[d for d in data["makeup_workdays"] if date.fromisoformat(d).year == year],
        loaded_at=clock.now(),
        loaded_by=str(by.name),
    )
    ledger.append(
        by,
        chain=ledger.OFFICE,
        kind="calendar.loaded",
        subject=f"workflow.calendaryear:{row.pk}",
        payload={"year": year, "version": row.version, "notice": row.notice},
    )
    return row


def _within(year: int, first: str, last: str) -> list[str] | None:
    """The part of a range of days off that lies in the year: a holiday may begin on the last days of another."""
    start = max(date.fromisoformat(first), date(year, 1, 1))
    end = min(date.fromisoformat(last), date(year, 12, 31))
    return [start.isoformat(), end.isoformat()] if start <= end else None


def _notice_of(data: Mapping[str, Any]) -> str:
    """The notice that the file names: one line, as long as the column."""
    words = str(data.get("notice") or data.get("source") or "").replace("\0", " ")
    return " ".join(words.split())[:300]


def read_file(path: Path) -> dict[str, Any]:
    """The calendar in a JSON file. Raises `BadCalendar`."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise BadCalendar(_("不能读取日历文件：%(fault)s") % {"fault": fault}) from fault
    if not isinstance(found, dict):
        raise BadCalendar(_("日历文件应为一个JSON对象。"))
    return found

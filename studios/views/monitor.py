"""The province's page of all studios, its city's view, and the same as a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.roles import PROVINCIAL, Role
from selection.documents import table
from studios.forms.monitor import MonitorFilter
from studios.models import Assessment, Studio
from studios.queries import monitor as queries
from studios.queries.studio import LIGHTS, Lights, lights_today
from studios.rules import activity as tasks
from studios.rules import pace
from studios.views.overview import PACES, Cell, cells
from studios.views.studio import Shown, shown
from workflow import clock
from workflow.errors import NotPermitted

PAGE = 25
CENT = Decimal("0.01")
CHUNK = 250  # studios whose tasks are asked for at once, for a file
READERS = frozenset({*PROVINCIAL, Role.BUREAU_OFFICER})
_COUNTS = ("activities", "people", "attendances", "hours")
TILE_LIGHTS = ("on_time", "yellow", "orange", "red", "unknown")


def require_office(request: HttpRequest) -> None:
    """Refuse whoever does not watch over studios."""
    if not request.user.roles & READERS:  # type: ignore[union-attr]
        raise NotPermitted(_("工作室监测由省、市、县民政部门查看。"))


@dataclass(frozen=True)
class Wanted:
    """What was asked for: the form, the studios, their ids and states in order, and whose reports are late."""

    form: MonitorFilter
    studios: QuerySet[Studio]
    order: list[tuple[int, str]]
    lights: Lights
    overdue: dict[int, queries.Overdue]

    @property
    def ids(self) -> list[int]:
        """In order."""
        return [pk for pk, _state in self.order]


def _wanted(request: HttpRequest) -> Wanted:
    require_office(request)
    seen = queries.in_sight(request.user)
    form = MonitorFilter(request.GET, cities=queries.cities_of(seen), batches=queries.batches_of(seen))
    lights, narrowed = lights_today(), form.narrowed(seen)
    overdue = queries.overdue_of(narrowed)
    studios = form.lit(narrowed, lights, overdue)
    order = queries.ordered(studios, form.order, form.year_shown, overdue)
    here = {pk for pk, _state in order}
    return Wanted(form, studios, order, lights, {pk: one for pk, one in overdue.items() if pk in here})


@dataclass(frozen=True)
class Line:
    """One studio as the page prints it."""

    row: queries.Row
    light: Shown | None
    cells: list[Cell]
    width: str
    mark: str
    tone: str
    pace: Shown | None
    grade: tuple[str, str, str] | None  # word, tone, icon

    @property
    def words(self) -> str:
        """The months, said one after the other."""
        said = "、".join(_("%(n)s月%(count)s场") % {"n": cell.number, "count": cell.count} for cell in self.cells if not cell.coming)  # fmt: skip
        return _("各月活动：%(months)s") % {"months": said or "—"}

    @property
    def paid_width(self) -> str:
        """What was paid, of what is planned."""
        return _share(self.row.paid, self.row.planned)

    @property
    def spent_mark(self) -> str:
        """Where the line of what was spent stands, on the same scale."""
        return _share(self.row.spent, self.row.planned)

    @property
    def field(self) -> str:
        """The talent's field of service; nothing for those of old lists."""
        nomination = self.row.studio.recognition.nomination
        return nomination.get_field_display() if nomination is not None else ""


def line_of(row: queries.Row, lights: Lights, year: int, today: date) -> Line:
    """Its light, its months, and its tasks beside what should be done by today."""
    studio = row.studio
    running = studio.state in Studio.RUNNING
    expected = pace.should_be(today, *pace.running_year(year, studio.active_from, studio.ends_on))
    word = pace.pace(row.track, expected)
    begun = 12 if year < today.year else today.month
    return Line(
        row=row,
        light=shown(lights.of(row.overdue.oldest if row.overdue else None)) if running else None,
        cells=cells(row.months, begun=begun),
        width=_of_bar(row.track),
        mark=_of_bar(expected),
        tone="w" if word == "behind" else "g",
        pace=Shown(*PACES[word]) if running and row.tasks else None,
        grade=_grade(row.grade),
    )


def _of_bar(rate: Decimal) -> str:
    return f"{min(rate / tasks.TRACK_CAP * 100, Decimal(99)):.1f}%"


def _share(part: Decimal, whole: Decimal) -> str:
    return f"{min(part * 100 / whole, Decimal(99)):.1f}%" if whole else "0%"


def _grade(code: str) -> tuple[str, str, str] | None:
    if not code:
        return None
    return (str(Assessment.Grade(code).label), *Assessment.GRADE_TONES[code])


@require_safe
def monitor(request: HttpRequest) -> HttpResponse:
    """Where all studios stand: figures over those in sight, and 25 of them a page."""
    wanted = _wanted(request)
    form, year, today = wanted.form, wanted.form.year_shown, clock.today()
    states = [state for _pk, state in wanted.order]
    figures = queries.figures(wanted.studios, states, year, wanted.lights, wanted.overdue)
    page = Paginator(wanted.ids, PAGE).get_page(request.GET.get("page"))
    rows = queries.rows_of(queries.in_full(list(page)), year, wanted.overdue)
    user: Any = request.user
    context = {
        "form": form,
        "year": year,
        "figures": figures,
        "totals": {name: f"{getattr(figures, name):,}" for name in _COUNTS},
        "tiles": [(light, shown(light), figures.lights[light]) for light in TILE_LIGHTS if light in LIGHTS],
        "states": [(state.label, figures.states[state]) for state in Studio.State if figures.states[state]],
        "page": page,
        "lines": [line_of(row, wanted.lights, year, today) for row in rows],
        "narrowed": form.narrows,
        "province": bool(user.roles & PROVINCIAL),
        "today": today,
    }
    return render(request, "studios/monitor.html", context)


@never_cache
@require_safe
def monitor_file(request: HttpRequest, form: str) -> HttpResponse:
    """All the studios asked for, as .xlsx or .csv."""
    write = table.WRITERS.get(form)
    if write is None:
        raise Http404
    wanted, content = _wanted(request), BytesIO()
    write(content, _head(), _file_rows(wanted))
    response = HttpResponse(content.getvalue(), content_type=table.MEDIA[form])
    response["Content-Disposition"] = f'attachment; filename="studios-{clock.today():%Y%m%d}.{form}"'
    return response


def _head() -> list[str]:
    return [
        _("工作室"), _("依托单位"), _("设区市"), _("领域"), _("状态"), _("报告灯号"), _("逾期报告（份）"), _("资助金额（元）"),
        _("已拨（元）"), _("支出（元）"), *(_("%(n)s月活动（场）") % {"n": n} for n in range(1, 13)), _("全年活动（场）"),
        _("服务人次"), _("服务人数"), _("任务完成率（%）"), _("完成任务（项）"), _("任务（项）"), _("最近考核等次"),
        _("开始运行"), _("管理期届满"),
    ]  # fmt: skip


def _file_rows(wanted: Wanted) -> Iterator[list[Any]]:
    year, today = wanted.form.year_shown, clock.today()
    ids = wanted.ids
    for start in range(0, len(ids), CHUNK):
        for row in queries.rows_of(queries.in_full(ids[start : start + CHUNK]), year, wanted.overdue):
            yield _file_row(line_of(row, wanted.lights, year, today))


def _file_row(line: Line) -> list[Any]:
    row, studio = line.row, line.row.studio
    place = studio.city or studio.county
    return [
        studio.name, studio.host.name, place.name if place else "", line.field, str(studio.get_state_display()),
        str(line.light.label) if line.light else "", row.overdue.count if row.overdue else 0, *(amount.quantize(CENT) for amount in (row.planned, row.paid, row.spent)),
        *row.months, row.activities, row.attendances, row.people, row.track, row.met, len(row.tasks),
        line.grade[0] if line.grade else "", studio.active_from, studio.ends_on,
    ]  # fmt: skip

"""The page of one studio: its money with every gate, its year, its tasks beside the line, its reports, its agreement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from studios.models import Activity, Instalment, ProgressReport, Studio
from studios.queries import activity as activities
from studios.queries import overview as queries
from studios.queries import rectification as rectifications
from studios.queries import studio as studios
from studios.queries.grant import Condition, gate_of
from studios.queries.report import light_of, working_days_late
from studios.queries.spending import spent_by_head
from studios.rules import activity as tasks
from studios.rules import pace
from studios.views.studio import Shown, acts, shown
from workflow import calendar, clock
from workflow.errors import Sentence

SHOWN_REPORTS = 6
SHOWN_KINDS = 5
NOTHING = Decimal(0)
PACES: dict[str, tuple[Sentence, str, str]] = {
    "ahead": (_("快于进度"), "ok", "trending-up"),
    "even": (_("合乎进度"), "brand", "equal"),
    "behind": (_("慢于进度"), "warn", "trending-down"),
    "met": (_("达标"), "ok", "check"),
    "missed": (_("未达标"), "warn", "trending-down"),
}


def english() -> bool:
    """Whether the reader reads English."""
    return (get_language() or "").startswith("en")


@require_safe
def studio_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One studio at a glance."""
    user: Any = request.user
    studio = get_object_or_404(studios.in_full(studios.studios_visible_to(user)), pk=pk)
    today = clock.today()
    agreement = getattr(studio, "agreement", None)
    context = {
        "studio": studio,
        "agreement": agreement,
        "today": today,
        "term": term_of(studio, today),
        "parts": parts_of(studio),
        "money": studios.money_of(studio),
        "leads": studio.lead_id == user.pk,
        "acts": acts(studio, user),
        "beginning": studio.state in (Studio.State.PREPARING, Studio.State.AGREED),
        "assessment": studio.assessments.order_by("-year", "-pk").first() if agreement else None,
        "rectifications": list(rectifications.open_of(studio)) if agreement else [],
        "circle": queries.circle_of(studio, today),
        "may_record": studio.lead_id == user.pk and studio.state in Studio.RUNNING,
        **_reports(studio, today),
        **_year(studio, today),
        **_tasks(studio, today),
        "spending": spending_of(studio, agreement.award) if agreement else None,
    }
    if context["leads"]:
        context["late_records"] = list(queries.late_records(studio)[:3])
    return render(request, "studios/studio_detail.html", context)


def term_of(studio: Studio, today: date) -> tuple[int, int] | None:
    """The year of the management period, and of how many."""
    began = studio.recognition.recognised_on or studio.active_from
    if began is None or studio.ends_on is None or studio.state == Studio.State.PREPARING:
        return None
    return pace.term_year(began, studio.ends_on, today)


# Money ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """One instalment with its gate, if it is still on its way."""

    instalment: Instalment
    share: int | None
    gate: list[Condition]

    @property
    def locked(self) -> bool:
        """A condition does not hold."""
        return not all(condition.open for condition in self.gate)

    @property
    def mark(self) -> str:
        """How its dot looks on the line."""
        return "done" if self.instalment.state == "paid" else "stop" if self.locked else ""


def parts_of(studio: Studio) -> list[Part]:
    """The instalments; each has this very studio, so that its gate asks no more of the database."""
    shares = studio.agreement.shares if hasattr(studio, "agreement") else []
    found = []
    for instalment in studio.instalments.all():
        instalment.studio = studio
        share = shares[instalment.number - 1] if instalment.number <= len(shares) else None
        gate = gate_of(instalment) if instalment.state in Instalment.OPEN else []
        found.append(Part(instalment, share, gate))
    return found


@dataclass(frozen=True)
class HeadLine:
    """One head of the budget: what was spent of it, beside what it may take of the award."""

    name: str
    spent: Decimal
    cap: int
    share: Decimal | None  # of the award, per cent

    @property
    def over(self) -> bool:
        """More was spent than the head may take."""
        return self.share is not None and self.share > self.cap

    @property
    def width(self) -> str:
        """Of the bar."""
        return f"{min(self.share or NOTHING, pace.HUNDRED)}%"

    @property
    def mark(self) -> str:
        """Where the cap's line stands; at the very end it would be cut off."""
        return f"{min(self.cap, 99)}%"


def spending_of(studio: Studio, award: Decimal) -> dict[str, Any]:
    """What was spent, by head; heads without an expense stand with nothing."""
    spent = spent_by_head(studio)
    lines = [
        HeadLine(
            head.name_en if english() else head.name,
            spent.get(head.code, NOTHING),
            head.cap,
            tasks.percent(spent.get(head.code, NOTHING), award),
        )
        for head in studio.programme.heads
    ]
    total = sum(spent.values(), NOTHING)
    paid = studios.money_of(studio).paid
    return {"lines": lines, "total": total, "of_paid": tasks.percent(total, paid)}


# The year ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """One square of a strip."""

    number: int  # of the week or month, from 1
    count: int
    shade: int
    x: int
    coming: bool = False


def cells(numbers: list[int], *, begun: int, step: int = 10) -> list[Cell]:
    """The squares of a strip; those after the first `begun` are still to come."""
    shaded = zip(numbers, pace.shades(numbers), strict=True)
    return [Cell(n + 1, count, shade, n * step, n >= begun) for n, (count, shade) in enumerate(shaded)]


def _year(studio: Studio, today: date) -> dict[str, Any]:
    found = queries.year_of(studio, today.year)
    week = pace.week_of(today) + 1
    kinds = Activity.Kind
    halves = [
        {
            "first": part == 0,
            "cells": cells(
                found.weeks[part * pace.HALF : (part + 1) * pace.HALF], begun=week - part * pace.HALF
            ),
            "count": sum(found.weeks[part * pace.HALF : (part + 1) * pace.HALF]),
            "months": range(part * 6 + 1, part * 6 + 7),
        }
        for part in (0, 1)
    ]
    common = [(kinds(kind).label, count) for kind, count in found.kinds.most_common(SHOWN_KINDS)]
    weeks = [(n + 1, count) for n, count in enumerate(found.weeks[:week])]
    return {"year": found, "halves": halves, "kinds": common, "weeks": weeks}


# Tasks ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TaskLine:
    """One annual task beside what should be done by today. The bar ends at 120 %."""

    name: str
    unit: str
    reached: Decimal
    target: Decimal
    width: str
    mark: str
    tone: str
    pace: Shown


def task_line(task: tasks.Task, expected: Decimal) -> TaskLine:
    """A count grows over the year and has a pace; a rate such as satisfaction is met or not."""
    rate_kind = task.unit == "%"
    word = ("met" if task.met else "missed") if rate_kind else pace.pace(task.rate, expected)
    mark = pace.HUNDRED if rate_kind else expected
    return TaskLine(
        name=(english() and task.name_en) or task.name or task.code,
        unit=task.unit,
        reached=task.reached,
        target=task.target,
        width=f"{task.rate / tasks.TRACK_CAP * 100:.1f}%",
        mark=f"{min(mark / tasks.TRACK_CAP * 100, Decimal(99)):.1f}%",
        tone="w" if word in ("behind", "missed") else "g",
        pace=Shown(*PACES[word]),
    )


def _tasks(studio: Studio, today: date) -> dict[str, Any]:
    if studio.state in (Studio.State.PREPARING, Studio.State.AGREED):
        return {"tasks": []}
    first, last = pace.running_year(today.year, studio.active_from, studio.ends_on)
    expected = pace.should_be(today, first, last)
    found = activities.tasks_of([studio.pk], today.year)[studio.pk]
    return {
        "tasks": [task_line(task, expected) for task in found],
        "expected": expected,
        "track": tasks.track_rate(found),
    }


# Reports -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Late:
    """A report that is overdue: how many working days, and what follows."""

    report: ProgressReport
    days: int | None  # None where they cannot be counted
    rung: pace.Rung | None


def late_reports(studio: Studio, today: date) -> list[Late]:
    """Those of a running studio, the oldest first."""
    if studio.state not in Studio.RUNNING:
        return []
    work_days = calendar.current()
    found = []
    for report in studio.reports.all():
        if report.state in ProgressReport.OWED and report.due_on < today:
            days = working_days_late(report, today, work_days)
            found.append(Late(report, days, pace.next_rung(days) if days is not None else None))
    return found


def _reports(studio: Studio, today: date) -> dict[str, Any]:
    work_days = calendar.current()
    rows = sorted(studio.reports.all(), key=lambda report: report.due_on, reverse=True)
    lit = [(report, shown(light_of(report, today, work_days))) for report in rows[:SHOWN_REPORTS]]
    return {"reports": lit, "more_reports": len(rows) > SHOWN_REPORTS, "late": late_reports(studio, today)}

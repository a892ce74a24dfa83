"""The pages of assessments: a studio's, one of them, a year's, a reviewer's."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.roles import PROVINCIAL, Role
from studios.actions import assessment as actions
from studios.forms.assessment import ScheduleForm, YearFilter
from studios.models import Assessment, AssessmentSheet
from studios.models.programme import in_force, rules_of
from studios.queries import assessment as queries
from studios.queries import rectification as rectifications
from studios.queries import studio as studios
from studios.queries.evidence import evidence, in_language
from studios.views.studio import acts
from workflow import clock
from workflow.errors import NotPermitted, Refused

PAGE = 25


@require_safe
def studio_assessments(request: HttpRequest, studio_pk: int) -> HttpResponse:
    """One studio's assessments and what it must put right."""
    studio = get_object_or_404(studios.studios_visible_to(request.user), pk=studio_pk)
    context = {
        "studio": studio,
        "assessments": queries.assessments_visible_to(request.user).filter(studio=studio),
        "rectifications": rectifications.rectifications_visible_to(request.user).filter(studio=studio),
        "today": clock.today(),
    }
    return render(request, "studios/assessment_studio.html", context)


# One assessment ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One dimension: its points, the studio's own mark, each sheet's, their mean, what the records say."""

    name: str
    points: int
    own: str
    own_words: str
    marks: list[tuple[str, str]]  # mark and words of each sheet shown
    mean: str
    evidence: str


@require_safe
def assessment_detail(request: HttpRequest, studio_pk: int, pk: int) -> HttpResponse:
    """One assessment: every dimension with the records beside it, the result, the statement, what follows."""
    found = queries.assessments_visible_to(request.user).filter(studio_id=studio_pk)
    row = get_object_or_404(found, pk=pk)
    sheets = queries.sheets_shown(row, request.user)
    context = {
        "assessment": row,
        "studio": row.studio,
        "lines": _lines(row, sheets),
        "sheets": sheets,
        "totals": [sum((Decimal(m) for m in sheet.marks.values()), Decimal(0)) for sheet in sheets],
        "own_total": sum((Decimal(m) for m in row.self_marks.values()), Decimal(0))
        if row.self_marks
        else None,
        "province": _of_province(request.user),  # who scored is nothing for the studio
        "duties": row.open_sheets,
        "sheet_count": len([s for s in row.open_sheets if s.submitted_at]),
        "rectifications": rectifications.rectifications_visible_to(request.user).filter(assessment=row),
        "acts": acts(row, request.user),
        "today": clock.today(),
        "window_open": _window_open(row),
    }
    return render(request, "studios/assessment_detail.html", context)


def _of_province(user: Any) -> bool:
    return any(user.holds(role) for role in PROVINCIAL)


def _window_open(row: Assessment) -> bool:
    until = row.statement_until
    return row.state == Assessment.State.RATED and until is not None and clock.now() < until


def _lines(row: Assessment, sheets: list[AssessmentSheet]) -> list[Line]:
    rules, facts = row.studio.programme, row.facts or queries.facts(row)
    return [
        Line(
            in_language(d),
            d.points,
            row.self_marks.get(d.code, ""),
            row.self_words.get(d.code, ""),
            [(sheet.marks.get(d.code, ""), sheet.words.get(d.code, "")) for sheet in sheets],
            row.points.get(d.code, ""),
            evidence(d.code, facts, rules),
        )
        for d in rules.dimensions
    ]


# The office ----------------------------------------------------------------------------------------------------------


@require_safe
def assessment_list(request: HttpRequest) -> HttpResponse:
    """A year's assessments: how far they are, how the grades fall, those that wait first."""
    if not (_of_province(request.user) or request.user.holds(Role.BUREAU_OFFICER)):  # type: ignore[union-attr]
        raise NotPermitted(_("您的身份不能查看全年考核。"))
    form = YearFilter(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    visible = queries.assessments_visible_to(request.user)
    years = sorted(set(visible.order_by().values_list("year", flat=True)), reverse=True)
    year = wanted.get("year") or (years[0] if years else clock.today().year)
    kind = wanted.get("kind") or Assessment.Kind.ANNUAL
    of_year = visible.filter(year=year, kind=kind)
    share = rules_of(in_force()).excellent_share
    page = Paginator(_sorted(_narrowed(of_year, wanted)), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page, "form": form, "year": year, "kind": kind, "years": years, "share": share,
        "sums": queries.year_of(Assessment.objects.filter(pk__in=of_year.order_by().values("pk")), share),
        "bands": _bands(of_year), "kind_label": Assessment.Kind(kind).label,
        "runs": request.user.holds(Role.MANAGER),  # type: ignore[union-attr]
        "narrowed": any(request.GET.get(name) for name in ("q", "state", "grade")),
    }  # fmt: skip
    return render(request, "studios/assessment_list.html", context)


def _bands(rows: QuerySet[Assessment]) -> list[tuple[str, str, str, int]]:
    counts: dict[str, int] = {}
    for grade in rows.exclude(grade="").order_by().values_list("grade", flat=True):
        counts[grade] = counts.get(grade, 0) + 1
    return [
        (str(label), *Assessment.GRADE_TONES[code], counts.get(code, 0))
        for code, label in Assessment.Grade.choices
    ]


def _narrowed(rows: QuerySet[Assessment], wanted: dict[str, Any]) -> QuerySet[Assessment]:
    if text := wanted.get("q"):
        rows = rows.filter(studio__name__icontains=text)
    for name in ("state", "grade"):
        if value := wanted.get(name):
            rows = rows.filter(**{name: value})
    return rows


def _sorted(rows: QuerySet[Assessment]) -> QuerySet[Assessment]:
    """The highest score first: the order in which the excellent are confirmed; what has no score last."""
    return rows.order_by(F("score").desc(nulls_last=True), "studio", "pk")


@require_http_methods(["GET", "HEAD", "POST"])
def assessment_schedule(request: HttpRequest) -> HttpResponse:
    """Schedule a year's assessments in one act."""
    if not request.user.holds(Role.MANAGER):  # type: ignore[union-attr]
        raise NotPermitted(_("您的身份不能安排考核。"))
    form = ScheduleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            rows = actions.schedule(
                given["kind"], given["year"], by=request.user,  # type: ignore[arg-type]
                self_due_on=given["self_due_on"], reviewers=form.reviewers,
            )  # fmt: skip
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            said = ngettext("已安排%(n)s个工作室的考核。", "已安排%(n)s个工作室的考核。", len(rows)) % {
                "n": len(rows)
            }
            messages.success(
                request, said if rows else _("没有需要安排的工作室：都已安排，或当年不在考核范围。")
            )
            return redirect(f"{reverse('assessment_list')}?year={given['year']}&kind={given['kind']}")
    status = 422 if form.is_bound else 200
    return render(request, "studios/assessment_schedule.html", {"form": form}, status=status)


@require_safe
def assessment_inbox(request: HttpRequest) -> HttpResponse:
    """What a reviewer scores and has scored."""
    if not (request.user.holds(Role.REVIEWER) or request.user.holds(Role.MANAGER)):  # type: ignore[union-attr]
        raise NotPermitted(_("您的身份不能评分。"))
    page = Paginator(queries.inbox(request.user), PAGE).get_page(request.GET.get("page"))
    waiting = queries.to_score(request.user).count()
    return render(request, "studios/assessment_inbox.html", {"page": page, "waiting": waiting})

"""The studio's pages of its expenses: the list, the form, one expense, its vouchers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from studios import policies
from studios.actions import spending as actions
from studios.actions.spending_words import FLAGS
from studios.forms.spending import ExpenseForm, StudioExpenseFilter
from studios.models import Expense, Studio
from studios.models.spending import accounts_open
from studios.queries import budget
from studios.queries import spending as queries
from studios.queries.studio import studios_visible_to
from studios.views.studio import acts
from workflow import clock
from workflow.errors import NotPermitted, Refused

PAGE = 25
CLOSED = "default-src 'none'; sandbox; frame-ancestors 'none'"
WRITES = require_http_methods(["GET", "HEAD", "POST"])


def studio_of(request: HttpRequest, pk: int) -> Studio:
    """The studio, if this reader may see it."""
    rows = studios_visible_to(request.user).select_related("agreement__programme")
    return get_object_or_404(rows, pk=pk)


def writes(request: HttpRequest, studio: Studio) -> bool:
    """Whether this reader records expenses of this studio now."""
    user: Any = request.user
    return policies.may_record_expense(studio, user) and accounts_open(studio)


def head_names(studio: Studio) -> dict[str, str]:
    """The name of each head by its code."""
    return {head.code: budget.head_name(head) for head in studio.programme.heads}


def flags_of(expense: Expense) -> list[Any]:
    """What of an expense deserves a look, in words."""
    return [FLAGS[code] for code in expense.flag_codes if code in FLAGS]


def _expense(request: HttpRequest, studio_pk: int, pk: int) -> Expense:
    rows = queries.expenses_visible_to(request.user).filter(studio_id=studio_pk)
    rows = rows.select_related("studio__recognition", "studio__agreement__programme", "recorded_by")
    return get_object_or_404(rows, pk=pk)


@require_safe
def expense_list(request: HttpRequest, studio_pk: int) -> HttpResponse:
    """What a studio spent: the newest first."""
    studio = studio_of(request, studio_pk)
    form = StudioExpenseFilter(request.GET, programme=studio.programme)
    rows = queries.expenses_visible_to(request.user).filter(studio=studio)
    rows = queries.narrowed(rows, form.cleaned_data if form.is_valid() else {})
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    names = head_names(studio)
    context = {
        "studio": studio,
        "page": page,
        "rows": [(row, names.get(row.head, row.head), flags_of(row)) for row in page],
        "form": form,
        "narrowed": any(request.GET.get(name) for name in form.fields),
        "writes": writes(request, studio),
        "query": request.GET.urlencode(),
    }
    return render(request, "studios/expense_list.html", context)


@never_cache
@WRITES
def expense_new(request: HttpRequest, studio_pk: int) -> HttpResponse:
    """Record an expense: six fields, the voucher, one button."""
    studio = studio_of(request, studio_pk)
    user: Any = request.user
    actions.require_open(studio, user)
    if request.method != "POST":
        return _form(request, studio, ExpenseForm(studio=studio, initial=_usual(request)))
    form = ExpenseForm(request.POST, request.FILES, studio=studio)
    return _taken(request, studio, form, lambda given: actions.record(studio, **given))


def _usual(request: HttpRequest) -> dict[str, Any]:
    """What is mostly so; an activity's page may name its activity."""
    given = request.GET.get("activity", "")
    return {"spent_on": clock.today(), "activity": given if given.isdecimal() else None}


@never_cache
@WRITES
def expense_edit(request: HttpRequest, studio_pk: int, pk: int) -> HttpResponse:
    """Go on with a draft."""
    expense = _expense(request, studio_pk, pk)
    user: Any = request.user
    actions.require_open(expense.studio, user)
    if expense.state != Expense.State.DRAFTED:
        messages.error(request, _("支出已提交，撤回后方可修改。"))
        return redirect("expense_detail", studio_pk, pk)
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ExpenseForm(*given, studio=expense.studio, instance=expense)
    if not given:
        return _form(request, expense.studio, form, expense)
    return _taken(request, expense.studio, form, lambda kept: actions.change(expense, **kept), expense)


def _taken(
    request: HttpRequest, studio: Studio, form: ExpenseForm, write: Any, expense: Expense | None = None
) -> HttpResponse:
    if not form.is_valid():
        return _form(request, studio, form, expense, status=422)
    given = {"by": request.user, "values": form.values, "vouchers": form.scans}
    try:
        kept: Expense = write({**given, "submit": "send" in request.POST})
    except NotPermitted:
        raise
    except Refused as refusal:
        form.add_error(_where(refusal), str(refusal))
        return _form(request, studio, form, expense, status=409)
    done = _("支出已提交，等待依托单位审批。") if kept.state == "submitted" else _("草稿已保存。")
    messages.success(request, done)
    page = reverse("expense_detail", args=[studio.pk, kept.pk])
    if request.headers.get("X-Requested-With") == "XMLHttpRequest":
        return JsonResponse({"next": page})
    return redirect(page)


def _where(refusal: Refused) -> str | None:
    """The field that a refusal is about."""
    if refusal.code in (
        "no_voucher",
        "double",
        "infected",
        "too_large",
        "too_many_files",
        "wrong_type",
        "broken",
    ):
        return "vouchers"
    return getattr(refusal, "where", "") or None


def _form(
    request: HttpRequest, studio: Studio, form: ExpenseForm, expense: Expense | None = None, *, status: int = 200
) -> HttpResponse:  # fmt: skip
    context = {
        "studio": studio,
        "form": form,
        "expense": expense,
        "vouchers": expense.vouchers.all() if expense else [],
        "draft_key": f"expense-{studio.pk}-{expense.pk if expense else 'new'}-{request.user.pk}",
    }
    return render(request, "studios/expense_form.html", context, status=status)


@require_safe
def expense_detail(request: HttpRequest, studio_pk: int, pk: int) -> HttpResponse:
    """One expense: what was paid, its vouchers, who approved it."""
    expense = _expense(request, studio_pk, pk)
    studio = expense.studio
    names = head_names(studio)
    context = {
        "expense": expense,
        "studio": studio,
        "head": names.get(expense.head, expense.head),
        "vouchers": expense.vouchers.all(),
        "flags": flags_of(expense),
        "writes": writes(request, studio),
        "acts": acts(expense, request.user),
    }
    return render(request, "studios/expense_detail.html", context)


@require_safe
def voucher(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """One voucher, to whoever sees the expense; closed until it was found clean."""
    row = get_object_or_404(queries.vouchers_visible_to(request.user), key=key)
    if row.finding or row.scanned_at is None:
        raise Http404
    try:
        file = row.file.open("rb")
    except FileNotFoundError as missing:
        raise Http404 from missing
    response = FileResponse(file, content_type=row.mime, filename=row.name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = CLOSED
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_POST
def voucher_remove(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take a voucher out of a draft."""
    row = get_object_or_404(
        queries.vouchers_visible_to(request.user).select_related("expense__studio"), key=key
    )
    user: Any = request.user
    actions.remove_voucher(row, by=user)
    return redirect("expense_edit", row.expense.studio_id, row.expense_id)

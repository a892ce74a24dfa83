"""A studio's money: how it stands, the budget and what is moved, the cash book, the assets, the rest at the end."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from studios import policies
from studios.actions import budget as actions
from studios.forms.budget import AdjustForm, BudgetForm, SettleForm
from studios.forms.spending import YearForm
from studios.models import Studio
from studios.models.budget import agreed_budget
from studios.models.spending import accounts_open
from studios.queries import budget as queries
from studios.queries import spending
from studios.queries.grant import instalments_visible_to
from studios.queries.recovery import money_of_award, recoverable
from studios.views.spending import WRITES, flags_of, head_names, studio_of, writes
from studios.views.studio import acts
from workflow import clock
from workflow.errors import NotPermitted, Refused

SHOWN = 8


@require_safe
def studio_money(request: HttpRequest, studio_pk: int) -> HttpResponse:
    """Award, instalments, what was spent of them by head against cap and budget, the latest expenses."""
    studio = studio_of(request, studio_pk)
    account = queries.account_of(studio)
    rows = spending.expenses_visible_to(request.user).filter(studio=studio)[:SHOWN]
    names = head_names(studio)
    context = {
        "studio": studio,
        "account": account,
        "spending": account,
        "instalments": instalments_visible_to(request.user).filter(studio=studio).order_by("number"),
        "rows": [(row, names.get(row.head, row.head), flags_of(row)) for row in rows],
        "settlement": queries.settlement_of(studio),
        "money": money_of_award(studio),
        "orders": studio.recovery_orders.all(),
        "writes": writes(request, studio),
        "over": studio.state in (Studio.State.CONCLUDED, Studio.State.TERMINATED),
    }
    return render(request, "studios/studio_money.html", context)


@require_safe
def cash_book(request: HttpRequest, studio_pk: int) -> HttpResponse:
    """Money in, money out, what is left; to be printed."""
    studio = studio_of(request, studio_pk)
    form = YearForm(request.GET)
    until = form.day()
    form = YearForm(initial={"until": until})
    entries = spending.cash_book(studio, until)
    context = {
        "studio": studio,
        "form": form,
        "until": until,
        "entries": entries,
        "received": sum((entry.received or 0 for entry in entries), spending.NOTHING),
        "spent": sum((entry.spent or 0 for entry in entries), spending.NOTHING),
        "left": entries[-1].left if entries else spending.NOTHING,
        "names": head_names(studio),
    }
    return render(request, "studios/cash_book.html", context)


@require_safe
def assets(request: HttpRequest, studio_pk: int) -> HttpResponse:
    """The equipment bought with the grant, to be handed over to the host unit; to be printed."""
    studio = studio_of(request, studio_pk)
    rows = list(spending.assets_of(studio))
    context = {
        "studio": studio,
        "rows": rows,
        "total": sum((row.amount for row in rows), spending.NOTHING),
        "items": sum(row.items for row in rows),
        "today": clock.today(),
    }
    return render(request, "studios/asset_list.html", context)


# Budget --------------------------------------------------------------------------------------------------------------


@require_safe
def studio_budget(request: HttpRequest, studio_pk: int) -> HttpResponse:
    """The budget by heads, and what was moved between them."""
    studio, user = studio_of(request, studio_pk), request.user
    account = queries.account_of(studio)
    names = head_names(studio)
    moved = queries.adjustments_visible_to(user).filter(studio=studio).order_by("-pk")[:100]
    context = {
        "studio": studio,
        "account": account,
        "moves": [
            (row, names.get(row.source, row.source), names.get(row.target, row.target), acts(row, user))
            for row in moved
        ],
        "share": studio.programme.adjustment_share,
        "adjusts": _adjusts(request, studio),
        "sets": policies.may_set_budget(studio, user) and account.award and account.paid_from is None,  # type: ignore[arg-type]
    }
    return render(request, "studios/studio_budget.html", context)


def _adjusts(request: HttpRequest, studio: Studio) -> bool:
    user: Any = request.user
    return policies.may_adjust_budget(studio, user) and accounts_open(studio)


@never_cache
@WRITES
def budget_set(request: HttpRequest, studio_pk: int) -> HttpResponse:
    """Set the budget anew, before the first payment."""
    studio = studio_of(request, studio_pk)
    user: Any = request.user
    if not policies.may_set_budget(studio, user):
        raise NotPermitted(_("您的身份不能设定预算。"))
    given = (request.POST,) if request.method == "POST" else ()
    form = BudgetForm(*given, studio=studio, lines=agreed_budget(studio))
    if given and form.is_valid():
        try:
            actions.set_budget(studio, by=user, lines=form.cleaned_data)
            messages.success(request, _("预算已设定。"))
            return redirect("studio_budget", studio_pk)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    context = {"studio": studio, "form": form, "award": queries.award_of(studio)}
    return render(request, "studios/budget_form.html", context, status=422 if form.errors else 200)


@never_cache
@WRITES
def budget_adjust(request: HttpRequest, studio_pk: int) -> HttpResponse:
    """Move money from one head to another."""
    studio = studio_of(request, studio_pk)
    user: Any = request.user
    if not policies.may_adjust_budget(studio, user):
        raise NotPermitted(_("只有本工作室的领军人才可以调整预算。"))
    given = (request.POST,) if request.method == "POST" else ()
    form = AdjustForm(*given, studio=studio, account=queries.account_of(studio))
    if given and form.is_valid():
        try:
            row = actions.adjust(studio, by=user, **form.cleaned_data)
            done = (
                _("调整已备案，即时生效。")
                if row.state == "recorded"
                else _("已申请，等待省级主管部门批准。")
            )
            messages.success(request, done)
            return redirect("studio_budget", studio_pk)
        except Refused as refusal:
            form.add_error(getattr(refusal, "where", "") or None, str(refusal))
    context = {"studio": studio, "form": form, "share": studio.programme.adjustment_share}
    return render(request, "studios/budget_adjust.html", context, status=422 if form.errors else 200)


# The rest ------------------------------------------------------------------------------------------------------------


@never_cache
@WRITES
def settlement(request: HttpRequest, studio_pk: int) -> HttpResponse:
    """Paid, spent, unspent when the term is over; what becomes of the rest."""
    studio = studio_of(request, studio_pk)
    user: Any = request.user
    form = SettleForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data
        try:
            actions.settle_unspent(studio, by=user, carry=wanted["way"] == "carry", reason=wanted["reason"])
            messages.success(request, _("结余已处理。"))
            return redirect("studio_settlement", studio_pk)
        except NotPermitted:
            raise
        except Refused as refusal:
            form.add_error("reason" if refusal.code == "reason_required" else None, str(refusal))
    settled = queries.settlement_of(studio)
    context = {
        "studio": studio,
        "account": queries.account_of(studio),
        "rest": recoverable(studio),
        "settlement": settled,
        "form": form,
        "may": settled is None and policies.may_settle_unspent(studio, user) and studio.state == "concluded",
        "waiting": studio.expenses.filter(state="submitted").count(),
        "days": studio.programme.recovery_days,
    }
    return render(request, "studios/settlement.html", context, status=422 if form.errors else 200)

"""Accounts and roles, for the security administrator; the audit administrator reads."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import actions
from accounts.forms.account import AccountFilter, EndRoleForm, GrantForm, InviteForm
from accounts.models import RoleGrant, User
from accounts.queries.account import accounts_visible_to, narrowed, with_grants_in_force
from accounts.roles import Role
from accounts.views.gate import for_roles, person
from workflow import clock
from workflow.errors import Refused
from workflow.templatetags.lx import day

PER_PAGE = 25


@require_safe
@for_roles(Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)
def account_list(request: HttpRequest) -> HttpResponse:
    """Who has an account, with today's roles."""
    found = AccountFilter(request.GET)
    wanted = found.cleaned_data if found.is_valid() else {}
    rows = narrowed(accounts_visible_to(person(request)), **wanted)
    page = Paginator(with_grants_in_force(rows), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "filter": found,
        "narrowed": any(wanted.values()),
        "may_change": _may_change(request),
    }
    return render(request, "accounts/account_list.html", context)


@require_safe
@for_roles(Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)
def account_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One account: its person, its roles now and before, its last entries."""
    return _detail(request, _account(request, pk), GrantForm())


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.SECURITY_ADMIN)
def account_invite(request: HttpRequest) -> HttpResponse:
    """Open an account."""
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = actions.user.invite(by=person(request), **form.cleaned_data)
        except Refused as refusal:
            form.add_error("username", str(refusal))
        else:
            messages.success(request, _("已开通账号，密码设置链接已发出"))
            return redirect("account_detail", user.pk)
    return render(request, "accounts/account_invite.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@for_roles(Role.SECURITY_ADMIN)
def role_grant(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a role; what the rules refuse is said on the same page."""
    account, form = _account(request, pk), GrantForm(request.POST)
    if not form.is_valid():
        return _detail(request, account, form, status=422)
    try:
        given = actions.role.grant(account, by=person(request), **form.cleaned_data)
    except Refused as refusal:
        form.add_error("role", str(refusal))
        return _detail(request, account, form, status=409)
    messages.success(request, _("已授予“%(role)s”") % {"role": Role(given.role).label})
    return redirect("account_detail", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.SECURITY_ADMIN)
def role_end(request: HttpRequest, pk: int, grant: int) -> HttpResponse:
    """End a role, with a reason."""
    account = _account(request, pk)
    row = get_object_or_404(RoleGrant, pk=grant, user=account)
    form = EndRoleForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _ended(request, row, form):
        return redirect("account_detail", pk)
    context = {"account": account, "grant": row, "form": form}
    return render(request, "accounts/role_end.html", context, status=422 if form.errors else 200)


def _ended(request: HttpRequest, row: RoleGrant, form: forms.Form) -> bool:
    try:
        actions.role.end(row, by=person(request), **form.cleaned_data)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("已终止“%(role)s”") % {"role": Role(row.role).label})
    return True


@require_POST
@for_roles(Role.SECURITY_ADMIN)
def account_act(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the link for a new password, close the account, open it again."""
    chosen = {
        "link": (actions.user.send_password_link, _("密码设置链接已发出")),
        "close": (actions.user.close, _("账号已停用")),
        "reopen": (actions.user.reopen, _("账号已恢复")),
    }.get(request.POST.get("act", ""))
    account = _account(request, pk)
    if chosen is not None:
        action, sentence = chosen
        action(account, by=person(request))
        messages.success(request, sentence)
    return redirect("account_detail", pk)


def _account(request: HttpRequest, pk: int) -> User:
    return get_object_or_404(accounts_visible_to(person(request)), pk=pk)


def _may_change(request: HttpRequest) -> bool:
    return person(request).holds(Role.SECURITY_ADMIN)


def _detail(request: HttpRequest, account: User, form: forms.Form, *, status: int = 200) -> HttpResponse:
    today = clock.today()
    grants = [
        (grant, grant.until is None or grant.until > today)
        for grant in account.grants.order_by("-since", "role")
    ]
    context: dict[str, Any] = {
        "account": account,
        "facts": [
            (_("账号"), account.username),
            (_("邮箱"), account.email or None),
            (_("所在机构"), account.organisation),
            (_("开通日期"), day(account.created_at)),
        ],
        "grants": grants,
        "form": form,
        "may_change": _may_change(request) and account.pk != person(request).pk,
    }
    return render(request, "accounts/account_detail.html", context, status=status)

"""What everybody with an account has: the home page, what waits, one's own data."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts import actions
from accounts.forms.session import ChangePasswordForm
from accounts.queries import record
from accounts.views.gate import person
from workflow import clock, outbox, panels, todo

FIRST = 8
PER_PAGE = 25


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What waits for this person by deadline, the state of things, news."""
    user = person(request)
    waiting = todo.waiting_for(user)
    cards = panels.panels_for(user)
    context = {
        "waiting": waiting[:FIRST],
        "waiting_count": sum(item.count for item in waiting),
        "wide_panels": [card for card in cards if card.wide],
        "side_panels": [card for card in cards if not card.wide],
        "unread": outbox.unread(str(user.pk)),
        "news": record.messages_of(user)[:5],
        "today": clock.today(),
    }
    return render(request, "accounts/home.html", context)


@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """Everything that waits for this person, by deadline."""
    page = Paginator(todo.waiting_for(person(request)), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/todo.html", {"page": page})


@sensitive_post_parameters("present", "new_password", "repeated")
@require_http_methods(["GET", "HEAD", "POST"])
def me(request: HttpRequest) -> HttpResponse:
    """My data, my roles, my password."""
    user = person(request)
    form = ChangePasswordForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        actions.user.set_password(user, by=user, password=form.cleaned_data["new_password"])
        update_session_auth_hash(request, user)
        messages.success(request, _("密码已修改"))
        return redirect("account")
    context = {
        "form": form,
        "facts": _facts(request),
        "grants": user.grants.order_by("until", "since"),
        "today": clock.today(),
    }
    return render(request, "accounts/me.html", context, status=422 if form.errors else 200)


def _facts(request: HttpRequest) -> list[tuple[str, object]]:
    user = person(request)
    return [
        (_("姓名"), user.name),
        (_("账号"), user.username),
        (_("邮箱"), user.email or None),
        (_("所在机构"), user.organisation),
    ]

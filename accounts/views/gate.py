"""Pages that belong to certain roles."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts import policies
from accounts.models import User
from accounts.roles import Role
from workflow.errors import NotPermitted

View = Callable[..., HttpResponse]


def person(request: HttpRequest) -> User:
    """Who is signed in: the middleware lets nobody else reach these views."""
    return cast(User, request.user)


def for_roles(*roles: Role) -> Callable[[View], View]:
    """Let only these roles reach a view; others read that the page is not theirs."""

    def guard(view: View) -> View:
        @wraps(view)
        def handle(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not policies.holds_any(person(request), frozenset(roles)):
                raise NotPermitted(_("您的角色不使用这个页面。"))
            return view(request, *args, **kwargs)

        return handle

    return guard

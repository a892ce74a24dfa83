"""The tables as they stand, for the system administrator: to read, never to change."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.admin import AdminSite, ModelAdmin
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiToken, SignInFailure
from accounts.roles import Role
from workflow.fields import EncryptedTextField

OURS = ("workflow", "accounts", "selection", "studios")
SECRET = frozenset(
    {"payload", "salt", "body", "password", "digest", "sealed", "person_key", "facts", "last_error"}
)
NEVER_SHOWN = frozenset(
    {"scoresheet", "objection", "ballot", "ballotvote", "vote"}
)  # sealed, or told in confidence
SHOWN_IN_LISTS = 6


class ReadOnlySite(AdminSite):
    """No sign-in of its own, no passwords, no actions: whoever comes has an account already."""

    site_title = site_header = _("领选 · 数据查看")
    index_title = _("只读")
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """The system administrator alone."""
        user: Any = request.user
        return bool(user.is_authenticated and user.holds(Role.SYSTEM_ADMIN))

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Nobody signs in here; the page is not there for others."""
        raise Http404

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Passwords are changed on one's own page."""
        raise Http404


class ReadOnly(ModelAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    """A table without a way to change it, and without the columns that are nobody's to read here."""

    actions = None
    list_per_page = 25
    show_full_result_count = False

    def __init__(self, model: type[models.Model], admin_site: AdminSite) -> None:
        shown = [field for field in model._meta.fields if not _is_secret(field)]
        self.fields = self.readonly_fields = tuple(field.name for field in shown)
        columns = [field for field in shown if not isinstance(field, models.TextField | models.JSONField)]
        self.list_display = tuple(field.name for field in columns[:SHOWN_IN_LISTS])
        self.list_select_related = tuple(
            field.name for field in columns[:SHOWN_IN_LISTS] if field.is_relation
        )
        super().__init__(model, admin_site)

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return site.has_permission(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return site.has_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


def _is_secret(field: Any) -> bool:
    return isinstance(field, EncryptedTextField) or field.name in SECRET


site = ReadOnlySite(name="admin")
for _label in OURS:
    for _model in apps.get_app_config(_label).get_models():
        if _model not in (ApiToken, SignInFailure) and _model._meta.model_name not in NEVER_SHOWN:
            site.register(_model, ReadOnly)

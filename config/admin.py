"""The tables as they stand, for the system administrator: to read, never to change."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.admin import AdminSite, ModelAdmin
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiToken, IdempotentAnswer, SignInFailure
from accounts.roles import Role
from selection.models import (
    Appeal,
    Assignment,
    DeclaredInterest,
    Evidence,
    ExpertAbsence,
    ExpertAlias,
    ExpertDuty,
    ExpertLink,
    InvestigationNote,
    Objection,
    Panel,
    Panelist,
    QualificationReview,
    Recusal,
    Redraw,
    Result,
    ScoreSheet,
)
from workflow.fields import EncryptedTextField

OURS = ("workflow", "accounts", "selection", "studios")
SECRET = frozenset(
    {
        "payload",
        "salt",
        "body",
        "password",
        "digest",
        "sealed",
        "person_key",
        "id_hash",
        "person_hash",
        "facts",
        "last_error",
        "background_opinion",
        "scan_findings",
    }
)
NEVER_SHOWN: frozenset[type[models.Model]] = frozenset(  # secret, sealed, or told in confidence
    {
        ApiToken, IdempotentAnswer, ScoreSheet, SignInFailure,
        Objection, Appeal, DeclaredInterest, Evidence, InvestigationNote, Objection.investigators.through,
        QualificationReview, Result,  # conclusions and scores: for those alone who judge and oversee
        Assignment, Panel, Panelist, Recusal, Redraw,  # who scores whom
        ExpertAbsence, ExpertAlias, ExpertDuty, ExpertLink,  # an expert's own affairs, and what the office was told
    }
)  # fmt: skip
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

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Leaving is recorded, on the page made for it."""
        raise Http404

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> TemplateResponse:
        """Passwords are changed on one's own page."""
        raise Http404


class ReadOnly(ModelAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    """A table without a way to change it, and without the columns that are nobody's to read here."""

    actions = None
    list_per_page = 25
    show_full_result_count = False

    def get_fields(self, request: HttpRequest, obj: models.Model | None = None) -> Any:
        """Every column that may be read here."""
        return [field.name for field in _shown(self.model)]

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> Any:
        return self.get_fields(request, obj)

    def get_list_display(self, request: HttpRequest) -> Any:
        """The first short ones."""
        return [field.name for field in _listed(self.model)]

    def get_list_select_related(self, request: HttpRequest) -> list[str]:
        return [field.name for field in _listed(self.model) if field.is_relation]

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """No filter in the address but by a column that is shown: what is hidden cannot be guessed at bit by bit."""
        name, *further = lookup.split("__")
        hops = [part for part in further if part not in ("exact", "in", "isnull", "gt", "gte", "lt", "lte")]
        return not hops and name in {field.name for field in _shown(self.model)}

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


def _shown(model: type[models.Model]) -> list[Any]:
    return [f for f in model._meta.fields if not isinstance(f, EncryptedTextField) and f.name not in SECRET]


def _listed(model: type[models.Model]) -> list[Any]:
    short = [f for f in _shown(model) if not isinstance(f, models.TextField | models.JSONField)]
    return short[:SHOWN_IN_LISTS]


site = ReadOnlySite(name="admin")
for _label in OURS:
    for _model in apps.get_app_config(_label).get_models():
        if _model not in NEVER_SHOWN:
            _model._meta.verbose_name_plural = _model._meta.verbose_name  # Chinese has no plural in -s
            site.register(_model, ReadOnly)

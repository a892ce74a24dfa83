"""The sub-navigation of one studio: the pages that exist and that the reader's roles may use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from accounts.roles import PROVINCIAL, Role
from studios.models import Studio
from workflow.errors import Sentence

register = template.Library()

_OWN = frozenset({Role.STUDIO_LEAD, Role.STUDIO_MEMBER})
_ALL = PROVINCIAL | _OWN | {Role.UNIT_CLERK, Role.BUREAU_OFFICER}

# code, label, the URL names that may stand behind it (the first that exists), roles
_TABS: tuple[tuple[str, Sentence, tuple[str, ...], frozenset[Role]], ...] = (
    ("overview", _("概况"), ("studio_detail",), _ALL),
    ("plan", _("协议与任务"), ("studio_agreement", "studio_plan"), _ALL),
    ("money", _("经费"), ("studio_money",), _ALL),
    ("activities", _("活动"), ("activity_list",), _ALL),
    ("reports", _("报告"), ("studio_reports",), _ALL),
    ("assessment", _("考核"), ("studio_assessments", "studio_assessment"), _ALL),
    ("contributions", _("指标贡献"), ("studio_contributions",), _ALL),
    ("exit", _("变更与退出"), ("studio_changes", "studio_exit"), _ALL),
)


@dataclass(frozen=True)
class Tab:
    """One page of the studio."""

    label: Sentence
    url: str
    current: bool


@register.simple_tag(takes_context=True)
def studio_tabs(context: Any, studio: Studio, current: str = "") -> list[Tab]:
    """The tabs in their order; those without a page, or not for this reader, are left out."""
    user = context.get("user")
    roles: frozenset[str] = getattr(user, "roles", frozenset())
    found = [(code, label, _address(names, studio.pk)) for code, label, names, who in _TABS if roles & who]
    return [Tab(label, url, code == current) for code, label, url in found if url]


def _address(names: tuple[str, ...], studio: int) -> str:
    for name in names:
        try:
            return reverse(name, args=[studio])
        except NoReverseMatch:
            continue
    return ""


@register.simple_tag
def studio_page(name: str, *given: Any) -> str:
    """The address of a page, or nothing where there is no such page."""
    try:
        return reverse(name, args=given)
    except NoReverseMatch:
        return ""

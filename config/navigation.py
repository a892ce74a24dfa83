"""The navigation: only what the reader's roles may use."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from accounts.roles import PROVINCIAL, Role
from workflow.errors import Sentence

_OFFICE = frozenset({Role.MANAGER, Role.LEADER, Role.PUBLISHER, Role.SUPERVISOR, Role.AUDIT_ADMIN})
_STUDIOS = frozenset({Role.STUDIO_LEAD, Role.STUDIO_MEMBER, Role.BUREAU_OFFICER, Role.MANAGER, Role.LEADER,
                      Role.FINANCE, Role.SUPERVISOR, Role.AUDIT_ADMIN})  # fmt: skip

# label, URL name, roles
_ENTRIES: tuple[tuple[Sentence, str, frozenset[str]], ...] = (
    (_("工作台"), "home", frozenset(Role.values)),
    (_("选拔批次"), "round_list", PROVINCIAL - {Role.FINANCE}),
    (
        _("申报推荐"),
        "nomination_list",
        frozenset({Role.UNIT_CLERK, Role.BUREAU_OFFICER}) | _OFFICE | {Role.REVIEWER},
    ),
    (
        _("资格初审"),
        "qualification_queue",
        frozenset({Role.REVIEWER, Role.MANAGER, Role.SUPERVISOR, Role.AUDIT_ADMIN}),
    ),
    (_("评审任务"), "panel_inbox", frozenset({Role.EXPERT})),
    (_("我的信息"), "expert_me", frozenset({Role.EXPERT})),
    (_("专家评审"), "panel_list", frozenset({Role.MANAGER, Role.LEADER, Role.SUPERVISOR, Role.AUDIT_ADMIN})),
    (
        _("专家库"),
        "expert_list",
        frozenset({Role.MANAGER, Role.LEADER, Role.SUPERVISOR, Role.AUDIT_ADMIN, Role.SECURITY_ADMIN}),
    ),
    (_("诚信名册"), "bar_list", frozenset({Role.MANAGER, Role.LEADER, Role.SUPERVISOR, Role.AUDIT_ADMIN})),
    (_("公示与异议"), "office_notice_list", _OFFICE),
    (_("认定公布"), "determination_list", _OFFICE),
    (_("工作室"), "studio_list", _STUDIOS),
    (_("考核"), "assessment_list", frozenset({Role.MANAGER, Role.LEADER, Role.SUPERVISOR, Role.AUDIT_ADMIN})),
    (_("考核评分"), "assessment_inbox", frozenset({Role.REVIEWER})),
    (
        _("管理办法"),
        "programme_list",
        frozenset({Role.MANAGER, Role.LEADER, Role.SUPERVISOR, Role.AUDIT_ADMIN}),
    ),
    (_("监测"), "monitor", PROVINCIAL | {Role.BUREAU_OFFICER}),
    (_("经费"), "instalment_list", frozenset({Role.FINANCE, Role.MANAGER, Role.LEADER, Role.SUPERVISOR})),
    (_("支出审批"), "expense_list", frozenset({Role.UNIT_CLERK})),
    (
        _("退回资金"),
        "recovery_list",
        frozenset({Role.FINANCE, Role.MANAGER, Role.LEADER, Role.SUPERVISOR, Role.AUDIT_ADMIN}),
    ),
    (_("人才关爱"), "care_list", PROVINCIAL | {Role.BUREAU_OFFICER, Role.STUDIO_LEAD}),
    (_("指标"), "indicator_list", PROVINCIAL | {Role.BUREAU_OFFICER}),
    (_("存证"), "ledger_list", frozenset({Role.SUPERVISOR, Role.AUDIT_ADMIN, Role.MANAGER})),
    (_("完整号码导出"), "export_list", frozenset({Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})),
    (_("账号与角色"), "account_list", frozenset({Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})),
    (_("联合会任期"), "board_list", frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.MANAGER})),
    (_("页面中断登记"), "outage_list", frozenset({Role.SYSTEM_ADMIN})),
    (_("工作日历"), "calendar", frozenset({Role.SYSTEM_ADMIN, Role.MANAGER})),
)

_FLAT = 7  # entries that stand in one row in either language
# What is shown under one heading where there are more; an entry named in no group stands by itself.
_GROUPS: tuple[tuple[Sentence, tuple[str, ...]], ...] = (
    (_("申报与初审"), ("round_list", "nomination_list", "qualification_queue")),
    (_("评审"), ("panel_list", "expert_list")),
    (_("公示与认定"), ("office_notice_list", "determination_list", "bar_list")),
    (
        _("工作室"),
        (
            "studio_list",
            "care_list",
            "assessment_list",
            "instalment_list",
            "recovery_list",
            "indicator_list",
            "monitor",
            "programme_list",
        ),
    ),
    (
        _("存证与管理"),
        ("ledger_list", "export_list", "account_list", "board_list", "outage_list", "calendar"),
    ),
)


@dataclass(frozen=True)
class Entry:
    """One entry as base.html shows it; one with `items` is a menu, current with whichever of them is."""

    label: Sentence
    url: str
    current: bool
    items: tuple[Entry, ...] = ()


def navigation_for(request: HttpRequest) -> list[Entry]:
    """The entries that this reader may use, in order; many of them in menus."""
    roles = request.user.roles  # type: ignore[union-attr]
    entries = [(label, name, url) for label, name, who in _ENTRIES if roles & who and (url := _url(name))]
    here = [url for _label, _name, url in entries if _is_current(url, request.path)]
    nearest = max(here, key=len, default="")  # /panel/me/ lies below /panel/
    shown = {name: Entry(label, url, url == nearest) for label, name, url in entries}
    return list(shown.values()) if len(shown) <= _FLAT else _grouped(shown)


def _grouped(shown: dict[str, Entry]) -> list[Entry]:
    """Each group where its first entry stood; one of a single entry is that entry."""
    found: dict[str, Entry] = {}
    for name, entry in shown.items():
        label, names = next(((label, names) for label, names in _GROUPS if name in names), ("", (name,)))
        items = tuple(shown[each] for each in names if each in shown)
        alone = len(items) == 1
        found.setdefault(names[0], entry if alone else Entry(label, "", any(x.current for x in items), items))
    return list(found.values())


def _url(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _is_current(url: str, path: str) -> bool:
    return path == url if url == "/home/" else path.startswith(url)

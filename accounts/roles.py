"""The roles, and those that one person must never hold together."""

from __future__ import annotations

from collections.abc import Collection

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """Who does what; `workflow` knows them only as words."""

    UNIT_CLERK = "unit_clerk", _("单位经办")
    BUREAU_OFFICER = "bureau_officer", _("民政局经办")
    REVIEWER = "reviewer", _("初审员")
    MANAGER = "manager", _("处室负责人")
    LEADER = "leader", _("厅领导")
    PUBLISHER = "publisher", _("信息公开审核员")
    SUPERVISOR = "supervisor", _("监督员")
    FINANCE = "finance", _("财务")
    EXPERT = "expert", _("评审专家")
    STUDIO_LEAD = "studio_lead", _("领军人才")
    STUDIO_MEMBER = "studio_member", _("工作室成员")
    SYSTEM_ADMIN = "system_admin", _("系统管理员")
    SECURITY_ADMIN = "security_admin", _("安全管理员")
    AUDIT_ADMIN = "audit_admin", _("审计管理员")


ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
PROVINCIAL = frozenset(
    {
        Role.REVIEWER,
        Role.MANAGER,
        Role.LEADER,
        Role.PUBLISHER,
        Role.SUPERVISOR,
        Role.FINANCE,
        Role.AUDIT_ADMIN,
    }
)

# Pairs that no person holds at one time; the three administrators exclude each other and every other role.
_NEVER_TOGETHER = (
    (Role.EXPERT, Role.UNIT_CLERK),
    (Role.EXPERT, Role.BUREAU_OFFICER),
    (Role.EXPERT, Role.REVIEWER),
    (Role.EXPERT, Role.SUPERVISOR),
    (Role.EXPERT, Role.STUDIO_LEAD),
    (Role.EXPERT, Role.MANAGER),
    (Role.EXPERT, Role.LEADER),
    (Role.EXPERT, Role.PUBLISHER),
    (Role.MANAGER, Role.REVIEWER),
    (Role.MANAGER, Role.LEADER),
    (Role.MANAGER, Role.SUPERVISOR),
    (Role.MANAGER, Role.FINANCE),
    (Role.FINANCE, Role.STUDIO_LEAD),
    (Role.PUBLISHER, Role.MANAGER),
)


def incompatible(role: str, held: Collection[str]) -> str | None:
    """The first role already held that excludes `role`, or None."""
    for other in sorted(held):
        if other == role:
            continue
        if {role, other} & ADMINISTRATORS or any({role, other} == set(pair) for pair in _NEVER_TOGETHER):
            return other
    return None

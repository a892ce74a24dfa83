"""Who may do what with a studio."""

from __future__ import annotations

from typing import Any

from accounts.roles import Role
from workflow.actor import SYSTEM_ROLE, Actor
from workflow.machine import allow


def _studio_of(obj: Any) -> Any:
    return getattr(obj, "studio", obj)


def _leads(obj: Any, actor: Actor) -> bool:
    return bool(_studio_of(obj).lead_id == actor.id)


def _of_own_studio(obj: Any, actor: Actor) -> bool:
    studio = _studio_of(obj)
    return bool(studio.lead_id == actor.id) or studio.host_id == actor.organisation_id


def _not_the_requester(instalment: Any, actor: Actor) -> bool:
    return bool(instalment.requested_by_id != actor.id)


def _third_person(instalment: Any, actor: Actor) -> bool:
    return actor.id not in (instalment.requested_by_id, instalment.approved_by_id)


may_record_agreement = allow(Role.MANAGER)
may_run_studio = allow(Role.MANAGER)
may_suspend_studio = allow(Role.MANAGER)
may_terminate_studio = allow(Role.LEADER)

may_request_instalment = allow(Role.STUDIO_LEAD, when=_leads)
may_approve_instalment = allow(Role.MANAGER, when=_not_the_requester)
may_pay_instalment = allow(Role.FINANCE, when=_third_person)
may_withhold_instalment = allow(Role.MANAGER)
may_cancel_instalment = allow(Role.LEADER) | allow(SYSTEM_ROLE)

may_submit_report = allow(Role.STUDIO_LEAD, when=_leads) | allow(Role.STUDIO_MEMBER, when=_of_own_studio)
may_judge_report = allow(Role.MANAGER)

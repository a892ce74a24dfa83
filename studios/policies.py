"""Who may do what with a studio."""

from __future__ import annotations

from typing import Any

from accounts.roles import Role
from workflow.actor import PUBLIC_ROLE, SYSTEM_ROLE, Actor
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


def _concluded(obj: Any, _actor: Actor) -> bool:
    """What is left of a concluded studio's money is closed by those who concluded it."""
    return bool(_studio_of(obj).state == "concluded")


may_record_agreement = allow(Role.MANAGER)
may_run_studio = allow(Role.MANAGER)
may_suspend_studio = allow(Role.MANAGER)
may_stop_studio = allow(Role.MANAGER) | allow(SYSTEM_ROLE)  # by itself where an investigation is reported
may_terminate_studio = allow(Role.LEADER) | allow(SYSTEM_ROLE)  # by itself after a revocation
may_change_host = allow(Role.MANAGER)

may_request_instalment = allow(Role.STUDIO_LEAD, when=_leads)
may_approve_instalment = allow(Role.MANAGER, when=_not_the_requester)
may_pay_instalment = allow(Role.FINANCE, when=_third_person)
may_withhold_instalment = allow(Role.MANAGER)
may_cancel_instalment = allow(Role.LEADER) | allow(SYSTEM_ROLE) | allow(Role.MANAGER, when=_concluded)
may_waive_condition = allow(Role.LEADER)
may_order_recovery = allow(Role.LEADER, Role.MANAGER) | allow(SYSTEM_ROLE)
may_order_on_any_ground = allow(Role.LEADER) | allow(
    SYSTEM_ROLE
)  # the manager: what was not spent at the end
may_record_repayment = allow(Role.FINANCE)
may_write_off_recovery = allow(Role.LEADER)

may_submit_report = allow(Role.STUDIO_LEAD, when=_leads) | allow(Role.STUDIO_MEMBER, when=_of_own_studio)
may_judge_report = allow(Role.MANAGER)


def _has_open_sheet(assessment: Any, actor: Actor) -> bool:
    return any(s.reviewer_id == actor.id and s.submitted_at is None for s in assessment.open_sheets)


def _did_not_score(assessment: Any, actor: Actor) -> bool:
    return all(s.reviewer_id != actor.id for s in assessment.open_sheets)


may_run_assessment = allow(Role.MANAGER)
may_score_own_studio = allow(Role.STUDIO_LEAD, when=_leads)
may_score_studio = allow(Role.REVIEWER, Role.MANAGER, when=_has_open_sheet)
may_confirm_assessment = allow(Role.MANAGER, when=_did_not_score)
may_accept_rectification = allow(Role.MANAGER)


def _office_of_studio(obj: Any, actor: Actor) -> bool:
    studio = _studio_of(obj)
    return actor.organisation_id is not None and actor.organisation_id in (studio.city_id, studio.county_id)


may_record_activity = allow(Role.STUDIO_LEAD, when=_leads) | allow(Role.STUDIO_MEMBER, when=_of_own_studio)
may_cosign_activity = allow(PUBLIC_ROLE)  # whoever holds the station's link: the action asks for it
may_verify_activity = allow(Role.MANAGER) | allow(Role.BUREAU_OFFICER, when=_office_of_studio)


def _of_own_area(obj: Any, actor: Actor) -> bool:
    """A county keeps its own, a city its counties': asked of a point or of a county."""
    office = actor.organisation_id
    area = (obj.county_id, obj.city_id) if hasattr(obj, "county_id") else (obj.pk, obj.parent_id)
    return office is not None and office in area


def _observes_own(unit: Any, actor: Actor) -> bool:
    return actor.organisation_id is not None and actor.organisation_id in (unit.pk, unit.parent_id)


may_keep_network = allow(Role.MANAGER) | allow(Role.BUREAU_OFFICER, when=_of_own_area)
may_load_plan = allow(Role.MANAGER) | allow(SYSTEM_ROLE)
may_observe = allow(Role.MANAGER) | allow(Role.BUREAU_OFFICER, when=_observes_own)
may_record_contribution = allow(Role.MANAGER) | allow(Role.STUDIO_LEAD, when=_leads)


def _clerk_of_host(obj: Any, actor: Actor) -> bool:
    return bool(actor.organisation_id is not None and _studio_of(obj).host_id == actor.organisation_id)


def _approves(expense: Any, actor: Actor) -> bool:
    """The host unit's clerk, never one who wrote it down or claims it."""
    return _clerk_of_host(expense, actor) and actor.id not in (expense.claimant_id, expense.recorded_by_id)


may_record_expense = allow(Role.STUDIO_LEAD, when=_leads) | allow(Role.STUDIO_MEMBER, when=_of_own_studio)
may_approve_expense = allow(Role.UNIT_CLERK, when=_approves)
may_refuse_expense = allow(Role.UNIT_CLERK, when=_clerk_of_host) | allow(Role.MANAGER)
may_question_expense = allow(Role.MANAGER)
may_set_budget = allow(Role.MANAGER)
may_adjust_budget = allow(Role.STUDIO_LEAD, when=_leads)
may_approve_adjustment = allow(Role.MANAGER)
may_settle_unspent = allow(Role.MANAGER)


def _without_office(plan: Any, actor: Actor) -> bool:
    """A studio that neither a city nor a county looks after is looked after by the province."""
    studio = _studio_of(plan)
    return studio.city_id is None and studio.county_id is None


def _endorses(plan: Any, actor: Actor) -> bool:
    """The city; the county where the studio has no city."""
    studio = _studio_of(plan)
    return actor.organisation_id is not None and actor.organisation_id == (studio.city_id or studio.county_id)


may_write_plan = allow(Role.STUDIO_LEAD, when=_leads)
may_endorse_plan = allow(Role.BUREAU_OFFICER, when=_endorses) | allow(Role.MANAGER, when=_without_office)
may_return_plan = may_endorse_plan
may_approve_plan = allow(Role.MANAGER)
may_replace = allow(SYSTEM_ROLE)  # within the act of whoever puts a newer one in its place
may_write_agreement = allow(Role.MANAGER)
may_see_account = allow(Role.MANAGER) | allow(Role.FINANCE)


def _not_the_proposer(proposal: Any, actor: Actor) -> bool:
    return bool(proposal.proposed_by_id != actor.id)


def _proposed(proposal: Any, actor: Actor) -> bool:
    return bool(proposal.proposed_by_id == actor.id)


may_propose_programme = allow(Role.MANAGER)
may_adopt_programme = allow(Role.LEADER, when=_not_the_proposer)
may_withdraw_programme = allow(Role.MANAGER, when=_proposed)

# Exit and reported changes
may_begin_exit = allow(Role.MANAGER)
may_decide_exit = allow(Role.LEADER)
may_drop_exit = allow(Role.LEADER) | allow(SYSTEM_ROLE)  # by itself where the studio has ended meanwhile
may_reappoint = allow(Role.LEADER)
may_file_change = (
    allow(Role.STUDIO_LEAD, when=_leads)
    | allow(Role.STUDIO_MEMBER, when=_of_own_studio)
    | allow(Role.UNIT_CLERK, when=_clerk_of_host)
    | allow(Role.BUREAU_OFFICER, when=_office_of_studio)
    | allow(Role.MANAGER)
)
may_settle_change = allow(Role.MANAGER)
may_record_care = allow(Role.BUREAU_OFFICER)

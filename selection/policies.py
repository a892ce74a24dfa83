"""Who may do what in a selection. Each policy reads as a sentence; the door asks it, pages and API show by it."""

from __future__ import annotations

from typing import Any

from accounts.roles import Role
from workflow.actor import PUBLIC_ROLE, SYSTEM_ROLE, Actor
from workflow.machine import allow


def _of_own_unit_in_a_divided_round(nomination: Any, actor: Actor) -> bool:
    """Where all share the places there is nothing to choose."""
    return _of_own_unit(nomination, actor) and bool(nomination.round.categories)


def _of_own_unit(nomination: Any, actor: Actor) -> bool:
    return nomination.unit_id is not None and nomination.unit_id == actor.organisation_id


def _at_own_desk(nomination: Any, actor: Actor) -> bool:
    """The desk where the dossier lies: the county's first, then the nominator's."""
    desk = nomination.county_id if nomination.state == "county_review" else nomination.nominator_id
    return desk is not None and desk == actor.organisation_id


def _of_own_county(nomination: Any, actor: Actor) -> bool:
    return nomination.county_id is not None and nomination.county_id == actor.organisation_id


def _of_own_bureau(nomination: Any, actor: Actor) -> bool:
    return nomination.nominator_id is not None and nomination.nominator_id == actor.organisation_id


def _of_own_bureau_and_beyond_a_soft_rule(nomination: Any, actor: Actor) -> bool:
    """Nobody is offered to ask for what the rules do not withhold."""
    return _of_own_bureau(nomination, actor) and bool(nomination.waivable)


def _own_review(review: Any, actor: Actor) -> bool:
    return bool(review.reviewer_id == actor.id)


def _own_row(expert: Any, actor: Actor) -> bool:
    return expert.user_id is not None and expert.user_id == actor.id


def _own_assignment(assignment: Any, actor: Actor) -> bool:
    return bool(assignment.expert.user_id == actor.id)


def _own_sheet(sheet: Any, actor: Actor) -> bool:
    return bool(sheet.assignment.expert.user_id == actor.id)


def _seated(ballot: Any, actor: Actor) -> bool:
    """A seat of one's own: nobody votes for another."""
    return any(seat.expert.user_id == actor.id for seat in ballot.seats.all())


def _not_the_proposer(obj: Any, actor: Actor) -> bool:
    """Whoever proposes (a change of the rules, an answer to a request) does not confirm it."""
    return bool(obj.proposed_by_id != actor.id)


def _the_asker(request: Any, actor: Actor) -> bool:
    return bool(request.asked_by_id == actor.id)


def _not_the_asker(request: Any, actor: Actor) -> bool:
    """Who wants numbers in clear does not allow them to himself, whatever roles were granted since."""
    return bool(request.asked_by_id != actor.id)


def _not_the_operator(obj: Any, actor: Actor) -> bool:
    """Operator and witness are two persons."""
    return bool(obj.operator_id != actor.id)


def _not_the_author(notice: Any, actor: Actor) -> bool:
    return bool(notice.composed_by_id != actor.id)


def _not_the_drafter(correction: Any, actor: Actor) -> bool:
    return bool(correction.drafted_by_id != actor.id)


def _asked_for_own_unit(request: Any, actor: Actor) -> bool:
    return _of_own_unit(request.nomination, actor)


def _asked_for_own_bureau(request: Any, actor: Actor) -> bool:
    return _of_own_bureau(request.nomination, actor)


def _reviews_do_not_differ(nomination: Any, _actor: Actor) -> bool:
    """Where two reviewers differ, neither decides: the manager rules."""
    standing = [
        r.verdict for r in nomination.reviews.all() if r.state == "concluded" and r.set_aside_at is None
    ]
    return len(set(standing)) <= 1


def _clerk_of_recheck(recheck: Any, actor: Actor) -> bool:
    return _of_own_unit(recheck.nomination, actor)


def _did_not_review(recheck: Any, actor: Actor) -> bool:
    """Whoever answers a re-check has not reviewed the dossier before."""
    return not any(review.reviewer_id == actor.id for review in recheck.nomination.reviews.all())


def _not_its_reviewer(nomination: Any, actor: Actor) -> bool:
    """Whoever concluded on a dossier does not rule on the two conclusions."""
    return all(r.reviewer_id != actor.id for r in nomination.reviews.all() if r.set_aside_at is None)


def _is_uninvolved(case: Any, actor: Any) -> bool:
    """Neither on a side of the case nor the author of the conclusion."""
    return not case.concerns(actor)


def _decides_its_appeal(objection: Any, actor: Any) -> bool:
    """Leaders conclude where an appeal was admitted."""
    return objection.appeal_now is not None and not objection.concerns(actor)


def _has_no_interest(objection: Any, actor: Any) -> bool:
    return not objection.sides_with(actor)


by_system = allow(SYSTEM_ROLE)

# Round
may_manage_round = allow(Role.MANAGER)
may_export_record = allow(SYSTEM_ROLE) | allow(Role.AUDIT_ADMIN, Role.MANAGER)
may_close_round = allow(SYSTEM_ROLE) | allow(Role.MANAGER)
may_witness_opening = allow(Role.SUPERVISOR, when=_not_the_operator)
may_publish = allow(Role.PUBLISHER)
may_cancel_round = allow(Role.LEADER)

# A change of the rules after the announcement: a manager proposes, another seconds, the leader approves
may_second_change = allow(Role.MANAGER, when=_not_the_proposer)
may_approve_change = allow(Role.LEADER, when=_not_the_proposer)
may_decline_change = may_second_change | may_approve_change
may_withdraw_change = allow(Role.MANAGER)

# A list in clear: a manager asks, the administrator of the policies allows, the one who asked takes it once
may_answer_export = allow(Role.SECURITY_ADMIN, when=_not_the_asker)
may_take_export = allow(Role.MANAGER, when=_the_asker)

# Nomination
may_ask_waiver = allow(Role.BUREAU_OFFICER, when=_of_own_bureau_and_beyond_a_soft_rule)
may_decide_waiver = allow(Role.MANAGER)
may_submit = allow(Role.UNIT_CLERK, when=_of_own_unit)
may_choose_category = allow(Role.UNIT_CLERK, when=_of_own_unit_in_a_divided_round)
may_endorse = allow(Role.BUREAU_OFFICER, when=_of_own_county)
may_return = allow(Role.BUREAU_OFFICER, when=_at_own_desk)
may_nominate = allow(Role.BUREAU_OFFICER, when=_of_own_bureau)
may_request_correction = allow(Role.REVIEWER)
may_qualify = allow(Role.REVIEWER, when=_reviews_do_not_differ) | allow(Role.MANAGER, when=_not_its_reviewer)
may_disqualify = may_qualify | by_system
may_reinstate = allow(Role.MANAGER)
may_send_to_panel = allow(Role.MANAGER)
may_propose = allow(Role.LEADER)
may_give_notice = (
    allow(Role.PUBLISHER) | by_system
)  # the timetable, for a notice that a publisher has approved
may_clear = by_system | allow(Role.MANAGER)
may_decide = allow(Role.LEADER)
may_withdraw = allow(Role.UNIT_CLERK, when=_of_own_unit) | allow(Role.BUREAU_OFFICER, when=_of_own_bureau)

# Attachment
may_attach_proof = allow(Role.UNIT_CLERK, when=_of_own_unit)
may_attach_background = allow(Role.BUREAU_OFFICER, when=_of_own_bureau)

# Qualification
may_conclude_review = allow(Role.REVIEWER, when=_own_review)

may_request_recheck = allow(Role.UNIT_CLERK, when=_clerk_of_recheck)
may_answer_recheck = allow(Role.MANAGER, when=_did_not_review)

# Pool
may_keep_pool = allow(Role.MANAGER)
may_keep_expert = allow(Role.MANAGER) | allow(Role.EXPERT, when=_own_row)
may_confirm_own_facts = allow(Role.EXPERT, when=_own_row)
may_open_expert_account = allow(Role.SECURITY_ADMIN)

# Panel and scoring
may_operate_draw = allow(Role.MANAGER)
may_witness_draw = allow(Role.SUPERVISOR, when=_not_the_operator)
may_answer_assignment = allow(Role.EXPERT, when=_own_assignment)
may_score = allow(Role.EXPERT, when=_own_sheet)
may_name_unsuitable = allow(Role.UNIT_CLERK, when=_of_own_unit) | allow(
    Role.BUREAU_OFFICER, when=_of_own_bureau
)
may_propose_recusal = allow(Role.MANAGER)
may_confirm_recusal = allow(Role.SUPERVISOR, when=_not_the_proposer)
may_withdraw_recusal = allow(Role.UNIT_CLERK, when=_asked_for_own_unit) | allow(
    Role.BUREAU_OFFICER, when=_asked_for_own_bureau
)
may_bar_expert = allow(Role.MANAGER) | by_system
may_void_sheet = allow(Role.MANAGER) | by_system
may_ask_about_sheet = allow(Role.MANAGER)
may_confirm_about_sheet = allow(Role.SUPERVISOR, when=_not_the_operator)
may_vote = allow(Role.EXPERT, when=_seated)

# Notice, objection, determination
may_scan_notice = allow(Role.PUBLISHER) | allow(Role.MANAGER)
may_post_notice = allow(Role.PUBLISHER, when=_not_the_author)
may_supersede_notice = allow(Role.PUBLISHER)
may_recall_notice = allow(Role.PUBLISHER, Role.MANAGER) | by_system
may_note_erratum = allow(Role.PUBLISHER)
may_record_outage = allow(Role.MANAGER, Role.PUBLISHER, Role.SYSTEM_ADMIN)
may_handle_objection = allow(Role.MANAGER, when=_has_no_interest)
may_conclude_objection = allow(Role.MANAGER, when=_is_uninvolved) | allow(
    Role.LEADER, when=_decides_its_appeal
)
may_withdraw_objection = allow(PUBLIC_ROLE) | allow(Role.MANAGER, when=_has_no_interest)
may_decide_appeal = allow(Role.MANAGER, Role.LEADER, when=_is_uninvolved)
may_confirm_determination = allow(Role.LEADER)
may_start_revocation = allow(Role.MANAGER)
may_publish_correction = allow(Role.PUBLISHER, when=_not_the_drafter)

# The integrity register
may_record_bar = allow(Role.MANAGER, Role.LEADER) | by_system
may_lift_bar = allow(Role.LEADER)

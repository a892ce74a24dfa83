"""Letters about waivers of a rule that is generally so."""

from __future__ import annotations

from django.utils.translation import gettext

from accounts.queries.people import people_with, recipients
from accounts.roles import Role
from selection.messages.letters import clerks_of, letter, occasion, officers_of, page_of
from selection.models import Waiver
from selection.models.eligibility import names_of
from workflow.outbox import Letter, Recipient, queue


def asked(waiver: Waiver) -> None:
    """To the managers: a waiver waits for them."""

    def write(_to: Recipient) -> Letter:
        subject = gettext("请核准放宽：%(name)s（%(code)s）") % _words(waiver)
        lines = [
            gettext("%(nominator)s为%(name)s（%(code)s）申请放宽%(rule)s。") % _words(waiver),
            gettext("理由：%(reason)s") % _words(waiver),
        ]
        return letter(subject, lines, page_of(waiver))

    people = people_with(Role.MANAGER)
    queue(
        recipients(people), event=f"waiver.asked:{waiver.pk}", kind="waiver.asked", write=write, about=waiver
    )


def decided(waiver: Waiver) -> None:
    """To the nominator, the unit and whoever reviews the dossier: what the province decided."""

    def write(_to: Recipient) -> Letter:
        words = _words(waiver)
        subject = gettext("%(decision)s：%(name)s（%(code)s）") % words
        lines = [gettext("%(name)s（%(code)s）申请放宽%(rule)s：%(decision)s。") % words]
        if waiver.remark:
            lines.append(gettext("核准意见：%(remark)s") % words)
        return letter(subject, lines, page_of(waiver.nomination))

    nomination = waiver.nomination
    reviewing = nomination.reviews.filter(set_aside_at=None).select_related("reviewer")
    people = [*officers_of(nomination), *clerks_of(nomination), *(review.reviewer for review in reviewing)]
    event = f"waiver.decided:{occasion(waiver)}"
    queue(recipients(people), event=event, kind="waiver.decided", write=write, about=waiver)


def _words(waiver: Waiver) -> dict[str, str]:
    nomination = waiver.nomination
    names = names_of(nomination.round.rulebook)
    return {
        "name": nomination.nominee.name,
        "code": nomination.code,
        "nominator": nomination.nominator.name,
        "rule": f"{waiver.rule} {names.get(waiver.rule, '')}".strip(),
        "reason": waiver.reason,
        "remark": waiver.remark,
        "decision": str(waiver.get_state_display()),
    }

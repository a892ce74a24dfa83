"""Letters about a re-check: to those who may answer, and the answer."""

from __future__ import annotations

from django.utils.translation import gettext

from accounts.queries.people import recipients
from selection.messages.letters import clerks_of, letter, occasion, officers_of, page_of
from selection.models import RecheckRequest
from selection.queries.recheck import who_may_answer
from workflow.outbox import Letter, Recipient, queue


def requested(recheck: RecheckRequest) -> None:
    """To the managers who did not review the dossier."""

    def write(_to: Recipient) -> Letter:
        lines = [
            gettext("%(unit)s对%(name)s（%(code)s）初审不合格的结论申请复核。") % _names(recheck),
            gettext("理由：%(reason)s") % {"reason": recheck.statement},
            gettext("答复期限：%(due)s") % {"due": recheck.answer_due},
        ]
        return letter(gettext("申请复核：%(name)s（%(code)s）") % _names(recheck), lines, page_of(recheck))

    queue(
        recipients(who_may_answer(recheck)),
        event=f"recheck.requested:{occasion(recheck)}",
        kind="recheck.requested",
        write=write,
        about=recheck,
    )


def answered(recheck: RecheckRequest) -> None:
    """To the unit and its nominator: what came of it, and why."""
    upheld = recheck.state == RecheckRequest.State.UPHELD

    def write(_to: Recipient) -> Letter:
        names = _names(recheck)
        first = (
            gettext("%(name)s的申报（%(code)s）复核成立，已恢复并重新进入资格初审。") % names
            if upheld
            else gettext("%(name)s的申报（%(code)s）经复核，维持初审不合格的结论。") % names
        )
        lines = [first, gettext("理由：%(reason)s") % {"reason": recheck.answer}]
        return letter(gettext("复核答复：%(name)s（%(code)s）") % names, lines, page_of(recheck))

    people = [*clerks_of(recheck.nomination), *officers_of(recheck.nomination)]
    queue(
        recipients(people),
        event=f"recheck.answered:{occasion(recheck)}",
        kind="recheck.answered",
        write=write,
        about=recheck,
    )


def _names(recheck: RecheckRequest) -> dict[str, str]:
    row = recheck.nomination
    return {"name": row.nominee.name, "code": row.code, "unit": row.unit.name}

"""Letters about the screening of a dossier."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext

from accounts.queries.people import people_with, recipients
from accounts.roles import Role
from selection.messages.letters import clerks_of, letter, occasion, officers_of, page_of
from selection.models import Nomination, RecheckRequest
from selection.models.eligibility import names_of
from selection.queries.dossier import label_of
from selection.queries.qualification import failing_notes
from workflow.outbox import Letter, Recipient, Writer, queue


def disqualified(nomination: Nomination, recheck: RecheckRequest) -> None:
    """To the unit and its nominator: by which rules, why, and until when a re-check may be asked for."""

    def write(_to: Recipient) -> Letter:
        lines = [
            gettext("%(name)s的申报（%(code)s）初审结论为不合格。") % _names(nomination),
            *_rules(nomination),
            *[gettext("说明：%(note)s") % {"note": note} for note in failing_notes(nomination)],
            gettext("理由：%(reason)s") % {"reason": nomination.reason},
            gettext("对结论有异议的，可在%(due)s前（含当日）申请复核。") % {"due": recheck.request_due},
        ]
        subject = gettext("初审不合格：%(name)s（%(code)s）") % _names(nomination)
        return letter(subject, lines, page_of(recheck))

    _to_both(nomination, "disqualified", write)


def correction_requested(nomination: Nomination) -> None:
    """To the unit and its nominator: what to mend, why, and until when."""

    def write(_to: Recipient) -> Letter:
        lines = [
            gettext("%(name)s的申报（%(code)s）须补正以下内容：") % _names(nomination),
            *[f"· {label_of(item['field'])}：{item['reason']}" for item in nomination.requests],
            gettext("补正期限：%(due)s。只能补正一次，逾期按初审不合格处理。")
            % {"due": nomination.correction_due},
        ]
        subject = gettext("须补正：%(name)s（%(code)s）") % _names(nomination)
        return letter(subject, lines, page_of(nomination))

    _to_both(nomination, "correction", write)


def conclusions_differ(nomination: Nomination) -> None:
    """To the managers: two reviewers came to different conclusions."""

    def write(_to: Recipient) -> Letter:
        subject = gettext("初审结论不一致，请裁定：%(name)s（%(code)s）") % _names(nomination)
        lines = [gettext("两名初审员对%(name)s的申报（%(code)s）结论不一致，请裁定。") % _names(nomination)]
        return letter(subject, lines, reverse("qualification_detail", args=[nomination.pk]))

    event = f"nomination.differing:{occasion(nomination)}:{_reviews(nomination)}"
    queue(
        recipients(people_with(Role.MANAGER)),
        event=event,
        kind="nomination.differing",
        write=write,
        about=nomination,
    )


def _reviews(nomination: Nomination) -> str:
    return "-".join(
        str(pk) for pk in nomination.reviews.filter(set_aside_at=None).values_list("pk", flat=True)
    )


def _to_both(nomination: Nomination, what: str, write: Writer) -> None:
    kind = f"nomination.{what}"
    people = [*clerks_of(nomination), *officers_of(nomination)]
    queue(
        recipients(people), event=f"{kind}:{occasion(nomination)}", kind=kind, write=write, about=nomination
    )


def _names(nomination: Nomination) -> dict[str, str]:
    return {"name": nomination.nominee.name, "code": nomination.code}


def _rules(nomination: Nomination) -> list[str]:
    names = names_of(nomination.round.rulebook)
    return [
        gettext("不符合：%(rule)s %(name)s") % {"rule": g, "name": names.get(g, "")}
        for g in nomination.grounds
    ]

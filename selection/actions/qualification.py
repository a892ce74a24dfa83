"""Two reviewers conclude on a dossier, each alone; the manager rules where they differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from selection.errors import ReviewIncomplete
from selection.messages import qualification as messages
from selection.models import Nomination, QualificationReview, RecheckRequest
from selection.models.deadlines import due_in
from selection.queries.qualification import (
    REVIEWERS_NEEDED,
    conclusions_of,
    overdue_corrections,
    standing_reviews,
)
from selection.rules.eligibility_rules import Finding
from workflow import calendar, clock, door, kinds, ledger
from workflow.actor import SYSTEM, Actor
from workflow.errors import NotPermitted, Refused, StepRefused
from workflow.machine import subject_of
from workflow.wording import listed

DECIDING = ("hard", "soft")
STARTED = kinds.named("qualificationreview.start", _("受理初审"))

LONGEST_REASON = 2000  # of a dossier; each review keeps its own in full
QUALIFIED, DISQUALIFIED = QualificationReview.Verdict.QUALIFIED, QualificationReview.Verdict.DISQUALIFIED


@door.act
def start(nomination: Nomination, *, by: Actor) -> QualificationReview:
    """Take a dossier up for review: two persons at most, each once."""
    if not by.holds(Role.REVIEWER):
        raise NotPermitted(_("只有初审员可以受理初审。"))
    nomination = door.locked(nomination)
    standing = list(standing_reviews(nomination))
    if own := next((review for review in standing if review.reviewer_id == by.id), None):
        return own
    if nomination.state != Nomination.State.NOMINATED or nomination.round.state != "screening":
        raise StepRefused(_("该申报不在资格初审中。"), code="not_under_screening")
    if len(standing) >= REVIEWERS_NEEDED:
        raise StepRefused(_("该申报已由两名初审员受理。"), code="two_reviewers")
    review = QualificationReview.objects.create(nomination=nomination, reviewer_id=by.id)
    ledger.append(
        by, chain=review.chain_key, kind=STARTED, subject=subject_of(review), role=Role.REVIEWER,
        rules_version=review.rules_version, payload={"nomination": nomination.code},
    )  # fmt: skip
    return review


@door.act
def conclude(
    review: QualificationReview,
    *,
    by: Actor,
    verdict: str,
    findings: Sequence[Mapping[str, Any]],
    reason: str = "",
) -> QualificationReview:
    """Submit one's conclusion: `findings` are {"rule", "human", "note", "evidence"}, one a rule. The second of two that agree
    moves the dossier at once; two that differ go to the manager. The ledger does not say which conclusion it is
    before both are there."""
    nomination = door.locked(review.nomination)
    complete = _complete(nomination, findings, by)
    grounds = [item["rule"] for item in complete if item["human"] == "fail" and item["force"] in DECIDING]
    _require_consistent(verdict, complete, grounds, reason)
    moved = door.take(
        review, "conclude", by=by, verdict=verdict, findings=complete, grounds=grounds, remark=reason,
        at=clock.now(), payload={"nomination": nomination.code},
    )  # fmt: skip
    both = conclusions_of(nomination)
    if len(both) >= REVIEWERS_NEEDED:
        _settle(nomination, both, by)
    return moved


def _complete(
    nomination: Nomination, findings: Sequence[Mapping[str, Any]], by: Actor
) -> list[dict[str, Any]]:
    """Every rule as it was judged: its version, what was looked at, the automatic result, the reviewer's and why."""
    given = {item["rule"]: item for item in findings}
    waived = nomination.waived
    return [
        {**_judged(found, given.get(found.rule, {})), "waived": found.rule in waived, "reviewer": by.name}
        for found in nomination.findings
    ]


def _judged(found: Finding, item: Mapping[str, Any]) -> dict[str, Any]:
    human = item.get("human") or ""
    if human not in ("pass", "fail") and (found.decides or human):
        raise ReviewIncomplete(_("请对%(rule)s作出审核结论。") % {"rule": found.rule})
    return {
        **found.snapshot(),
        "human": human,
        "note": item.get("note", ""),
        "evidence": list(item.get("evidence", ())),
    }


def _require_consistent(
    verdict: str, findings: Sequence[Mapping[str, Any]], grounds: Sequence[str], reason: str
) -> None:
    """The conclusion follows from the rules, and whatever departs from the automatic result is explained."""
    if verdict not in QualificationReview.Verdict.values:
        raise ReviewIncomplete(_("请选择合格或不合格。"))
    if verdict == QUALIFIED and grounds:
        raise ReviewIncomplete(_("%(rules)s为不符合，不能作出合格结论。") % {"rules": listed(grounds)})
    if verdict == DISQUALIFIED and not grounds:
        raise ReviewIncomplete(_("不合格结论须至少有一条规则为不符合。"))
    unexplained = [item for item in findings if _departs(item) and not item["note"].strip()]
    if (unexplained or verdict == DISQUALIFIED) and not reason.strip():
        raise ReviewIncomplete(_("结论为不合格，或与系统核验不一致的，须填写理由。"))


def _departs(item: Mapping[str, Any]) -> bool:
    """The reviewer sees otherwise than the system: not where a person had to judge, nor where the province waived it."""
    if item["force"] not in DECIDING or item["automatic"] not in ("pass", "fail"):
        return False
    return bool(item["human"] != item["automatic"] and not (item["waived"] and item["human"] == "pass"))


def _settle(nomination: Nomination, both: Sequence[QualificationReview], by: Actor) -> None:
    if len({review.verdict for review in both}) > 1:
        messages.conclusions_differ(nomination)
    elif both[0].verdict == QUALIFIED:
        door.take(nomination, "qualify", by=by, payload={"reviews": _recorded(both)})
    else:
        grounds = sorted({rule for review in both for rule in review.grounds})
        reason = "；".join(dict.fromkeys(review.reason for review in both))[:LONGEST_REASON]
        _disqualify(nomination, by, grounds, reason, payload={"reviews": _recorded(both)})


def _recorded(both: Sequence[QualificationReview]) -> list[dict[str, Any]]:
    return [
        {
            "reviewer": review.reviewer.name,
            "verdict": review.verdict,
            "grounds": review.grounds,
            "reason": review.reason,
        }
        for review in both
    ]


def _disqualify(
    nomination: Nomination,
    by: Actor,
    grounds: Sequence[str],
    reason: str,
    payload: Mapping[str, Any],
    ruling: str = "",
) -> Nomination:
    moved = door.take(
        nomination, "disqualify", by=by, reason=reason, grounds=list(grounds), ruling=ruling,
        payload={"grounds": list(grounds), **payload},
    )  # fmt: skip
    recheck = _offer_recheck(moved)
    messages.disqualified(moved, recheck)
    return moved


def _offer_recheck(nomination: Nomination) -> RecheckRequest:
    """The right to have it looked at again, from today."""
    return RecheckRequest.objects.create(
        nomination=nomination,
        offered_at=clock.now(),
        request_due=due_in(nomination.round.rulebook.recheck_days),
        grounds=nomination.grounds,
        finding=nomination.reason,
    )


@door.act
def qualify(nomination: Nomination, *, by: Actor, reason: str = "") -> Nomination:
    """Find qualified: by the manager's ruling where the reviewers differ."""
    nomination = door.locked(nomination)
    both = conclusions_of(nomination)
    ruling = QUALIFIED.value if _differ(both) else ""
    _require_ruling_reason(ruling, reason)
    return door.take(
        nomination, "qualify", by=by, reason=reason, ruling=ruling, payload={"reviews": _recorded(both)}
    )


@door.act
def disqualify(nomination: Nomination, *, by: Actor, grounds: Sequence[str], reason: str) -> Nomination:
    """Find disqualified, by rules and with the reason: by the manager's ruling where the reviewers differ."""
    nomination = door.locked(nomination)
    both = conclusions_of(nomination)
    unknown = [rule for rule in grounds if nomination.round.rulebook.rule(rule) is None]
    if unknown or not grounds:
        raise ReviewIncomplete(_("请选择不符合的规则。"))
    ruling = DISQUALIFIED.value if _differ(both) else ""
    return _disqualify(nomination, by, grounds, reason, {"reviews": _recorded(both)}, ruling)


@door.act
def rule(
    nomination: Nomination, *, by: Actor, verdict: str, reason: str, grounds: Sequence[str] = ()
) -> Nomination:
    """The manager's ruling on two conclusions that differ."""
    if verdict == QUALIFIED:
        return qualify(nomination, by=by, reason=reason)
    return disqualify(nomination, by=by, grounds=grounds, reason=reason)


def _differ(both: Sequence[QualificationReview]) -> bool:
    return len({review.verdict for review in both}) > 1


def _require_ruling_reason(ruling: str, reason: str) -> None:
    if ruling and not reason.strip():
        raise StepRefused(_("裁定须填写理由。"), code="reason_required")


@door.act
def request_correction(
    nomination: Nomination, *, by: Actor, requests: Sequence[Mapping[str, str]]
) -> Nomination:
    """Ask once for all formal defects; conclusions made so far are set aside, as the dossier will change."""
    nomination = door.locked(nomination)
    if not requests:
        raise ReviewIncomplete(_("请至少指明一处需要补正的内容。"))
    due = calendar.due_after(clock.today(), nomination.round.rulebook.correction_days)
    listed = [dict(item) for item in requests]
    moved = door.take(
        nomination, "request_correction", by=by, requests=listed, due=due,
        payload={"requests": listed, "due": due.isoformat()},
    )  # fmt: skip
    _set_aside(moved)
    messages.correction_requested(moved)
    return moved


@door.act
def reinstate(nomination: Nomination, *, by: Actor, reason: str) -> Nomination:
    """A re-check was upheld: the dossier is screened again, by fresh conclusions. Taken with the re-check's answer."""
    moved = door.take(nomination, "reinstate", by=by, reason=reason)
    _set_aside(moved)
    return moved


def _set_aside(nomination: Nomination) -> None:
    standing_reviews(nomination).update(set_aside_at=clock.now())


def disqualify_overdue_corrections() -> int:
    """Disqualify what was not corrected in time; the number of dossiers. Safe to run twice, or at once."""
    done = 0
    for nomination in overdue_corrections():
        try:
            _disqualify_overdue(nomination, by=SYSTEM)
        except Refused:  # somebody corrected or withdrew it in the meantime: on the ledger, and nothing to do
            continue
        done += 1
    return done


@door.act
def _disqualify_overdue(nomination: Nomination, *, by: Actor) -> Nomination:
    reason = gettext("补正期限%(due)s已过，未提交补正。") % {"due": nomination.correction_due}
    return _disqualify(nomination, by, [], reason, {"due": str(nomination.correction_due)})

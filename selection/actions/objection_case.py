"""The inside of a case: its log, the candidate's statement, who steps aside, the one appeal, the days not yet counted."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from selection.actions import evidence
from selection.actions import objection as objections
from selection.messages import objection as messages
from selection.models import Appeal, DeclaredInterest, InvestigationNote, Objection
from selection.models.objection_days import (
    ADMIT_DAYS,
    APPEAL_DAYS,
    APPEAL_DECIDE_DAYS,
    EXTENDED_DAYS,
    INVESTIGATE_DAYS,
    REPLY_DAYS,
    STATEMENT_DAYS,
    due,
)
from selection.queries.objection import issues_for, may_note, objections_visible_to
from workflow import clock, crypto, door, kinds, ledger
from workflow.actor import Actor
from workflow.errors import NotPermitted, OutsideWindow, StepRefused
from workflow.machine import subject_of

NOTED = kinds.named("objection.noted", _("记录核查经过"))
STATED = kinds.named("objection.statement", _("人选陈述"))
ASIDE = kinds.named("objection.interest_declared", _("申明利害关系并回避"))
APPEALED = kinds.named("objection.appealed", _("申请复查"))


def _append(objection: Objection, kind: str, by: Actor, text: str = "") -> None:
    """What was written stays out of the ledger; that it was not altered can be proved."""
    payload = {"text": crypto.keyed_hash(text, "objection case")} if text else {}
    ledger.append(
        by, chain=objection.chain_key, kind=kind, subject=subject_of(objection),
        rules_version=objection.rules_version, payload=payload,
    )  # fmt: skip


@door.act
def note(objection: Objection, *, by: Actor, kind: str, text: str, form_key: str = "") -> InvestigationNote:
    """One line of the log, by somebody who investigates, with what was found."""
    row = door.locked(objection)
    if not may_note(row, by) or row.sides_with(by) or not isinstance(by, User):
        raise NotPermitted(_("只有核查人可以记录核查经过。"))
    made = InvestigationNote.objects.create(objection=row, kind=kind, text=text, by=by, at=clock.now())
    _append(row, NOTED, by, text)
    evidence.claim(row, by=by, form_key=form_key, source="investigation")
    return made


@door.act
def declare_interest(objection: Objection, *, by: Actor, reason: str) -> Objection:
    """A handler steps aside from everything against this nominee, and sees it no more."""
    row = objections_visible_to(by).filter(pk=objection.pk).first()
    if row is None or not isinstance(by, User):
        raise NotPermitted(_("只有经办该异议的人可以申明回避。"))
    row = door.locked(row)
    DeclaredInterest.objects.get_or_create(
        nomination=row.nomination, user=by, defaults={"reason": reason, "declared_at": clock.now()}
    )
    row.investigators.remove(by)
    _append(row, ASIDE, by, reason)
    messages.stood_aside(row)
    return row


@door.act
def give_statement(objection: Objection, *, by: Actor, text: str) -> Objection:
    """What the candidate says to the neutral issue, by the unit, once."""
    seen = issues_for(by).filter(pk=objection.pk).exists()
    if not seen or not isinstance(by, User):
        raise NotPermitted(_("只有人选所在单位可以提交陈述。"))
    row = door.locked(objection)
    if row.state != "admitted":
        raise OutsideWindow(_("该事项已经办结，不能再提交陈述。"))
    if row.statement_at is not None:
        raise StepRefused(_("陈述只能提交一次。"), code="statement_given")
    row.statement, row.statement_by, row.statement_at = text, by, clock.now()
    row.save(update_fields=["statement", "statement_by", "statement_at"])
    _append(row, STATED, by, text)
    messages.stated(row)
    return row


# The appeal ----------------------------------------------------------------------------------------------------------


@door.act
def appeal(objection: Objection, *, by: Actor, reason: str, form_key: str = "") -> Appeal:
    """Whoever objected in real name and holds the code asks once, within five working days, for another look."""
    row = door.locked(objection)
    _require_appealable(row)
    made = Appeal.objects.create(
        objection=row, reason=reason, before=row.state, before_partly=row.partly, before_conclusion=row.conclusion,
        lodged_at=clock.now(), decide_due=due(clock.today(), APPEAL_DECIDE_DAYS),
    )  # fmt: skip
    _append(row, APPEALED, by, reason)
    evidence.claim(row, by=by, form_key=form_key, source="appeal")
    messages.appealed(made)
    return made


def why_no_appeal(objection: Objection) -> Any:
    """Why another look cannot be asked for; empty if it can."""
    if objection.kind != Objection.Kind.REAL_NAME or objection.state not in (
        "inadmissible",
        "upheld",
        "dismissed",
    ):
        return _("实名异议作出处理后，可以申请复查一次。")
    if Appeal.objects.filter(objection_id=objection.pk).exists():
        return _("复查只能申请一次。")
    if objection.appeal_due is not None and clock.today() > objection.appeal_due:
        return _("申请复查的期限已过。")
    return ""


def _require_appealable(objection: Objection) -> None:
    why = why_no_appeal(objection)
    if why:
        raise OutsideWindow(why, code="no_appeal")


@door.act
def admit_appeal(appeal: Appeal, *, by: Actor, neutral_issue: str = "") -> Appeal:
    """Look again: the candidate is held anew."""
    case = door.locked(appeal.objection)
    issue = case.neutral_issue or neutral_issue.strip()
    if not issue:
        raise StepRefused(_("请写明告知人选的争议事项。"), code="no_issue")
    until = due(clock.today(), APPEAL_DECIDE_DAYS)
    row = door.take(appeal, "admit", by=by, decide_due=until)
    case = door.take(case, "reopen", by=by, neutral_issue=issue, at=clock.now(), conclude_due=until)
    messages.reopened(case)
    return row


@door.act
def refuse_appeal(appeal: Appeal, *, by: Actor, answer: str) -> Appeal:
    """There is nothing to look at again."""
    return door.take(appeal, "refuse", by=by, answer=answer, decided_by=by, at=clock.now())


@door.act
def uphold_appeal(
    appeal: Appeal, *, by: Actor, answer: str, outcome: str = "", material: bool = False
) -> Appeal:
    """The conclusion is changed to `outcome` (upheld, partly, dismissed); what was not admitted is now investigated."""
    case = door.locked(appeal.objection)
    row = door.locked(appeal)
    if row.before != "inadmissible":
        _require_change(row, outcome)
        if outcome == "dismissed":
            objections.dismiss(case, by=by, conclusion=answer, appealed_from=case.concluded_by)
        else:
            objections.uphold(
                case, by=by, conclusion=answer, partly=outcome == "partly", material=material,
                appealed_from=case.concluded_by,
            )  # fmt: skip
    return door.take(
        row, "uphold", by=by, payload={"outcome": outcome}, answer=answer, decided_by=by, at=clock.now()
    )


def _require_change(row: Appeal, outcome: str) -> None:
    before = "partly" if row.before == "upheld" and row.before_partly else row.before
    if outcome not in ("upheld", "partly", "dismissed") or outcome == before:
        raise StepRefused(_("请选择与原结论不同的结论；不改变结论的，办理“维持结论”。"), code="same_outcome")


@door.act
def dismiss_appeal(appeal: Appeal, *, by: Actor, answer: str) -> Appeal:
    """The conclusion stands."""
    case = door.locked(appeal.objection)
    row = door.locked(appeal)
    door.take(case, "restore", by=by, at=clock.now(), reply_due=due(clock.today(), REPLY_DAYS))
    messages.concluded(case)
    return door.take(row, "dismiss", by=by, answer=answer, decided_by=by, at=clock.now())


# Days that could not be counted when they began ----------------------------------------------------------------------

_OPEN: tuple[tuple[str, str, int, Q], ...] = (
    ("admit_due", "lodged_at", ADMIT_DAYS, Q(state="lodged")),
    ("conclude_due", "admitted_at", EXTENDED_DAYS, Q(state="admitted", extended_at__isnull=False)),
    ("conclude_due", "admitted_at", INVESTIGATE_DAYS, Q(state="admitted", extended_at=None)),
    ("statement_due", "admitted_at", STATEMENT_DAYS, Q(state="admitted")),
    ("reply_due", "decided_at", REPLY_DAYS, Q(state__in=("inadmissible", "upheld", "dismissed"), replied_at=None)),
    ("appeal_due", "decided_at", APPEAL_DAYS, Q(state__in=("inadmissible", "upheld", "dismissed"))),
)  # fmt: skip


def count_open_days() -> int:
    """A calendar has come: the days that waited for it are counted from when they began. Says how many."""
    found = 0
    for field, start, days, where in _OPEN:
        rows = Objection.objects.filter(where, **{f"{field}__isnull": True, f"{start}__isnull": False})
        found += _count(Objection, rows.annotate(start=F(start)), field, days)
    waiting = Appeal.objects.filter(state__in=("lodged", "admitted"), decide_due=None)
    return found + _count(Appeal, waiting.annotate(start=F("lodged_at")), "decide_due", APPEAL_DECIDE_DAYS)


def _count(model: Any, rows: Any, field: str, days: int) -> int:
    done = 0
    for pk, at in rows.values_list("pk", "start"):
        day = due(at.astimezone(clock.ZONE).date(), days)
        if day is not None:
            done += model.objects.filter(pk=pk, **{field: None}).update(**{field: day})
    return done

"""The meeting that fixes the proposed list from the ranking."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from hashlib import sha256

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from selection import policies
from selection.actions.ballot import require_passed
from selection.errors import CeilingReached, DeviationUnexplained, ListMismatch
from selection.messages import deliberation as messages
from selection.models import Nomination, Proposal, Round
from selection.models.deliberation import PassedOver
from selection.models.round import second_stage_held
from selection.queries.deliberation import Choice, choices, places_left
from selection.queries.reliability import report_of
from workflow import clock, door, kinds, ledger
from workflow.actor import Actor
from workflow.errors import NotPermitted, StepRefused
from workflow.machine import subject_of
from workflow.rules.chain import canonical
from workflow.wording import listed

SHORTEST_REASON = 10
FIXED = kinds.named("proposal.fixed", _("确定拟认定名单"))


@door.act
def propose_list(
    round: Round,
    *,
    by: Actor,
    minute_number: str,
    chosen: Collection[int],
    deviations: Mapping[int, str],
    note: str = "",
) -> Proposal:
    """Fix the list: every scored nominee is proposed or passed over, each departure from the ranking with its reason.

    `chosen` and the keys of `deviations` are primary keys of nominations. `note` is what the minutes say to the
    reliability report where that asks for a word.
    """
    row = _deliberating(round, by)
    door.hold(row.nominations.filter(state="scored"))
    rows = choices(row)
    _require_known(rows, chosen)
    if len(set(chosen)) > places_left(row):
        raise CeilingReached(_("拟认定人数超过本轮认定上限%(n)s人。") % {"n": row.rulebook.ceiling})
    _require_reasons(rows, chosen, deviations)
    _require_note(row, note)
    _require_scored(rows, chosen)
    require_passed(row, [choice.nomination for choice in rows if choice.nomination.pk in chosen])
    for choice in rows:
        reason = deviations.get(choice.nomination.pk, "").strip()
        if choice.nomination.pk in chosen:
            _propose(choice.nomination, by=by, deviation=reason)
        else:
            _pass_over(choice.nomination, by=by, why=_reason_class(choice), note=reason)
    proposal = _fix(row, by=by, minute_number=minute_number, note=note)
    messages.list_fixed(proposal)
    return proposal


def _deliberating(round_: Round, by: Actor) -> Round:
    """The round, locked, where this person may decide on its list."""
    row = door.locked(round_)
    if not policies.may_propose(row, by):
        raise NotPermitted(_("您的身份不能确定拟认定名单。"))
    if row.ballots.filter(state="open").exists():
        raise StepRefused(_("评审组表决尚未截止，不能确定拟认定名单。"), code="ballot_open")
    if row.state != "deliberation":
        raise StepRefused(_("本轮不在评议阶段，不能确定拟认定名单。"), code="wrong_state")
    if not second_stage_held(row):
        raise StepRefused(_("规则书规定的第二阶段评审尚未进行，不能确定名单。"), code="second_stage_due")
    return row


def _require_known(rows: list[Choice], chosen: Collection[int]) -> None:
    if not chosen:
        raise ListMismatch(_("拟认定名单不能为空。"))
    if set(chosen) - {choice.nomination.pk for choice in rows}:
        raise ListMismatch(_("名单中有人选不在已评分的范围内，请刷新后重新确定。"))


def _require_scored(rows: list[Choice], chosen: Collection[int]) -> None:
    """Nobody is proposed on fewer sheets than the rules ask for."""
    bare = [c.nomination.nominee.name for c in rows if c.result.score is None and c.nomination.pk in chosen]
    if bare:
        raise ListMismatch(
            _("有效评分表不足、没有正式得分的人选不能列入：%(names)s。") % {"names": listed(bare)}
        )


def _require_reasons(rows: list[Choice], chosen: Collection[int], deviations: Mapping[int, str]) -> None:
    bare = [
        choice.nomination.nominee.name
        for choice in rows
        if choice.suggested != (choice.nomination.pk in chosen)
        and len(deviations.get(choice.nomination.pk, "").strip()) < SHORTEST_REASON
    ]
    if bare:
        raise DeviationUnexplained(
            _("偏离名次的须逐人填写会议纪要载明的理由（不少于%(n)s个字）：%(names)s。")
            % {"n": SHORTEST_REASON, "names": listed(bare)}
        )


def _require_note(round_: Round, note: str) -> None:
    """The report decides nothing; but where it doubts the list, the minutes say why the meeting keeps to it."""
    if len(note.strip()) < SHORTEST_REASON and report_of(round_).asks_reason:
        raise DeviationUnexplained(
            _(
                "除去专家宽严后名单会有不同，或者名单内有人选的把握不足一半（见可靠性报告）："
                "请填写会议纪要载明的说明，不少于%(n)s个字。"
            )
            % {"n": SHORTEST_REASON},
            code="uncertainty_unexplained",
        )


def _reason_class(choice: Choice) -> PassedOver:
    return PassedOver.MEETING if choice.suggested else PassedOver(choice.why_not)


def _propose(nomination: Nomination, *, by: Actor, deviation: str) -> Nomination:
    return door.take(nomination, "propose", by=by, reason=deviation, deviation_reason=deviation)


def _pass_over(nomination: Nomination, *, by: Actor, why: PassedOver, note: str) -> Nomination:
    with translation.override(settings.LANGUAGE_CODE):  # what is kept is kept in the language of the file
        words = (
            gettext("%(class)s：%(note)s") % {"class": why.label, "note": note} if note else str(why.label)
        )
    return door.take(nomination, "pass_over", by=by, reason=words, payload={"class": why.value})


def _fix(round_: Round, *, by: Actor, minute_number: str, note: str) -> Proposal:
    """The row that names the minutes, and the digest of the list on the ledger."""
    note = note.strip()
    proposal = Proposal.objects.create(
        round=round_, minute_number=minute_number, fixed_at=clock.now(), fixed_by_id=by.id, note=note
    )
    codes = sorted(round_.nominations.filter(state="proposed").values_list("code", flat=True))
    digest = sha256(canonical({"round": round_.code, "proposed": codes})).hexdigest()
    ledger.append(
        by,
        chain=round_.chain_key,
        kind=FIXED,
        subject=subject_of(round_),
        rules_version=round_.rules_version,
        payload={"minute_number": minute_number, "proposed": codes, "digest": digest, "note": note},
    )
    return proposal


@door.act
def propose(
    nomination: Nomination, *, by: Actor, minute_number: str, deviation_reason: str = "", note: str = ""
) -> Nomination:
    """Propose one nominee; out of rank order only with a reason. The first one fixes the minutes of the list."""
    round_ = _deliberating(nomination.round, by)
    first = not round_.proposals.exists()
    if first:
        _require_note(round_, note)
    _explain_one(round_, nomination, deviation_reason, proposing=True)
    taken = _propose(nomination, by=by, deviation=deviation_reason.strip())
    if first:
        messages.list_fixed(_fix(round_, by=by, minute_number=minute_number, note=note))
    return taken


@door.act
def pass_over(nomination: Nomination, *, by: Actor, reason_class: str, reason: str = "") -> Nomination:
    """Leave one nominee off the list, with the class of the reason; someone within the ceiling only with words."""
    round_ = _deliberating(nomination.round, by)
    _explain_one(round_, nomination, reason, proposing=False)
    return _pass_over(nomination, by=by, why=PassedOver(reason_class), note=reason.strip())


def _explain_one(round_: Round, nomination: Nomination, words: str, *, proposing: bool) -> None:
    rows = [choice for choice in choices(round_) if choice.nomination.pk == nomination.pk]
    _require_reasons(rows, {nomination.pk} if proposing else set(), {nomination.pk: words})
    if proposing:
        _require_scored(rows, {nomination.pk})
        require_passed(round_, [nomination])

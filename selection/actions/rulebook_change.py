"""Rules that were announced are never edited: a change is proposed, seconded by another manager, approved by the leader,
and becomes a version of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from selection import policies
from selection.actions.round import stamp
from selection.errors import RulebookIncomplete
from selection.messages import rulebook_change as messages
from selection.models import Quota, Round, RulebookChange, RulebookVersion
from selection.queries.rulebook_change import CHANGEABLE, differences, open_change, why_not
from selection.rules.rulebook import Malformed, Rulebook
from workflow import calendar, clock, door, kinds, ledger
from workflow.actor import Actor
from workflow.errors import NotPermitted, StepRefused
from workflow.machine import subject_of

PROPOSED = kinds.named("rulebookchange.propose", _("提出规则修改"))
CORRECTED = kinds.named("round.correct_rulebook", _("规则书出新版本"))
SHORTEST_REASON = 10


@door.act
def propose(round_: Round, *, by: Actor, reason: str, content: Mapping[str, Any]) -> RulebookChange:
    """Ask for other rules than those announced: `content` is the whole rulebook as it shall be.

    Refused, with the sentence for each parameter, where somebody has relied on the old one already.
    """
    if not policies.may_manage_round(round_, by):
        raise NotPermitted(_("只有处室负责人可以提出规则修改。"))
    round_ = door.locked(round_)
    _require_running(round_)
    if len(reason.strip()) < SHORTEST_REASON:
        raise StepRefused(_("修改规则须填写理由，不少于10个字。"), code="reason_required")
    new = _whole(content)
    _require_changed(round_, new)
    _require_free(round_, round_.rulebook, new)
    version = round_.rulebook_version
    change = RulebookChange.objects.create(
        round=round_,
        base=version.version if version else 0,
        content=new.to_dict(),
        reason=reason.strip(),
        proposed_by=by if isinstance(by, User) else None,
        proposed_at=clock.now(),
    )
    payload = {"base": change.base, "reason": change.reason, "changes": _in_words(change)}
    ledger.append(
        by, chain=change.chain_key, kind=PROPOSED, subject=subject_of(change), role="manager",
        rules_version=round_.rules_version, payload=payload,
    )  # fmt: skip
    messages.proposed(change)
    return change


def _require_running(round_: Round) -> None:
    if round_.state not in CHANGEABLE:
        raise StepRefused(_("只有已启动、尚未公布的批次可以提出规则修改。"), code="wrong_state")
    if open_change(round_) is not None:
        raise StepRefused(_("本轮已有一项规则修改待批准，请先办结。"), code="change_standing")


def _whole(content: Mapping[str, Any]) -> Rulebook:
    try:
        new = Rulebook.from_dict(content)
    except Malformed as malformed:
        raise RulebookIncomplete(_("规则书中的%(field)s有误。") % {"field": malformed.field}) from malformed
    if new.faults(calendar_years=calendar.loaded_years()):
        raise RulebookIncomplete(_("修改后的规则书不完整，请先改好标红的各项。"))
    known = set(Organisation.objects.filter(code__in=new.grants).values_list("code", flat=True))
    if unknown := sorted(new.grants.keys() - known):
        raise RulebookIncomplete(_("推荐名额表中的%(code)s不是已登记的机构。") % {"code": unknown[0]})
    return new


def _require_changed(round_: Round, new: Rulebook) -> None:
    if new == round_.rulebook:
        raise StepRefused(_("没有改动任何一项。"), code="nothing_changed")


def _require_free(round_: Round, old: Rulebook, new: Rulebook) -> None:
    if sentences := why_not(round_, old, new):
        raise StepRefused(" ".join(sentences), code="relied_on")


def _in_words(change: RulebookChange) -> list[dict[str, str]]:
    found = differences(change.before, change.after)
    return [{"parameter": row.name, "label": str(row.label), "old": row.old, "new": row.new} for row in found]


@door.act
def second(change: RulebookChange, *, by: Actor) -> RulebookChange:
    """Another manager agrees; the leader decides next."""
    door.locked(change.round)
    moved = door.take(
        change, "second", by=by, person=_person(by), at=clock.now(), payload={"base": change.base}
    )
    _require_free(moved.round, moved.before, moved.after)
    messages.seconded(moved)
    return moved


@door.act
def approve(change: RulebookChange, *, by: Actor) -> RulebookChange:
    """Put the new version in force. What may have been relied on since it was proposed is asked for once more."""
    round_ = door.locked(change.round)
    door.hold(Quota.objects.filter(round=round_))
    number = change.base + 1
    moved = door.take(
        change, "approve", by=by, person=_person(by), at=clock.now(), version=number, payload={"version": number}
    )  # fmt: skip
    new = _whole(moved.content)
    _require_free(round_, moved.before, new)
    version = RulebookVersion.objects.create(
        round=round_, version=number, content=moved.content, digest=new.digest(), frozen_at=clock.now()
    )
    round_.closes_at = new.closes_at
    round_.save(update_fields=["closes_at"])
    stamp(round_, version)
    _give_quotas_anew(round_, new)
    ledger.append(
        by, chain=round_.chain_key, kind=CORRECTED, subject=subject_of(round_), role="leader",
        rules_version=round_.rules_version,
        payload={"version": number, "rulebook": version.digest, "reason": moved.reason, "changes": _in_words(moved)},
    )  # fmt: skip
    messages.approved(moved)
    return moved


def _give_quotas_anew(round_: Round, rules: Rulebook) -> None:
    """The rows that nominations lock, as the new version has them; none is taken away on which somebody stands."""
    wanted = {(code, kind): n for code, row in rules.grants.items() for kind, n in row.items() if n}
    offices = {row.code: row for row in Organisation.objects.filter(code__in=rules.grants)}
    present = {(row.nominator.code, row.category): row for row in round_.quotas.select_related("nominator")}
    for key, row in present.items():
        if row.places != wanted.get(key, 0):
            row.places = wanted.get(key, 0)
            row.save(update_fields=["places"])
    Quota.objects.bulk_create(
        Quota(round=round_, nominator=offices[code], category=kind, places=n)
        for (code, kind), n in sorted(wanted.items())
        if (code, kind) not in present
    )


@door.act
def decline(change: RulebookChange, *, by: Actor, reason: str) -> RulebookChange:
    """Leave the rules as they are, with the reason."""
    moved = door.take(
        change, "decline", by=by, reason=reason, person=_person(by), at=clock.now(), remark=reason.strip()
    )
    messages.declined(moved)
    return moved


@door.act
def withdraw(change: RulebookChange, *, by: Actor) -> RulebookChange:
    """Take the proposal back."""
    return door.take(change, "withdraw", by=by)


def _person(by: Actor) -> User | None:
    return by if isinstance(by, User) else None

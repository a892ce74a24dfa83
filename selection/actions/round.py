"""A round from its draft to its closing, and its end."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from selection import policies
from selection.errors import RulebookIncomplete
from selection.messages import round as messages
from selection.models import Quota, Round, RulebookVersion
from selection.queries.round import rounds_past_closing
from selection.rules.rulebook import DEFAULT_RULEBOOK, Rulebook
from workflow import clock, door, ledger
from workflow.actor import SYSTEM, Actor
from workflow.errors import NotPermitted, Refused, StepRefused
from workflow.machine import subject_of

ledger.LABELS |= {
    "round.create": _("建立批次"),
    "round.edit": _("修改批次资料"),
    "round.save_rulebook": _("保存规则书"),
}


@door.act
def create(
    *,
    by: Actor,
    code: str,
    title: str,
    organiser: str,
    document_prefix: str,
    title_en: str = "",
    call: str = "",
) -> Round:
    """A new round in draft, with the default rules as the first version of its rulebook."""
    _require_manager(None, by)
    if Round.objects.filter(code=code).exists():
        raise StepRefused(_("编号%(code)s已被其他批次使用。") % {"code": code}, code="code_taken")
    round_ = Round.objects.create(
        code=code,
        title=title,
        title_en=title_en,
        organiser=organiser,
        document_prefix=document_prefix,
        call=call,
    )
    stamp(round_, RulebookVersion.objects.create(round=round_, content=copy.deepcopy(DEFAULT_RULEBOOK)))
    _record(round_, "create", by, {"title": title})
    return round_


@door.act
def edit(
    round_: Round,
    *,
    by: Actor,
    title: str,
    organiser: str,
    document_prefix: str,
    title_en: str = "",
    call: str = "",
) -> Round:
    """Change the title, the organiser or the text of the call of a round in draft."""
    round_ = _draft(round_, by)
    changes = {
        "title": title,
        "title_en": title_en,
        "organiser": organiser,
        "document_prefix": document_prefix,
        "call": call,
    }
    for name, value in changes.items():
        setattr(round_, name, value)
    round_.save(update_fields=list(changes))
    _record(round_, "edit", by, {"title": title})
    return round_


@door.act
def save_rulebook(round_: Round, *, by: Actor, content: Mapping[str, Any]) -> RulebookVersion:
    """Keep the rules of a round in draft, finished or not; what they lack is said by `Round.rulebook_faults`."""
    round_ = _draft(round_, by)
    version = round_.rulebook_versions.select_for_update().order_by("-version").first()
    if version is None:
        version = RulebookVersion(round=round_)
    version.content = dict(content)
    version.save()
    stamp(round_, version)
    _record(round_, "save_rulebook", by, {"version": version.version, "content": version.content})
    return version


@door.act
def announce(round_: Round, *, by: Actor) -> Round:
    """Freeze the rules under their digest, give out the quotas, publish the call and tell whoever it concerns."""
    round_ = door.locked(round_)
    rules = None if round_.rulebook_faults else round_.rulebook
    digest = rules.digest() if rules else ""
    moved = door.take(
        round_,
        "announce",
        by=by,
        at=clock.now(),
        closes_at=rules.closes_at if rules else None,
        payload={"rulebook": digest, "version": _version_number(round_)},
    )
    if rules is None:  # the door has refused by now
        raise RulebookIncomplete(_("规则书尚不完整，请先补齐标红的各项。"))
    _freeze(moved, digest)
    _give_quotas(moved, rules)
    messages.announced(moved)
    return moved


def _freeze(round_: Round, digest: str) -> None:
    version = round_.rulebook_versions.order_by("-version")[0]
    version.digest, version.frozen_at = digest, clock.now()
    version.save(update_fields=["digest", "frozen_at"])
    stamp(round_, version)


def stamp(round_: Round, version: RulebookVersion) -> None:
    """Name the newest rules on the round's row."""
    round_.rulebook_stamp = version.stamp
    round_.save(update_fields=["rulebook_stamp"])
    round_.__dict__.pop("rulebook_version", None)


def _version_number(round_: Round) -> int:
    return round_.rulebook_version.version if round_.rulebook_version else 0


def _give_quotas(round_: Round, rules: Rulebook) -> None:
    wanted = {code: row for code, row in rules.grants.items() if any(row.values())}
    known = {row.code: row for row in Organisation.objects.filter(code__in=wanted)}
    if unknown := sorted(wanted.keys() - known.keys()):
        raise RulebookIncomplete(_("推荐名额表中的%(code)s不是已登记的机构。") % {"code": unknown[0]})
    Quota.objects.bulk_create(
        Quota(round=round_, nominator=known[code], category=category, places=places)
        for code, row in sorted(wanted.items())
        for category, places in sorted(row.items())
        if places
    )


@door.act
def close(round_: Round, *, by: Actor) -> Round:
    """Take no more dossiers; never before the closing time."""
    moved = door.take(round_, "close", by=by)
    messages.closed(moved)
    return moved


def close_due_rounds() -> int:
    """Close every open round whose closing time has come; the number closed. Safe to run twice, or at once."""
    closed = 0
    for round_ in rounds_past_closing():
        try:
            close(round_, by=SYSTEM)
        except Refused:  # somebody closed or cancelled it in the meantime: on the ledger, and nothing to do
            continue
        closed += 1
    return closed


@door.act
def cancel(round_: Round, *, by: Actor, reason: str) -> Round:
    """End the round without a result."""
    moved = door.take(round_, "cancel", by=by, reason=reason)
    messages.cancelled(moved, reason)
    return moved


@door.act
def archive(round_: Round, *, by: Actor) -> Round:
    """Close the file of a published round."""
    return door.take(round_, "archive", by=by)


def _require_manager(round_: Round | None, by: Actor) -> None:
    if not policies.may_manage_round(round_, by):
        raise NotPermitted(_("只有处室负责人可以建立和修改批次。"))


def _draft(round_: Round, by: Actor) -> Round:
    """The locked row of a round that may still be changed, by who may change it."""
    _require_manager(round_, by)
    round_ = door.locked(round_)
    if round_.state != Round.State.DRAFT:
        raise StepRefused(_("本轮已启动，规则书和批次资料不能再改。"), code="wrong_state")
    return round_


def _record(round_: Round, what: str, by: Actor, payload: Mapping[str, Any]) -> None:
    ledger.append(
        by,
        chain=round_.chain_key,
        kind=f"round.{what}",
        subject=subject_of(round_),
        payload=payload,
        role="manager",
    )

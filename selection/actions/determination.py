"""The decision: drafted, confirmed with everything it makes, published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from selection.errors import ListMismatch
from selection.messages import determination as messages
from selection.models import Determination, LeftOut, Nomination, Recognition, Round
from selection.models.nomination import plain_name
from selection.queries.determination import (
    exceptions_of,
    list_digest,
    list_lines,
    recognised_digest,
    to_decide,
    to_recognise,
)
from selection.rules.eligibility import passes_on
from selection.rules.roll import certificate_number, document_number, printed_name
from workflow import clock, door, kinds, ledger
from workflow.actor import Actor
from workflow.errors import NotPermitted, StepRefused
from workflow.machine import subject_of

DRAFTED = kinds.named("determination.drafted", _("拟写认定决定"))
SHORTEST_REASON = 10


@dataclass(frozen=True)
class Exempt:
    """A cleared nominee whom the meeting leaves out: why, and under which number the minutes say so."""

    nomination: Nomination
    reason: str
    minute_number: str = ""  # that of the decision where it is empty


@door.act
def draft(
    round: Round,
    *,
    by: Actor,
    serial: int,
    title: str,
    minute_number: str,
    exceptions: Sequence[Exempt] = (),
) -> Determination:
    """Draft the decision under its document number, 代字〔year〕serial号: the cleared, minus the minuted exceptions."""
    row = door.locked(round)
    if not by.holds(Role.MANAGER):
        raise NotPermitted(_("您的身份不能拟写认定决定。"))
    if row.historical or row.state not in ("determination", "published"):
        raise StepRefused(_("本轮公示尚未结束，不能拟写认定决定。"), code="wrong_state")
    if row.determinations.filter(state="drafted").exists():
        raise StepRefused(_("本轮已有一份未决定的拟稿。"), code="draft_exists")
    number = document_number(row.document_prefix, clock.today().year, serial)
    determination = _create(row, number, title, minute_number, by)
    _leave_out(determination, exceptions)
    determination.drafted_digest = list_digest(row, to_decide(determination))
    determination.save(update_fields=["drafted_digest"])
    ledger.append(
        by, chain=row.chain_key, kind=DRAFTED, subject=subject_of(determination), rules_version=row.rules_version,
        payload={
            "document_number": number, "minute_number": minute_number, "digest": determination.drafted_digest,
            "exceptions": _as_payload(determination),
        },
    )  # fmt: skip
    messages.to_confirm(determination)
    return determination


def _leave_out(determination: Determination, exceptions: Sequence[Exempt]) -> None:
    """Only somebody who would be recognised can be left out, and never without a reason."""
    free = {nomination.pk for nomination in to_recognise(determination.round)}
    for found in exceptions:
        if found.nomination.pk not in free:
            raise StepRefused(
                _("%(name)s不在可以认定的人选之内，不必另作说明。") % {"name": found.nomination.nominee.name},
                code="not_cleared",
            )
        if len(found.reason.strip()) < SHORTEST_REASON:
            raise StepRefused(
                _("不列入%(name)s须写明理由，不少于10个字。") % {"name": found.nomination.nominee.name},
                code="reason_required",
            )
        LeftOut.objects.create(
            determination=determination,
            nomination=found.nomination,
            reason=found.reason.strip(),
            minute_number=found.minute_number.strip() or determination.minute_number,
        )


def _as_payload(determination: Determination) -> list[dict[str, str]]:
    return [
        {"code": out.nomination.code, "reason": out.reason, "minute_number": out.minute_number}
        for out in exceptions_of(determination)
    ]


def _create(round_: Round, number: str, title: str, minute_number: str, by: Actor) -> Determination:
    try:
        with transaction.atomic():
            return Determination.objects.create(
                round=round_,
                document_number=number,
                title=title,
                minute_number=minute_number,
                drafted_by_id=by.id,
            )
    except IntegrityError as taken:
        words = _("发文字号%(number)s已经用过，请核对序号。") % {"number": number}
        raise StepRefused(words, code="number_taken") from taken


@door.act
def confirm(determination: Determination, *, by: Actor) -> Determination:
    """Decide: everyone cleared, not held and not left out is recognised and gets a certificate, in one act."""
    row = door.locked(determination)
    door.hold(row.round.nominations.filter(state="cleared"))
    ledger.queue_up(ledger.OFFICE)  # certificates are numbered through all rounds of the year
    nominations = to_decide(row)
    digest = list_digest(row.round, nominations)
    payload = {
        "digest": digest, "list": sorted(n.code for n in nominations), "number": row.document_number,
        "minute_number": row.minute_number, "exceptions": _as_payload(row), "lines": list_lines(nominations),
        "changed_since_draft": digest != row.drafted_digest,
    }  # fmt: skip
    row = door.take(row, "confirm", by=by, payload=payload, digest=digest, at=clock.now())
    first = (row.round.recognitions.aggregate(last=Max("ordinal"))["last"] or 0) + 1
    serial = _next_serial(clock.today().year)
    for offset, nomination in enumerate(nominations):
        _recognise(row, nomination, by, ordinal=first + offset, serial=serial + offset)
    ledger.publish_heads(by, occasion=f"determination {row.document_number}")
    messages.decided(row, nominations)
    return row


def _next_serial(year: int) -> int:
    prefix = certificate_number(year, 0).rpartition("〕")[0] + "〕"
    used = Recognition.objects.filter(certificate_number__startswith=prefix)
    serials = [
        int(number.removeprefix(prefix))
        for number in used.values_list("certificate_number", flat=True)
        if number
    ]
    return max(serials, default=0) + 1


def _recognise(
    determination: Determination, nomination: Nomination, by: Actor, *, ordinal: int, serial: int
) -> Recognition:
    """The title with its line of the list and its certificate: the ledger names both."""
    today: date = clock.today()
    certificate = certificate_number(today.year, serial)
    expires_on = passes_on(today, determination.round.rulebook.management_years)
    nomination = door.take(
        nomination, "recognise", by=by,
        payload={
            "document_number": determination.document_number, "ordinal": ordinal,
            "certificate_number": certificate, "expires_on": expires_on,
        },
    )  # fmt: skip
    name = nomination.nominee.name
    return Recognition.objects.create(
        round=determination.round,
        nomination=nomination,
        nominee=nomination.nominee,
        determination=determination,
        ordinal=ordinal,
        name=printed_name(name),
        name_key=plain_name(name),
        affiliations=nomination.affiliations,
        certificate_number=certificate,
        recognised_on=today,
        expires_on=expires_on,
    )


@door.act
def publish(round: Round, *, by: Actor) -> Round:
    """Publish the result: what is published is what was decided."""
    row = door.locked(round)
    decided = row.determinations.filter(state="confirmed", published_on=None)
    for determination in decided:
        _require_as_decided(determination)
    row = door.take(row, "publish", by=by, on=clock.today())
    decided.update(published_on=clock.today())
    ledger.publish_heads(by, occasion=f"result {row.code}")
    messages.published(row)
    return row


@door.act
def publish_supplement(determination: Determination, *, by: Actor) -> Determination:
    """Publish a decision that was taken after the result: its people join the public list only now."""
    row = door.locked(determination)
    if row.published_on is None and row.state == "confirmed":
        _require_as_decided(row)
    row = door.take(row, "publish", by=by, on=clock.today(), payload={"digest": row.list_digest})
    ledger.publish_heads(by, occasion=f"result {row.document_number}")
    messages.supplemented(row)
    return row


@door.act
def lapse(nomination: Nomination, *, by: Actor, reason: str) -> Nomination:
    """Whoever was held or left out when the result was published, and is not recognised after all."""
    row = door.take(nomination, "lapse", by=by, reason=reason)
    messages.lapsed(row)
    return row


def _require_as_decided(determination: Determination) -> None:
    if recognised_digest(determination) != determination.list_digest:
        raise ListMismatch(
            _("认定名单与%(number)s决定时的摘要不一致，不能公布。")
            % {"number": determination.document_number}
        )

"""What is done with a studio."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError
from django.db.models import Max
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from accounts.roles import Role
from selection.models import Recognition
from selection.rules.eligibility import passes_on
from studios.actions import agreement as versions
from studios.actions import grant, plan, report
from studios.actions.budget import plan_budget
from studios.errors import NotALead, NumberTaken
from studios.messages import studio as messages
from studios.models import Agreement, Instalment, Studio
from studios.models.programme import in_force
from studios.queries import studio as queries
from studios.rules.clauses import numbered
from studios.rules.money import split_award
from workflow import clock, door, ledger
from workflow.actor import SYSTEM, Actor
from workflow.machine import subject_of

CANCELLED_WITH_STUDIO = "工作室终止，未付资金取消：%s"
CANCELLED_AT_THE_END = "管理期届满结项，尚未申请的资金取消。"


def establish_due_studios() -> int:
    """A studio for every published recognition without one, each in its own act; how many were made."""
    due = list(queries.due_recognitions())
    return sum(establish(recognition, by=SYSTEM) is not None for recognition in due)


@door.act
def establish(recognition: Recognition, *, by: Actor) -> Studio | None:
    """Make the studio of a recognised talent; None if it has one by now."""
    Recognition.objects.select_for_update().get(pk=recognition.pk)
    row = queries.due_recognitions().filter(pk=recognition.pk).first()
    if row is None or row.nomination is None:
        return None
    nomination = row.nomination
    in_city = nomination.nominator.kind == Organisation.Kind.CITY
    studio = Studio.objects.create(
        recognition=row,
        name=f"{row.name_key}社会工作领军人才工作室",
        host=nomination.unit,
        city=nomination.nominator if in_city else None,
        county=nomination.county,
    )
    payload = {"recognition": subject_of(row), "host": nomination.unit.name, "to": studio.state}
    ledger.append(
        by, chain=studio.chain_key, kind="studio.establish", subject=subject_of(studio), payload=payload
    )
    plan.begin(studio)
    messages.established(studio)
    return studio


@door.act
def name_lead(studio: Studio, *, by: Actor, lead: User) -> Studio:
    """Say which account acts for the talent."""
    if not (lead.is_active and lead.holds(Role.STUDIO_LEAD)):
        raise NotALead(_("%(name)s的账号没有“领军人才”角色，或已停用。") % {"name": lead.name})
    moved = door.take(
        studio, "name_lead", by=by, lead=lead, payload={"lead": lead.name, "account": lead.username}
    )
    messages.lead_named(moved, lead, by=by)
    return moved


@door.act
def agree(
    studio: Studio,
    *,
    by: Actor,
    number: str,
    award: Decimal,
    signed_on: date,
    signed_by_province: str,
    signed_by_host: str,
    signed_by_talent: str,
    site: str,
    goals: str,
) -> Studio:
    """Record the agreement of the three parties and plan its instalments, which sum to the award exactly."""
    shares = studio.recognition.round.rulebook.instalment_shares
    amounts = split_award(award, shares)
    door.hold(studio.agreement_versions.filter(state="drafted"))
    moved = door.take(
        studio,
        "agree",
        by=by,
        site=site,
        goals=goals,
        ends_on=term_end(studio.recognition, signed_on),
        payload={
            "agreement": number,
            "award": str(award),
            "instalments": [str(amount) for amount in amounts],
        },
    )
    agreement = _record(
        studio=moved,
        number=number,
        award=award,
        shares=list(shares),
        signed_on=signed_on,
        signed_by_province=signed_by_province,
        signed_by_host=signed_by_host,
        signed_by_talent=signed_by_talent,
        recorded_by=by,
        programme=in_force(),
    )
    _plan_instalments(moved, amounts)
    plan_budget(moved)
    versions.enter_into_force(agreement, by=by)
    messages.agreed(moved, agreement, len(amounts), by=by)
    return moved


def term_end(recognition: Recognition, signed_on: date) -> date:
    """When the management period is over: as the recognition says, else the rulebook's years from its day."""
    years = recognition.round.rulebook.management_years
    return recognition.expires_on or passes_on(recognition.recognised_on or signed_on, years)


def _record(*, number: str, **facts: Any) -> Agreement:
    try:
        return Agreement.objects.create(number=number, **facts)
    except IntegrityError as clash:
        raise NumberTaken(_("协议编号%(number)s已用于其他工作室。") % {"number": number}) from clash


def _plan_instalments(studio: Studio, amounts: Sequence[Decimal]) -> None:
    Instalment.objects.bulk_create(
        Instalment(studio=studio, number=number, amount=amount)
        for number, amount in enumerate(amounts, start=1)
    )


@door.act
def activate(studio: Studio, *, by: Actor) -> Studio:
    """Let the studio begin, with the reports of its first year."""
    moved = door.take(studio, "activate", by=by, day=clock.today())
    _give_plaque(moved, by)
    report.plan(moved, by=by)
    messages.moved(moved, "activate", by=by)
    return moved


def _give_plaque(studio: Studio, by: Actor) -> None:
    """The next number of the year. Whoever holds the chain's end is alone: no number is given twice."""
    if studio.plaque_number:
        return
    year = clock.today().year
    last = Studio.objects.filter(plaque_year=year).aggregate(n=Max("plaque_serial"))["n"] or 0
    studio.plaque_year, studio.plaque_serial = year, last + 1
    studio.plaque_number = numbered(studio.programme.plaque_pattern, year, last + 1)
    studio.save(update_fields=["plaque_year", "plaque_serial", "plaque_number"])
    payload = {"plaque": studio.plaque_number}
    ledger.append(
        by, chain=studio.chain_key, kind="studio.plaque", subject=subject_of(studio), payload=payload
    )


@door.act
def require_rectification(studio: Studio, *, by: Actor, reason: str) -> Studio:
    """Ask for something to be put right; payments stop meanwhile."""
    return _move(studio, "require_rectification", by, reason)


@door.act
def accept_rectification(studio: Studio, *, by: Actor, reason: str) -> Studio:
    """What was asked for is put right."""
    return _move(studio, "accept_rectification", by, reason)


@door.act
def suspend(studio: Studio, *, by: Actor, reason: str) -> Studio:
    """Stop the studio for a time."""
    return _move(studio, "suspend", by, reason)


@door.act
def resume(studio: Studio, *, by: Actor, reason: str) -> Studio:
    """Let a suspended studio go on."""
    return _move(studio, "resume", by, reason)


@door.act
def change_host(studio: Studio, *, by: Actor, host: Organisation, reason: str) -> Studio:
    """Another unit is host from now on; the agreement is amended apart."""
    before = studio.host.name
    payload = {"host": [before, host.name]}
    moved = door.take(studio, "change_host", by=by, host=host, reason=reason, payload=payload)
    words = {"before": before, "now": host.name, "reason": reason}
    messages.moved(
        moved, "change_host", by=by, reason=gettext("由%(before)s变更为%(now)s。%(reason)s") % words
    )
    return moved


@door.act
def conclude(studio: Studio, *, by: Actor) -> Studio:
    """End the studio with its term; what of the award was never asked for is cancelled in the same act."""
    row = door.locked(studio)
    door.hold(row.instalments.all())
    moved = door.take(row, "conclude", by=by)
    grant.cancel_unpaid(moved, by=by, reason=CANCELLED_AT_THE_END)
    messages.moved(moved, "conclude", by=by)
    return moved


@door.act
def terminate(studio: Studio, *, by: Actor, reason: str) -> Studio:
    """End the studio before its term; what is unpaid is cancelled in the same act."""
    row = door.locked(studio)
    door.hold(row.instalments.all())
    moved = door.take(row, "terminate", by=by, reason=reason)
    grant.cancel_unpaid(moved, by=by, reason=CANCELLED_WITH_STUDIO % reason)
    messages.moved(moved, "terminate", by=by, reason=reason)
    return moved


def _move(studio: Studio, step: str, by: Actor, reason: str = "") -> Studio:
    moved = door.take(studio, step, by=by, reason=reason)
    messages.moved(moved, step, by=by, reason=reason)
    return moved

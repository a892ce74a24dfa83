"""A dossier from its first line to the nomination, its correction, its withdrawal and its revocation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from accounts.roles import Role
from selection import policies
from selection.actions.dossier import begin, require_unbarred, take_version
from selection.actions.dossier import save_section as save_section
from selection.actions.dossier import sign as sign
from selection.actions.nominee import rename
from selection.errors import QuotaExceeded, SecondRoute
from selection.messages import nomination as messages
from selection.models import Nomination, Nominee, Quota, Recognition, Round
from selection.models.attachment_kinds import (
    ORIGINALS,
    REQUIRED_ORIGINALS,
    field_of,
    kinds_asked,
    missing_originals,
)
from selection.models.dossier import write_rows
from selection.models.nomination import ROW_PARTS, plain_name
from selection.models.nomination_guards import (
    is_open,
    no_place,
    office_held,
    officer_sentence,
    places_used,
    why_closed,
)
from selection.queries import attachment as attachments
from selection.queries.dossier import ASKABLE, label_of, shown, shown_value
from selection.queries.dossier_versions import digest, snapshot
from selection.queries.nomination import Way, nominees_of, ways_of
from selection.rules.eligibility import valid_id_number
from workflow import clock, door, ledger
from workflow.actor import Actor
from workflow.errors import NotPermitted, OutsideWindow, StepRefused
from workflow.machine import subject_of
from workflow.wording import listed

ledger.LABELS |= {"nomination.create": _("建立申报")}

ENDED = (Nomination.State.WITHDRAWN, Nomination.State.DECLINED)


# The unit ------------------------------------------------------------------------------------------------------------


@door.act
def create(
    round_: Round,
    *,
    by: Actor,
    name: str,
    id_number: str,
    route: str,
    answers: Mapping[str, Any] | None = None,
    category: str = "",
) -> Nomination:
    """A dossier in draft for this person in this round. Born date and gender come from the identity number; the
    `answers` on eligibility, asked before anything long, stand in it already.

    Raises `SecondRoute` where the person stands in the round already, without telling where.
    """
    if not by.holds(Role.UNIT_CLERK) or by.organisation_id is None:
        raise NotPermitted(_("只有用人单位经办可以建立申报。"))
    round_ = door.locked(round_)  # dossiers of one round are numbered one after another
    if not is_open(round_):
        raise OutsideWindow(why_closed(round_))
    unit = Organisation.objects.select_related("parent__parent").get(pk=by.organisation_id)
    way = _way(unit, route)
    _require_category(round_, category)
    nominee = _nominee(name, id_number, round_, by)
    require_unbarred(nominee, round_, way.nominator.pk)
    if office_held(way.nominator, nominee):
        raise StepRefused(officer_sentence(way.nominator, nominee), code="officer_of_nominator")
    nomination = Nomination.objects.create(
        round=round_,
        code=_next_code(round_),
        nominee=nominee,
        route=route,
        category=category,
        unit=unit,
        county=way.county,
        nominator=way.nominator,
        born_on=born_on(nominee.id_number),
        gender=_gender(nominee.id_number),
        created_by=by if isinstance(by, User) else None,
        created_at=clock.now(),
    )
    begin(nomination, answers or {})
    _record(
        nomination,
        "create",
        by,
        {"route": route, "unit": unit.name, "nominator": way.nominator.name, "category": category},
    )
    return nomination


def _way(unit: Organisation, route: str) -> Way:
    way = ways_of(unit).get(route)
    if way is None:
        raise StepRefused(_("本单位不能走该推荐渠道。"), code="no_such_route")
    return way


def _require_category(round_: Round, category: str) -> None:
    """A category of the round's rulebook; it may be chosen later, and where there is but one none is chosen."""
    if category and category not in dict(round_.categories):
        raise StepRefused(_("本轮没有“%(code)s”这一推荐类别。") % {"code": category}, code="no_such_category")


@door.act
def choose_category(nomination: Nomination, *, by: Actor, category: str) -> Nomination:
    """Say on which of the nominator's places the nominee is to stand, while the dossier lies with the unit."""
    if not category:
        raise StepRefused(_("请选择推荐类别。"), code="no_such_category")
    _require_category(nomination.round, category)
    return door.take(nomination, "choose_category", by=by, category=category, payload={"category": category})


def _nominee(name: str, id_number: str, round_: Round, by: Actor) -> Nominee:
    number = id_number.strip().upper()
    if not valid_id_number(number):
        raise StepRefused(_("身份证号有误，请核对18位号码。"), code="bad_id_number")
    known, new = Nominee.objects.get_or_create(
        person_key=Nominee.key_of(number),
        defaults={"id_number": number, "name": name.strip(), "name_key": plain_name(name)},
    )
    if new:
        return known
    if round_.nominations.filter(nominee=known).exclude(state__in=ENDED).exists():
        raise SecondRoute(_("该人选在本轮已有申报，同一人在一轮中只能通过一个渠道申报一次。"))
    require_unbarred(known, round_)
    return _named(known, name, round_, by)


def _named(known: Nominee, name: str, round_: Round, by: Actor) -> Nominee:
    """The person under the name typed, as long as no office has seen the other one."""
    if known.name_key == plain_name(name):
        return known
    if known.nominations.filter(submitted_at__isnull=False).exists():
        raise StepRefused(_("姓名与身份证号不符，请核对后再填写。"), code="name_mismatch")
    rename(known, name, round_=round_, by=by)
    return known


def _next_code(round_: Round) -> str:
    year = (round_.announced_at or clock.now()).astimezone(clock.ZONE).year
    return f"{year}-{round_.nominations.count() + 1:04d}"


def born_on(id_number: str) -> date:
    """The birth date within an identity number."""
    return date(int(id_number[6:10]), int(id_number[10:12]), int(id_number[12:14]))


def _gender(id_number: str) -> str:
    odd = int(id_number[16]) % 2
    return Nomination.Gender.MALE if odd else Nomination.Gender.FEMALE


@door.act
def submit(nomination: Nomination, *, by: Actor) -> Nomination:
    """Send the dossier to its first desk, under the digest of what was sent."""
    row = door.locked(nomination)
    sent = digest(snapshot(row))
    moved = door.take(row, "submit", by=by, at=clock.now(), payload={"dossier": sent})
    take_version(moved, "submit", by=by)
    messages.submitted(moved)
    return moved


@door.act
def correct(nomination: Nomination, *, by: Actor, values: Mapping[str, Any]) -> Nomination:
    """Hand in the correction: the fields asked for and no other, old and new on the record, the phone masked."""
    row = door.locked(nomination)
    asked = [request["field"] for request in row.requests]
    if stray := sorted(set(values) - set(asked)):
        raise StepRefused(_("只能补正所要求的栏目。"), code=f"not_asked:{stray[0]}")
    changes = {name: [shown(row, name), shown_value(name, values[name])] for name in values}
    changes |= _files_replaced(row)
    for part in ROW_PARTS.keys() & values.keys():
        write_rows(row, part, values[part])
    row.save(update_fields=["title"])
    payload = {"changes": changes, "nominator": row.nominator.name, "told": officers_told(row)}
    moved = door.take(nomination, "correct", by=by, values=dict(values), payload=payload)
    take_version(moved, "correct", by=by)
    if moved.missing_fields:
        raise StepRefused(_("补正后仍有必填栏目为空。"), code="incomplete")
    messages.corrected(moved)
    return moved


def _files_replaced(nomination: Nomination) -> dict[str, list[str]]:
    """The files of each kind asked for, before and now, by number and digest; refused where nothing new has come."""
    if lacking := attachments.unreplaced(nomination):
        names = listed(label_of(field_of(kind)) for kind in lacking)
        raise StepRefused(_("请先上传要求补正的附件：%(kinds)s。") % {"kinds": names}, code="not_replaced")
    found = {}
    for kind in kinds_asked(nomination):
        old, new = attachments.replaced(nomination, kind)
        present = [row for row in (*old, *new) if row.removed_at is None]
        found[field_of(kind)] = [_numbered(old), _numbered(present)]
    return found


def _numbered(rows: Iterable[Any]) -> str:
    return listed(f"{row.number} · {row.sha256[:12]}" for row in rows)


# The offices ---------------------------------------------------------------------------------------------------------


@door.act
def endorse(
    nomination: Nomination,
    *,
    by: Actor,
    opinion: str,
    originals_checked: bool = False,
    originals: Iterable[str] = (),
) -> Nomination:
    """The county agrees, having seen the originals named (`originals_checked`: all that are needed), and passes it on."""
    seen = _seen(originals_checked, originals)
    moved = door.take(
        nomination,
        "endorse",
        by=by,
        opinion=opinion,
        originals=seen,
        payload={"opinion": opinion, "originals": seen},
    )
    _require_originals(moved)
    messages.endorsed(moved)
    return moved


@door.act
def return_for_completion(
    nomination: Nomination, *, by: Actor, requests: Iterable[Mapping[str, str]]
) -> Nomination:
    """Give the dossier back, with the reason at each field."""
    asked = [{"field": row["field"], "reason": row["reason"].strip()} for row in requests]
    if not asked or any(row["field"] not in ASKABLE or not row["reason"] for row in asked):
        raise StepRefused(_("请至少在一个栏目写明需要补充的内容。"), code="no_reasons")
    moved = door.take(nomination, "return_for_completion", by=by, requests=asked, payload={"requests": asked})
    take_version(moved, "return", by=by)
    messages.returned(moved)
    return moved


@door.act
def decline(nomination: Nomination, *, by: Actor, reason: str) -> Nomination:
    """Do not nominate this person in this round."""
    moved = door.take(nomination, "decline", by=by, reason=reason)
    messages.declined(moved)
    return moved


@door.act
def nominate(
    nomination: Nomination,
    *,
    by: Actor,
    rank: int,
    opinion: str,
    background: str,
    originals_checked: bool = False,
    originals: Iterable[str] = (),
    dishonesty_checked_on: date | None = None,
) -> Nomination:
    """Put the person forward to the province on one of the nominator's places.

    The quota's row is locked first, so that of two who reach for the last place one gets it. Raises `QuotaExceeded`.
    """
    seen = _seen(originals_checked, originals)
    quota = locked_quota(nomination)
    if policies.may_nominate(nomination, by):  # to anybody else the door says that it is not theirs
        _require_place(nomination, quota)
        _require_free_rank(nomination, rank)
    moved = door.take(
        nomination,
        "nominate",
        by=by,
        at=clock.now(),
        rank=rank,
        opinion=opinion,
        background=background,
        originals=seen,
        dishonesty_checked_on=dishonesty_checked_on,
        payload={"rank": rank, "opinion": opinion, "originals": seen},
    )
    _require_originals(moved)
    messages.nominated(moved)
    return moved


def locked_quota(nomination: Nomination) -> Quota | None:
    """The quota on which this nomination stands or would stand; all of the nominator's are locked until the act is over."""
    rows = Quota.objects.select_for_update().filter(
        round=nomination.round_id, nominator=nomination.nominator_id
    )
    return next((row for row in rows.order_by("pk") if row.category == nomination.category), None)


def _require_place(nomination: Nomination, quota: Quota | None) -> None:
    places = quota.places if quota else 0
    if is_open(nomination.round) and places_used(nomination) >= places:
        raise QuotaExceeded(no_place(nomination, places))


def _require_free_rank(nomination: Nomination, rank: int) -> None:
    if nominees_of(nomination.round, nomination.nominator_id).filter(rank_in_nominator=rank).exists():
        raise StepRefused(_("第%(rank)s位已有人选，请另选排序。") % {"rank": rank}, code="rank_taken")


def _seen(all_of_them: bool, named: Iterable[str]) -> list[str]:
    """The papers that an office has held in its hand, in the order of the list."""
    wanted = {*named, *(REQUIRED_ORIGINALS if all_of_them else ())}
    if stray := sorted(wanted - set(ORIGINALS)):
        raise StepRefused(_("没有“%(kind)s”这一类原件。") % {"kind": stray[0]}, code="no_such_original")
    return [kind.value for kind in ORIGINALS if kind in wanted]


def _require_originals(moved: Nomination) -> None:
    if not moved.originals_checked:
        seen = {kind for kinds in moved.originals.values() for kind in kinds}
        names = [kind.label for kind in missing_originals(seen)]
        raise StepRefused(
            _("请先核对原件，尚未核对：%(kinds)s。") % {"kinds": listed(names)}, code="originals_unchecked"
        )


@door.act
def withdraw(nomination: Nomination, *, by: Actor, reason: str) -> Nomination:
    """Take the dossier back. Its place is free again only while the round still takes dossiers; a nominator that has put
    the person forward is told in the same act."""
    locked_quota(nomination)
    row = door.locked(nomination)
    put_forward = row.nominated_at is not None
    frees = put_forward and is_open(row.round)
    payload: dict[str, Any] = {"frees_place": frees}
    if put_forward:  # through the nominator: it is told at once, and the record says that it was
        payload |= {"nominator": row.nominator.name, "told": officers_told(row)}
    moved = door.take(nomination, "withdraw", by=by, reason=reason, frees_place=frees, payload=payload)
    messages.withdrawn(moved)
    return moved


def officers_told(nomination: Nomination) -> int:
    """How many officers of the nominator hear of what its nominee's unit does."""
    return len(messages.officers(nomination))


@door.act
def revoke(nomination: Nomination, *, by: Actor, reason: str) -> Nomination:
    """Take the title away, from today: the certificate says so at once."""
    moved = door.take(nomination, "revoke", by=by, reason=reason)
    Recognition.objects.filter(nomination=moved).update(revoked_on=clock.today())
    messages.revoked(moved)
    return moved


def _record(nomination: Nomination, what: str, by: Actor, payload: Mapping[str, Any]) -> None:
    ledger.append(
        by,
        chain=nomination.chain_key,
        kind=f"nomination.{what}",
        subject=subject_of(nomination),
        rules_version=nomination.rules_version,
        payload=payload,
    )

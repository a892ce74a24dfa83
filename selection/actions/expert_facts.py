"""What an expert's conflicts follow from: units over time, links to persons, absences. Rows are ended, not removed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.roles import Role
from selection import policies
from selection.actions.expert import NewUnit, locked, record, require, settled
from selection.errors import ExpertRefused
from selection.models import Expert, ExpertAbsence, ExpertLink, ExpertUnit
from selection.models.expert import Source
from selection.queries.expert import CONFIDENTIAL, links_of
from selection.rules.eligibility import valid_id_number
from workflow import clock, door, kinds
from workflow.actor import Actor
from workflow.errors import NotPermitted

UNIT_ADDED = kinds.named("expert.unit_added", _("登记任职经历"))
UNIT_ENDED = kinds.named("expert.unit_ended", _("结束任职经历"))
LINK_ADDED = kinds.named("expert.link_added", _("登记利害关系人"))
LINK_ENDED = kinds.named("expert.link_ended", _("结束利害关系"))
AWAY = kinds.named("expert.absence_added", _("登记不能参加的时段"))
BACK = kinds.named("expert.absence_removed", _("取消不能参加的时段"))

EARLIEST = date(1950, 1, 1)
BACKDATED = timedelta(days=31)  # how far back an expert may set the end of what binds; the office may further
LASTING = frozenset({ExpertLink.Kind.MENTOR, ExpertLink.Kind.STUDENT, ExpertLink.Kind.KIN})


def _source(by: Actor) -> Source:
    return Source.OFFICE if by.holds(Role.MANAGER) else Source.DECLARED


def _known_by(by: Actor) -> dict[str, Any]:
    return {"source": _source(by), "recorded_by": str(by.name), "recorded_at": clock.now()}


def _require_forwards(since: date | None, until: date | None) -> None:
    if since and until and until < since:
        raise ExpertRefused(_("结束日期不能早于开始日期。"), code="ends_before_it_begins")
    if since and not EARLIEST <= since <= clock.today():
        raise ExpertRefused(_("开始日期有误，不能晚于今天。"), code="bad_date")


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""


# Units ---------------------------------------------------------------------------------------------------------------


@door.act
def add_unit(
    expert: Expert,
    *,
    by: Actor,
    unit: Organisation | NewUnit,
    starts_on: date,
    ends_on: date | None = None,
    post: str = "",
    capacity: str = ExpertUnit.Capacity.EMPLOYED,
    primary: bool = False,
) -> ExpertUnit:
    """Where the expert belongs or belonged. A primary unit becomes the one that the pool shows."""
    require(policies.may_keep_expert, expert, by, _("登记任职经历"))
    _require_forwards(starts_on, ends_on)
    expert, place = locked(expert), settled(unit, by)
    row = ExpertUnit.objects.create(
        expert=expert, unit=place, post=post.strip(), capacity=capacity, starts_on=starts_on, ends_on=ends_on,
        **_known_by(by),
    )  # fmt: skip
    if primary and ends_on is None and expert.unit_id != place.pk:
        expert.unit = place
        expert.save(update_fields=["unit"])
    record(expert, by, UNIT_ADDED, _unit_said(row))
    return row


@door.act
def end_unit(row: ExpertUnit, *, by: Actor, ends_on: date, reason: str = "") -> ExpertUnit:
    """The expert left: the row stays, with its last day and who wrote it down."""
    expert = locked(row.expert)
    require(policies.may_keep_expert, expert, by, _("结束任职经历"))
    row = ExpertUnit.objects.select_for_update().get(pk=row.pk)
    _require_not_ended(row.ends_on)
    _require_end(by, row.starts_on, ends_on)
    row.ends_on, row.ended_by, row.ended_at = ends_on, str(by.name), clock.now()
    row.save(update_fields=["ends_on", "ended_by", "ended_at"])
    record(expert, by, UNIT_ENDED, {**_unit_said(row), "reason": reason})
    return row


def _require_end(by: Actor, since: date | None, until: date) -> None:
    """Nobody ends in the past what still binds them: that is for the office, which has seen why."""
    if until > clock.today() or (since and until < since):
        raise ExpertRefused(_("结束日期不能晚于今天，也不能早于开始日期。"), code="bad_date")
    if _source(by) == Source.DECLARED and until < clock.today() - BACKDATED:
        raise ExpertRefused(_("结束日期早于一个月以前的，请联系专班核实后更正。"), code="too_far_back")


def _require_not_ended(until: date | None) -> None:
    if until is not None:
        raise ExpertRefused(_("该项已于%(day)s结束。") % {"day": until.isoformat()}, code="already_ended")


def _unit_said(row: ExpertUnit) -> dict[str, str]:
    return {
        "unit": row.unit.name, "post": row.post, "capacity": row.capacity, "since": _day(row.starts_on),
        "until": _day(row.ends_on), "source": row.source,
    }  # fmt: skip


# Links ---------------------------------------------------------------------------------------------------------------


@door.act
def add_link(
    expert: Expert,
    *,
    by: Actor,
    kind: str,
    person_name: str,
    id_number: str = "",
    unit: Organisation | None = None,
    since: date | None = None,
    until: date | None = None,
    note: str = "",
) -> ExpertLink:
    """A person the expert is close to. The number is typed once: only its key is kept."""
    require(policies.may_keep_expert, expert, by, _("登记利害关系人"))
    _require_forwards(since, until)
    expert, key = locked(expert), _key_of(expert, id_number)
    if not key and not person_name.strip():
        raise ExpertRefused(_("请填写对方姓名。"), code="nobody_named")
    shown = links_of(
        expert, own=_source(by) == Source.DECLARED
    )  # a refusal does not say what is confidential
    if key and shown.filter(kind=kind, person_hash=key, until=None).exists():
        raise ExpertRefused(_("此人的同一关系已经登记。"), code="known_link")
    row = ExpertLink.objects.create(
        expert=expert, kind=kind, person_hash=key, person_name=person_name.strip(), unit=unit, since=since,
        until=until, note=note.strip(), **_known_by(by),
    )  # fmt: skip
    record(expert, by, LINK_ADDED, _link_said(row))
    return row


def _key_of(expert: Expert, id_number: str) -> str:
    number = id_number.strip().upper()
    if not number:
        return ""
    if not valid_id_number(number):
        raise ExpertRefused(_("对方身份证号有误，请核对18位号码。"), code="bad_id_number")
    key = Expert.hash_of(number)
    if key == expert.id_hash or expert.aliases.filter(id_hash=key).exists():
        raise ExpertRefused(_("这是专家本人的身份证号。"), code="same_person")
    return key


@door.act
def end_link(row: ExpertLink, *, by: Actor, until: date, reason: str = "") -> ExpertLink:
    """It is over: the row stays, dated. What lasts for life only the office ends, after it has looked into it."""
    expert = locked(row.expert)
    require(policies.may_keep_expert, expert, by, _("结束利害关系"))
    if _source(by) == Source.DECLARED and (row.kind in LASTING or _confidential(row)):
        raise NotPermitted(_("师生、亲属关系和专班登记的关系，由专班核实后结束。"))
    row = ExpertLink.objects.select_for_update().get(pk=row.pk)
    _require_not_ended(row.until)
    _require_end(by, row.since, until)
    row.until, row.ended_by, row.ended_at = until, str(by.name), clock.now()
    row.save(update_fields=["until", "ended_by", "ended_at"])
    record(expert, by, LINK_ENDED, {**_link_said(row), "reason": reason})
    return row


def _confidential(row: ExpertLink) -> bool:
    return row.source == Source.OFFICE and row.kind in CONFIDENTIAL


def _link_said(row: ExpertLink) -> dict[str, str]:
    return {
        "kind": row.kind, "person": row.person_name, "unit": row.unit.name if row.unit else "",
        "since": _day(row.since), "until": _day(row.until), "note": row.note, "source": row.source,
    }  # fmt: skip


# Absences ------------------------------------------------------------------------------------------------------------


@door.act
def add_absence(
    expert: Expert, *, by: Actor, starts_on: date, ends_on: date, reason: str = ""
) -> ExpertAbsence:
    """Days on which the expert is not drawn."""
    require(policies.may_keep_expert, expert, by, _("登记不能参加的时段"))
    if ends_on < starts_on or ends_on < clock.today():
        raise ExpertRefused(_("结束日期不能早于开始日期，也不能早于今天。"), code="bad_date")
    expert = locked(expert)
    row = ExpertAbsence.objects.create(
        expert=expert, starts_on=starts_on, ends_on=ends_on, reason=reason.strip()
    )
    record(expert, by, AWAY, {"since": _day(starts_on), "until": _day(ends_on), "reason": row.reason})
    return row


@door.act
def remove_absence(row: ExpertAbsence, *, by: Actor) -> Expert:
    """The expert can come after all."""
    expert = locked(row.expert)
    require(policies.may_keep_expert, expert, by, _("取消不能参加的时段"))
    said = {"since": _day(row.starts_on), "until": _day(row.ends_on)}
    ExpertAbsence.objects.filter(pk=row.pk).delete()
    record(expert, by, BACK, said)
    return expert

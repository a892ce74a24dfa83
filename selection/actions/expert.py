"""The pool: who is taken in, on which facts, whether they serve, and by which account they come in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.actions import role as roles
from accounts.actions import user as accounts
from accounts.actions.organisation import register_unit
from accounts.models import Organisation, User
from accounts.roles import Role
from selection import policies
from selection.errors import ExpertRefused
from selection.models import Expert, ExpertAlias, ExpertDuty, ExpertUnit, Round
from selection.models.expert import Source
from selection.queries.dossier import masked_phone
from selection.queries.expert import holder_of, last_number
from selection.queries.integrity import bars_of_expert
from selection.rules.eligibility import valid_id_number
from workflow import clock, door, kinds, ledger
from workflow.actor import Actor
from workflow.errors import NotPermitted, Sentence
from workflow.machine import Policy, subject_of

ADDED = kinds.named("expert.added", _("专家入库"))
REVISED = kinds.named("expert.revised", _("更正专家信息"))
ENABLED = kinds.named("expert.enabled", _("启用专家"))
DISABLED = kinds.named("expert.disabled", _("停用专家"))
INVITED = kinds.named("expert.invited", _("为专家开通账号"))
ALIASED = kinds.named("expert.alias", _("登记专家的其他证件"))
DUTY = kinds.named("expert.duty", _("登记履职记录"))
CONFIRMED = kinds.named("expert.confirmed", _("专家确认信息属实"))

SHORTEST_REASON = 10
OWN_FACTS = ("phone", "title", "field")  # what experts keep themselves
FACTS = (
    "name",
    "category",
    "title",
    "certificate_level",
    "field",
    "city",
    "phone",
    "enabled_from",
    "enabled_until",
)


@dataclass(frozen=True)
class NewUnit:
    """A unit that no record of ours has yet."""

    name: str
    code: str


def require(policy: Policy, expert: Expert | None, by: Actor, what: Sentence) -> None:
    """Refuse who may not do this to the pool."""
    if not policy(expert, by):
        raise NotPermitted(_("您的身份不能办理“%(step)s”。") % {"step": what})


def locked(expert: Expert) -> Expert:
    """The row as it is now, locked."""
    return Expert.objects.select_for_update().get(pk=expert.pk)


def record(expert: Expert, by: Actor, kind: str, payload: Mapping[str, Any]) -> None:
    """Write down what was changed about an expert."""
    ledger.append(
        by, chain=ledger.OFFICE, kind=kind, subject=subject_of(expert), payload={"expert": expert.code, **payload}
    )  # fmt: skip


def settled(unit: Organisation | NewUnit, by: Actor) -> Organisation:
    """The unit; one that is new is registered on the way."""
    return register_unit(by=by, name=unit.name, code=unit.code) if isinstance(unit, NewUnit) else unit


# In and out ----------------------------------------------------------------------------------------------------------


@door.act
def add(
    *,
    by: Actor,
    name: str,
    id_number: str,
    unit: Organisation | NewUnit,
    unit_since: date | None = None,
    **facts: Any,
) -> Expert:
    """Take a person into the pool. The same person is not taken in twice, under whichever number or account."""
    require(policies.may_keep_pool, None, by, _("专家入库"))
    key = _key_of_new_person(id_number)
    place = settled(unit, by)
    expert = Expert(name=name.strip(), id_number=id_number.strip().upper(), id_hash=key, unit=place, **facts)
    expert.enabled_from = expert.enabled_from or clock.today()
    expert.region = expert.region or (expert.city.area if expert.city else place.area)
    _number_and_save(expert)
    ExpertUnit.objects.create(
        expert=expert, unit=place, post=expert.title, starts_on=unit_since or clock.today(),
        source=Source.OFFICE, recorded_by=str(by.name), recorded_at=clock.now(),
    )  # fmt: skip
    record(expert, by, ADDED, {"person": expert.name, "unit": place.name, "category": expert.category})
    return expert


def _key_of_new_person(id_number: str, *, besides: Expert | None = None) -> str:
    number = id_number.strip().upper()
    if not valid_id_number(number):
        raise ExpertRefused(_("身份证号有误，请核对18位号码。"), code="bad_id_number")
    key = Expert.hash_of(number)
    there = holder_of(key, besides=besides)
    if there is not None:
        raise ExpertRefused(
            _("此人已在专家库中：%(code)s %(name)s。") % {"code": there.code, "name": there.name},
            code="same_person",
        )
    return key


def _number_and_save(expert: Expert) -> None:
    """Give the next code; whoever was faster has it, and we take the one after."""
    for _attempt in range(5):
        expert.code = f"E{last_number() + 1:03d}"
        try:
            with transaction.atomic():
                expert.save(force_insert=True)
            return
        except IntegrityError:
            if holder_of(expert.id_hash) is not None:
                break
    raise ExpertRefused(_("同时有人在登记专家，请核对后再试。"), code="busy")


@door.act
def revise(expert: Expert, *, by: Actor, id_number: str = "", **facts: Any) -> Expert:
    """Correct what stands about an expert. A number that is replaced stays known as the same person's."""
    require(policies.may_keep_pool, expert, by, _("更正专家信息"))
    expert = locked(expert)
    number = id_number.strip().upper()
    changes = changed(expert, {name: facts[name] for name in FACTS if name in facts})
    if number and Expert.hash_of(number) != expert.id_hash:
        _change_number(expert, number, by)
        changes.append(["id_number", "", ""])
    if changes:
        expert.save()
        record(expert, by, REVISED, {"changes": changes})
    return expert


def _change_number(expert: Expert, number: str, by: Actor) -> None:
    key = _key_of_new_person(number, besides=expert)
    expert.aliases.filter(id_hash=key).delete()
    if expert.id_hash:
        ExpertAlias.objects.create(
            expert=expert, id_hash=expert.id_hash, note=str(_("更正前的号码")), recorded_by=str(by.name),
            recorded_at=clock.now(),
        )  # fmt: skip
    expert.id_number, expert.id_hash = number, key


def changed(expert: Expert, given: Mapping[str, Any]) -> list[list[str]]:
    """Set the facts; what changed: name, before, after. Of the phone only as much as everybody may read."""
    found = []
    for name, value in given.items():
        before = getattr(expert, name)
        if before != value:
            setattr(expert, name, value)
            found.append([name, _written(name, before), _written(name, value)])
            if name == "city":
                expert.region = value.area if value else expert.region
    return found


def _written(name: str, value: Any) -> str:
    if name == "phone":
        return masked_phone(value) if value else ""
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


@door.act
def set_standing(expert: Expert, *, by: Actor, available: bool, reason: str) -> Expert:
    """Let an expert take part in coming draws, or not, and say why. Duties already drawn stay."""
    require(policies.may_keep_pool, expert, by, _("启用专家") if available else _("停用专家"))
    if len(reason.strip()) < SHORTEST_REASON:
        raise ExpertRefused(_("请填写理由，不少于10个字。"), code="reason_required")
    expert = locked(expert)
    if expert.available == available:
        raise ExpertRefused(_("该专家的状态未变。"), code="unchanged")
    expert.available, expert.standing_reason = available, reason.strip()
    expert.save(update_fields=["available", "standing_reason"])
    record(expert, by, ENABLED if available else DISABLED, {"reason": expert.standing_reason})
    return expert


# Identity and account ------------------------------------------------------------------------------------------------


@door.act
def add_alias(expert: Expert, *, by: Actor, id_number: str, note: str = "") -> ExpertAlias:
    """Another number of the same person; only its key is kept."""
    require(policies.may_keep_pool, expert, by, _("登记专家的其他证件"))
    expert = locked(expert)
    key = Expert.hash_of(id_number)
    there = holder_of(key)
    if not key or there is not None:
        words = _("此证件号码已属于%(code)s %(name)s。")
        raise ExpertRefused(
            words % {"code": there.code, "name": there.name} if there else _("请填写证件号码。"),
            code="same_person",
        )
    row = ExpertAlias.objects.create(
        expert=expert, id_hash=key, note=note.strip(), recorded_by=str(by.name), recorded_at=clock.now()
    )
    record(expert, by, ALIASED, {"note": row.note})
    return row


@door.act
def invite(expert: Expert, *, by: Actor, username: str, email: str) -> User:
    """Open the account by which an expert comes in, with the role; the link to set a password goes out."""
    require(policies.may_open_expert_account, expert, by, _("为专家开通账号"))
    expert = locked(expert)
    if expert.user_id is not None:
        raise ExpertRefused(_("该专家已有账号。"), code="has_account")
    _require_unbarred(expert)
    user = accounts.invite(by=by, username=username, name=expert.name, email=email, organisation=expert.unit)
    roles.grant(user, by=by, role=Role.EXPERT)
    return _with_account(expert, by, user)


@door.act
def link_account(expert: Expert, *, by: Actor, user: User) -> User:
    """The account that the person has already becomes the expert's; the role is given if it is missing."""
    require(policies.may_open_expert_account, expert, by, _("为专家开通账号"))
    expert = locked(expert)
    if expert.user_id is not None:
        raise ExpertRefused(_("该专家已有账号。"), code="has_account")
    _require_unbarred(expert)
    other = Expert.objects.filter(user=user).first()
    if other is not None:
        raise ExpertRefused(_("该账号已属于%(code)s。") % {"code": other.code}, code="account_taken")
    if not user.holds(Role.EXPERT):
        roles.grant(user, by=by, role=Role.EXPERT)
    return _with_account(expert, by, user)


def _require_unbarred(expert: Expert) -> None:
    """Nobody is invited while the integrity register bars them."""
    if not (bars := bars_of_expert(expert)):
        return
    day = max(bar.until_on for bar in bars).isoformat()
    words = _("该专家列入诚信名册，%(day)s前不能参加评审。") % {"day": day}
    refusal = ExpertRefused(words, code="barred")
    refusal.because = tuple(subject_of(bar) for bar in bars)
    raise refusal


def _with_account(expert: Expert, by: Actor, user: User) -> User:
    expert.user = user
    expert.save(update_fields=["user"])
    record(expert, by, INVITED, {"username": user.username})
    return user


# Duty and confirmation -----------------------------------------------------------------------------------------------


@door.act
def record_duty(
    expert: Expert, *, by: Actor, round: Round | None = None, round_name: str = "", year: int, sheets: int = 0,
    late: int = 0, remark: str = "",
) -> ExpertDuty:  # fmt: skip
    """What the office says about a past duty; duty in rounds held here is counted by itself."""
    require(policies.may_keep_pool, expert, by, _("登记履职记录"))
    name = (round.shown_title if round else round_name).strip()
    if not name or late > sheets > 0:
        raise ExpertRefused(_("请填写评审项目；逾期份数不能多于评审份数。"), code="bad_duty")
    row = ExpertDuty.objects.create(
        expert=locked(expert), round=round, round_name=name, year=year, sheets=sheets, late=late,
        remark=remark.strip(), recorded_by=str(by.name), recorded_at=clock.now(),
    )  # fmt: skip
    payload = {"round": name, "year": year, "sheets": sheets, "late": late, "note": row.remark}
    record(row.expert, by, DUTY, payload)
    return row


@door.act
def keep_own_facts(expert: Expert, *, by: Actor, **facts: Any) -> Expert:
    """The expert keeps phone, title and field; the office sees what was before and after."""
    require(policies.may_confirm_own_facts, expert, by, _("更正专家信息"))
    expert = locked(expert)
    changes = changed(expert, {name: facts[name] for name in OWN_FACTS if name in facts})
    if changes:
        expert.save()
        record(expert, by, REVISED, {"changes": changes, "source": Source.DECLARED})
    return expert


@door.act
def confirm(expert: Expert, *, by: Actor) -> Expert:
    """The expert says that all that stands here is true and complete."""
    require(policies.may_confirm_own_facts, expert, by, _("专家确认信息属实"))
    expert = locked(expert)
    expert.confirmed_at = clock.now()
    expert.save(update_fields=["confirmed_at"])
    units, links = expert.units.filter(ends_on=None).count(), expert.links.filter(until=None).count()
    record(expert, by, CONFIRMED, {"units": units, "links": links})
    return expert

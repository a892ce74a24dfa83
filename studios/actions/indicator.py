"""Plans loaded, observations entered and verified by two persons, contributions of studios recorded."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from selection.models import Nominee
from selection.rules.eligibility import valid_id_number
from studios import policies
from studios.errors import IndicatorRefused
from studios.models import (
    Indicator,
    IndicatorPart,
    IndicatorPlan,
    Mentorship,
    Observation,
    ServicePoint,
    StationOpened,
    Studio,
    Target,
)
from studios.queries.indicator import latest_value
from studios.rules.indicators import exceeds_whole
from studios.rules.plan_file import BadPlan, checked
from workflow import clock, door, kinds, ledger
from workflow.actor import Actor
from workflow.errors import NotPermitted
from workflow.machine import subject_of

CHAIN = "studios"
LOADED = kinds.named("indicatorplan.loaded", _("导入指标规划"))
OBSERVED = kinds.named("observation.entered", _("填报指标数据"))
VERIFIED = kinds.named("observation.verified", _("核实指标数据"))
REJECTED = kinds.named("observation.rejected", _("退回指标数据"))
MENTORED = kinds.named("mentorship.recorded", _("登记带教对象"))
CERTIFIED = kinds.named("mentorship.certified", _("登记取得证书"))
OPENED = kinds.named("station.opened", _("登记协助开设站点"))


@door.act
def load_plan(content: bytes, *, by: Actor) -> IndicatorPlan:
    """Load a plan from its file. The same file again changes nothing; another one under its code is refused."""
    if not policies.may_load_plan(None, by):
        raise NotPermitted(_("您的身份不能导入指标规划。"))
    plan = _read(content)
    digest = hashlib.sha256(content).hexdigest()
    ledger.queue_up(CHAIN)
    there = IndicatorPlan.objects.filter(code=plan["code"]).first()
    if there is not None and there.digest == digest:
        return there
    if there is not None:
        raise IndicatorRefused(
            _("代码%(code)s的规划已导入；修订后的规划请使用新的代码。") % {"code": plan["code"]},
            code="plan_there",
        )
    row = IndicatorPlan.objects.create(
        code=plan["code"], title=plan["title"], source=plan["source"], digest=digest, loaded_by=str(by.name)
    )
    _write(row, plan["indicators"])
    payload = {"plan": row.code, "indicators": len(plan["indicators"]), "file": digest}
    ledger.append(by, chain=CHAIN, kind=LOADED, subject=subject_of(row), payload=payload)
    return row


def _read(content: bytes) -> dict[str, Any]:
    try:
        return checked(json.loads(content.decode("utf-8-sig")))
    except BadPlan as fault:
        raise IndicatorRefused(
            _("规划文件有误：%(where)s %(what)s。") % {"where": fault.where, "what": fault.what},
            code="bad_plan",
        ) from fault
    except (UnicodeDecodeError, ValueError, RecursionError) as fault:
        raise IndicatorRefused(_("文件不是UTF-8编码的JSON。"), code="bad_plan") from fault


def _write(plan: IndicatorPlan, rows: list[dict[str, Any]]) -> None:
    made = {
        row["code"]: Indicator.objects.create(
            plan=plan,
            position=number,
            **{name: row[name] for name in ("code", "name", "kind", "unit", "direction", "denominator", "verification", "counts")},
        )
        for number, row in enumerate(rows)
    }  # fmt: skip
    for row in rows:
        if row["subset_of"]:
            made[row["code"]].subset_of = made[row["subset_of"]]
            made[row["code"]].save(update_fields=["subset_of"])
        for number, given in enumerate(row["parts"]):
            _write_part(made[row["code"]], number, given)


def _write_part(indicator: Indicator, number: int, given: dict[str, Any]) -> None:
    targets = given.pop("targets")
    part = IndicatorPart.objects.create(indicator=indicator, position=number, **given)
    units = {
        row.code: row
        for row in Organisation.objects.filter(code__in=[t["unit"] for t in targets if t["unit"]])
    }
    for target in targets:
        code = target.pop("unit")
        if code and code not in units:
            raise IndicatorRefused(_("目标中的地区代码%(code)s没有登记。") % {"code": code}, code="bad_plan")
        Target.objects.create(part=part, unit=units.get(code), **target)


# Observations --------------------------------------------------------------------------------------------------------


@door.act
def observe(
    unit: Organisation,
    *,
    by: Actor,
    part: IndicatorPart,
    on: date,
    value: Decimal,
    denominator: Decimal | None = None,
    evidence: str = "",
) -> Observation:
    """Report a value of an office for a day; it counts once somebody else has verified it."""
    if not policies.may_observe(unit, by):
        raise NotPermitted(_("只能填报本地区的数据。"))
    _require_fitting(part, on, value, denominator)
    ledger.queue_up(CHAIN)  # the part and its whole, reported at once: the second finds the first
    _require_within(part, unit, on, value)
    try:
        with transaction.atomic():
            row = Observation.objects.create(
                part=part, unit=unit, on=on, value=value, denominator=denominator, evidence=evidence,
                entered_by=str(by.name), entered_by_id=str(by.id),
            )  # fmt: skip
    except IntegrityError as clash:
        raise IndicatorRefused(_("该地区这一天的数据已填报。"), code="observed_already") from clash
    ledger.append(by, chain=CHAIN, kind=OBSERVED, subject=subject_of(row), payload=_facts(row))
    return row


def _facts(row: Observation) -> dict[str, Any]:
    return {
        "indicator": row.part.indicator.code,
        "part": row.part.code,
        "unit": row.unit.name,
        "on": row.on.isoformat(),
        "value": str(row.value),
        "denominator": str(row.denominator or ""),
    }


def _require_fitting(part: IndicatorPart, on: date, value: Decimal, denominator: Decimal | None) -> None:
    if part.source != IndicatorPart.Source.OBSERVED:
        raise IndicatorRefused(_("该指标由服务网络登记表计算，不用填报。"), code="computed")
    if on > clock.today():
        raise IndicatorRefused(_("截至日期不能晚于今天。"), code="future")
    if value < 0 or (denominator is not None and denominator <= 0):
        raise IndicatorRefused(_("数值不能为负，分母应大于0。"), code="bad_value")
    if part.indicator.kind != Indicator.Kind.COUNT and denominator is None:
        raise IndicatorRefused(_("比率和覆盖率须填报分母。"), code="no_denominator")


def _require_within(part: IndicatorPart, unit: Organisation, on: date, value: Decimal) -> None:
    """A subset is never larger than its whole, from either side."""
    whole = part.indicator.subset_of
    if whole is not None:
        known = latest_value(whole, unit, on)
        if exceeds_whole(value, known):
            raise IndicatorRefused(
                _("“%(part)s”%(value)s大于“%(whole)s”%(known)s，请核对。")
                % {"part": part.indicator.name, "value": value, "whole": whole.name, "known": known},
                code="subset_exceeds",
            )
    for subset in part.indicator.subsets.all():
        known = latest_value(subset, unit, on)
        if exceeds_whole(known, value):
            raise IndicatorRefused(
                _("“%(whole)s”%(value)s小于其中的“%(part)s”%(known)s，请核对。")
                % {"part": subset.name, "value": value, "whole": part.indicator.name, "known": known},
                code="subset_exceeds",
            )


def _require_other(row: Observation, by: Actor) -> Observation:
    row = Observation.objects.select_for_update().get(pk=row.pk)
    unit = row.unit
    judge = by.holds("manager") or (by.holds("bureau_officer") and by.organisation_id == unit.parent_id)
    if not judge or not policies.may_observe(unit, by):
        raise NotPermitted(_("数据由上一级核实。"))
    if row.entered_by_id == str(by.id):
        raise NotPermitted(_("填报人不能核实自己填报的数据。"), code="same_person")
    if row.verified_at is not None:
        raise IndicatorRefused(_("该数据已核实。"), code="verified_already")
    return row


@door.act
def verify(row: Observation, *, by: Actor) -> Observation:
    """Another person, of the office above or of the province, confirms what was reported."""
    row = _require_other(row, by)
    row.verified_by, row.verified_at = str(by.name), clock.now()
    row.save(update_fields=["verified_by", "verified_at"])
    ledger.append(by, chain=CHAIN, kind=VERIFIED, subject=subject_of(row), payload=_facts(row))
    return row


@door.act
def reject(row: Observation, *, by: Actor, reason: str) -> None:
    """Take out what was reported and cannot be confirmed; the ledger keeps it, and it may be entered anew."""
    row = _require_other(row, by)
    if not reason.strip():
        raise IndicatorRefused(_("退回须填写理由。"), code="reason_required")
    ledger.append(
        by, chain=CHAIN, kind=REJECTED, subject=subject_of(row), payload={**_facts(row), "reason": reason}
    )
    row.delete()


# Contributions -------------------------------------------------------------------------------------------------------


@door.act
def mentor(studio: Studio, *, by: Actor, name: str, id_number: str, since: date, until: date | None = None) -> Mentorship:  # fmt: skip
    """Record whom the studio guides in the year of `since`; refused where another studio does so that year."""
    _require_contributor(studio, by)
    _require_living(studio)
    if not valid_id_number(id_number.strip().upper()):
        raise IndicatorRefused(_("身份证号有误。"), code="bad_id_number")
    if since > clock.today() or (until is not None and (until < since or until.year != since.year)):
        raise IndicatorRefused(_("带教日期有误：应在同一年度内，开始不晚于今天。"), code="bad_days")
    given = {"name": name.strip(), "since": since, "until": until, "year": since.year}
    try:
        with transaction.atomic():
            row = Mentorship.objects.create(studio=studio, person_key=Nominee.key_of(id_number), **given)
    except IntegrityError as clash:
        raise IndicatorRefused(
            _("该人员%(year)s年度已登记为带教对象，一人一年只计入一个工作室。") % {"year": since.year},
            code="mentored_already",
        ) from clash
    payload = {"studio": studio.name, "person": row.name, "year": row.year}
    ledger.append(by, chain=CHAIN, kind=MENTORED, subject=subject_of(row), payload=payload)
    return row


def _require_contributor(studio: Studio, by: Actor) -> None:
    if not policies.may_record_contribution(studio, by):
        raise NotPermitted(_("只有工作室的领军人才和主管处室可以登记。"))


def _require_living(studio: Studio) -> None:
    """An ended studio guides nobody and opens nothing; whom it guided may still obtain a certificate."""
    if door.locked(studio).state not in Studio.LIVING:
        raise IndicatorRefused(_("工作室已经结束，不能再登记。"), code="studio_ended")


@door.act
def certify(row: Mentorship, *, by: Actor, on: date) -> Mentorship:
    """The mentee has obtained a certificate, in the year recorded."""
    _require_contributor(row.studio, by)
    row = Mentorship.objects.select_for_update().get(pk=row.pk)
    if row.certified_on is not None:
        raise IndicatorRefused(_("已登记取得证书。"), code="certified_already")
    if not row.since <= on <= clock.today() or on.year != row.year:
        raise IndicatorRefused(_("取得证书的日期应在带教年度内，不早于开始，不晚于今天。"), code="bad_days")
    row.certified_on = on
    row.save(update_fields=["certified_on"])
    payload = {"studio": row.studio.name, "person": row.name, "on": on.isoformat()}
    ledger.append(by, chain=CHAIN, kind=CERTIFIED, subject=subject_of(row), payload=payload)
    return row


@door.act
def open_station(studio: Studio, *, by: Actor, point: ServicePoint, opened_on: date) -> StationOpened:
    """A station opened with the studio's help; it counts for one studio only, once it stands in the registry."""
    _require_contributor(studio, by)
    _require_living(studio)
    if point.status not in ServicePoint.STANDING:
        raise IndicatorRefused(_("该站点在登记表中尚未建成。"), code="not_standing")
    if opened_on > clock.today():
        raise IndicatorRefused(_("开设日期不能晚于今天。"), code="future")
    try:
        with transaction.atomic():
            row = StationOpened.objects.create(studio=studio, point=point, opened_on=opened_on)
    except IntegrityError as clash:
        raise IndicatorRefused(_("该站点已计入一个工作室。"), code="opened_already") from clash
    payload: Mapping[str, Any] = {"studio": studio.name, "point": point.code, "on": opened_on.isoformat()}
    ledger.append(by, chain=CHAIN, kind=OPENED, subject=subject_of(row), payload=payload)
    return row

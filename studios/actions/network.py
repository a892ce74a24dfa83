"""Keeping the registry of the service network: one row, or a file of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import IO, Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from selection.errors import BadFile
from studios import policies
from studios.errors import NetworkRefused
from studios.models import Level, ServicePoint, ServicePointRecord
from studios.models.network import PLACES
from workflow import clock, door, jobfiles, jobs, kinds, ledger
from workflow.actor import Actor
from workflow.errors import NotPermitted, StepRefused
from workflow.machine import subject_of
from workflow.models import Job

REGISTERED = kinds.named("servicepoint.registered", _("登记站点"))
AMENDED = kinds.named("servicepoint.amended", _("变更站点"))
IMPORTED = kinds.named("servicepoint.imported", _("导入站点"))
EXPORTED = kinds.named("servicepoint.exported", _("导出站点"))
CHECK, IMPORT = "network.check", "network.import"  # kinds of jobs
CHAIN = "studios"
BATCH = 500
DIGITS = {Level.CENTRE: 6, Level.STATION: 9, Level.POINT: 12}
DATED = ("name", "status", "operator")  # what has a history
COUNTS = ("agencies", "assistant", "intermediate", "senior", "professionals")
FREE = ("division", "operator_code", "weak_area", "volunteers", *COUNTS)


def faults_of(county: Organisation, given: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """What is wrong with a row, each with its field: asked by the page, the import and the act alike."""
    found: list[tuple[str, Any]] = []
    level, code = given["level"], given["code"]
    if given["place"] not in PLACES.get(level, ()):
        found.append(("place", _("区划类型与层级不符。")))
    if not (code.isascii() and code.isdigit() and len(code) == DIGITS.get(level)):
        found.append(("code", _("区划代码的位数与层级不符：县6位，乡镇街道9位，村和社区12位。")))
    elif not code.startswith(county.code):
        found.append(("code", _("区划代码应以所在县（市、区）的代码%(code)s开头。") % {"code": county.code}))
    return found + faults_of_state(given)


def faults_of_state(given: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """What is wrong with what may change."""
    found: list[tuple[str, Any]] = []
    if given["status_on"] > clock.today():
        found.append(("status_on", _("状态日期不能晚于今天。")))
    if given["status"] in ServicePoint.STANDING and not given.get("name"):
        found.append(("name", _("已建或在用的站点须填写站点名称。")))
    certified = sum(given.get(name) or 0 for name in ("assistant", "intermediate", "senior"))
    if (given.get("professionals") or 0) < certified:
        found.append(("professionals", _("社会工作专业人才数不能少于持证人数。")))
    return found


def _require(by: Actor, county: Any) -> None:
    if not policies.may_keep_network(county, by):
        raise NotPermitted(_("只能登记本地区的站点。"))


def _require_sound(faults: Sequence[tuple[str, Any]]) -> None:
    if faults:
        raise NetworkRefused(faults[0][1], code=f"bad_{faults[0][0]}")


@door.act
def register(county: Organisation, *, by: Actor, **given: Any) -> ServicePoint:
    """Enter a division that the registry does not have, with what stands there."""
    _require(by, county)
    _require_sound(faults_of(county, given))
    ledger.queue_up(CHAIN)
    if ServicePoint.objects.filter(code=given["code"]).exists():
        raise NetworkRefused(_("区划代码%(code)s已登记。") % {"code": given["code"]}, code="code_taken")
    point = _new(county, given)
    _require_parent(point, point.parent)
    point.save(force_insert=True)
    _record(point).save()
    payload = {"code": point.code, "name": str(point), "status": point.status, "certified": point.certified}
    ledger.append(by, chain=CHAIN, kind=REGISTERED, subject=subject_of(point), payload=payload)
    return point


def _new(county: Organisation, given: Mapping[str, Any]) -> ServicePoint:
    assert county.parent_id is not None  # a county lies in a city
    names = ("level", "place", "code", "parent", "status_on", *DATED, *FREE)
    fields = {name: given[name] for name in names if given.get(name) is not None}
    return ServicePoint(county=county, city_id=county.parent_id, **fields)


def _require_parent(point: ServicePoint, parent: ServicePoint | None) -> None:
    above = {Level.STATION: Level.CENTRE, Level.POINT: Level.STATION}.get(Level(point.level))
    if parent is not None and (parent.level != above or parent.county_id != point.county_id):
        raise NetworkRefused(_("上级站点应为本县（市、区）的上一级站点。"), code="bad_parent")


def _record(point: ServicePoint) -> ServicePointRecord:
    return ServicePointRecord(
        point=point, name=point.name, status=point.status, operator=point.operator, valid_from=point.status_on
    )


@door.act
def amend(point: ServicePoint, *, by: Actor, status_on: date, **given: Any) -> ServicePoint:
    """Change a row from a day on: name, status and operator keep their history, counts are those of today."""
    _require(by, point)
    point = ServicePoint.objects.select_for_update().get(pk=point.pk)
    _require_sound(faults_of_state({**_state_of(point), **given, "status_on": status_on}))
    before = {name: getattr(point, name) for name in (*DATED, *FREE)}
    _apply(point, status_on, given)
    changed = {name: [_plain(old), _plain(getattr(point, name))] for name, old in before.items() if old != getattr(point, name)}  # fmt: skip
    if not changed:
        raise NetworkRefused(_("没有变更内容。"), code="nothing_changed")
    point.save()
    payload = {"on": status_on.isoformat(), "changed": changed}
    ledger.append(by, chain=CHAIN, kind=AMENDED, subject=subject_of(point), payload=payload)
    return point


def _state_of(point: ServicePoint) -> dict[str, Any]:
    return {name: getattr(point, name) for name in (*DATED, *FREE)}


def _plain(value: Any) -> str:
    return str(value)


def _apply(point: ServicePoint, day: date, given: Mapping[str, Any]) -> None:
    dated = any(name in given and given[name] != getattr(point, name) for name in DATED)
    if dated and day < point.status_on:
        raise NetworkRefused(
            _("变更日期不能早于现状态的日期%(day)s。") % {"day": point.status_on.isoformat()}
        )
    for name in (*DATED, *FREE):
        if given.get(name) is not None:
            setattr(point, name, given[name])
    if dated:
        point.records.filter(valid_until=None).update(valid_until=day)
        point.status_on = day
        _record(point).save()


# Files ---------------------------------------------------------------------------------------------------------------


@door.act
def begin_check(*, by: Actor, name: str, content: IO[bytes]) -> Job:
    """Have a file checked: a job that writes nothing but what it found."""
    require_keeper(by)
    job = jobs.start(CHECK, by=by, given={}, about=name[:120])
    jobfiles.put(job, "input", name, "application/octet-stream", content)
    return job


@door.act
def begin_import(check: Job, *, by: Actor) -> Job:
    """Bring in what a check found clean. Asked for twice, it stays one job."""
    require_keeper(by)
    if check.kind != CHECK or check.status != Job.Status.DONE or check.started_by != str(by.id):
        raise StepRefused(_("核对尚未完成。"), code="not_checked")
    if not check.result.get("clean"):
        raise StepRefused(_("没有可以导入的内容。"), code="nothing_clean")
    return jobs.start(IMPORT, by=by, given={"check": check.pk}, key=f"{IMPORT}:{check.pk}", about=check.about)


def require_keeper(by: Actor) -> None:
    """Refuse whoever keeps no part of the network."""
    if not (by.holds("manager") or by.holds("bureau_officer")):
        raise NotPermitted(_("您的身份不能登记站点。"))


@door.act
def bring_in(
    rows: Sequence[Mapping[str, Any]],
    *,
    by: Actor,
    file_digest: str,
    hold: Callable[[], None] = lambda: None,
    finish: Callable[[int], None] = lambda n: None,
) -> int:
    """Enter or change these rows, found clean before, all or none; how many were new or changed.

    `county` of a row is an Organisation, `parent` a code. One entry is written for the file.
    """
    hold()
    require_keeper(by)
    for row in rows:
        _require(by, row["county"])
        _require_sound(faults_of(row["county"], row))
    known = _known(rows)
    fresh = [_new(row["county"], {**row, "parent": None}) for row in rows if row["code"] not in known]
    made = ServicePoint.objects.bulk_create(fresh, batch_size=BATCH)
    ServicePointRecord.objects.bulk_create(map(_record, made), batch_size=BATCH)
    changed = [
        known[row["code"]] for row in rows if row["code"] in known and _changes(known[row["code"]], row)
    ]
    ServicePoint.objects.bulk_update(changed, ("status_on", *DATED, *FREE), batch_size=200)
    _tie(rows, {point.code: point for point in (*made, *known.values())})
    payload = {"file": file_digest, "new": len(made), "changed": len(changed)}
    ledger.append(by, chain=CHAIN, kind=IMPORTED, subject="studios.servicepoint", payload=payload)
    finish(len(made) + len(changed))
    return len(made) + len(changed)


def _known(rows: Sequence[Mapping[str, Any]]) -> dict[str, ServicePoint]:
    codes = [row["code"] for row in rows]
    found: dict[str, ServicePoint] = {}
    for start in range(0, len(codes), BATCH):
        batch = ServicePoint.objects.select_for_update().filter(code__in=codes[start : start + BATCH])
        found |= {point.code: point for point in batch}
    for row in rows:
        there = found.get(row["code"])
        if there is not None and (there.county_id, there.level) != (row["county"].pk, row["level"]):
            raise BadFile(_("区划代码%(code)s已登记在别处。") % {"code": row["code"]}, code="code_taken")
    return found


def _changes(point: ServicePoint, row: Mapping[str, Any]) -> bool:
    before = _state_of(point)
    _apply(point, row["status_on"], row)
    return before != _state_of(point)


def _tie(rows: Sequence[Mapping[str, Any]], found: Mapping[str, ServicePoint]) -> None:
    """Hang each row under the one above it; one above that is not in the file is looked up."""
    wanted = {row["code"]: row["parent"] for row in rows if row.get("parent")}
    missing = sorted(set(wanted.values()) - set(found))
    above = dict(found)
    for start in range(0, len(missing), BATCH):
        above |= {p.code: p for p in ServicePoint.objects.filter(code__in=missing[start : start + BATCH])}
    tied = []
    for code, parent in wanted.items():
        if parent not in above:
            raise BadFile(_("上级区划代码%(code)s没有登记。") % {"code": parent}, code="no_parent")
        _require_parent(found[code], above[parent])
        if found[code].parent_id != above[parent].pk:
            found[code].parent = above[parent]
            tied.append(found[code])
    ServicePoint.objects.bulk_update(tied, ("parent",), batch_size=BATCH)


@door.act
def record_export(*, by: Actor, rows: int, query: str) -> None:
    """Write down what left."""
    payload = {"rows": rows, "query": query}
    ledger.append(by, chain=CHAIN, kind=EXPORTED, subject="studios.servicepoint", payload=payload)

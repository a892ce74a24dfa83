"""Experts brought in from a file, all that were found clean or none, and lists of experts taken out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import IO, Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from selection import policies
from selection.actions.expert import NewUnit, require, settled
from selection.errors import BadFile
from selection.models import Expert, ExpertLink, ExpertUnit
from selection.models.expert import Source
from selection.queries.expert import READERS, holders_of, last_number
from workflow import clock, door, jobfiles, jobs, kinds, ledger
from workflow.actor import Actor
from workflow.errors import NotPermitted, StepRefused
from workflow.machine import subject_of
from workflow.models import Job, JobFile

IMPORTED = kinds.named("expert.imported", _("导入专家"))
FILE_IMPORTED = kinds.named("experts.imported", _("导入专家文件"))
EXPORTED = kinds.named("experts.exported", _("导出专家名单"))
CHECK, IMPORT, EXPORT = "experts.check", "experts.import", "experts.export"  # kinds of jobs
BATCH = 500


@door.act
def begin_check(*, by: Actor, name: str, content: IO[bytes]) -> Job:
    """Have a file checked: a job that writes nothing but what it found."""
    require(policies.may_keep_pool, None, by, _("导入专家"))
    job = jobs.start(CHECK, by=by, given={}, about=name[:120])
    jobfiles.put(job, "input", name, "application/octet-stream", content)
    return job


@door.act
def begin_import(check: Job, *, by: Actor) -> Job:
    """Bring in what a check found clean. Asked for twice, it stays one job."""
    require(policies.may_keep_pool, None, by, _("导入专家"))
    if check.kind != CHECK or check.status != Job.Status.DONE or check.started_by != str(by.id):
        raise StepRefused(_("核对尚未完成。"), code="not_checked")
    if not check.result.get("clean_rows") and not check.result.get("clean_lines"):
        raise StepRefused(_("没有可以导入的内容。"), code="nobody_clean")
    return jobs.start(IMPORT, by=by, given={"check": check.pk}, key=f"{IMPORT}:{check.pk}", about=check.about)


@door.act
def import_experts(
    *,
    by: Actor,
    people: Sequence[Any],
    lines: Sequence[Any],
    file_digest: str,
    hold: Callable[[], None] = lambda: None,
    finish: Callable[[], None] = lambda: None,
) -> int:
    """Take these people into the pool with their units and links; how many. `people` and `lines` were found clean."""
    hold()
    require(policies.may_keep_pool, None, by, _("导入专家"))
    if holders_of({Expert.hash_of(person.number) for person in people}):
        raise BadFile(_("核对之后情况有变，没有导入任何内容。请重新上传核对。"), code="changed_meanwhile")
    places = _Places(by)
    made = _create(people, places)
    owners = {expert.id_hash: expert for expert in made}
    owners |= _there({Expert.hash_of(line.number) for line in lines} - set(owners))
    own = [_own_unit(person, expert, by) for person, expert in zip(people, made, strict=True)]
    units = [_unit(line, owners, places, by) for line in lines if "starts_on" in line.values]
    links = [_link(line, owners, by) for line in lines if "kind" in line.values]
    ExpertUnit.objects.bulk_create([*own, *units], batch_size=BATCH)
    ExpertLink.objects.bulk_create(links, batch_size=BATCH)
    _record(by, made, owners, lines, file_digest)
    finish()
    return len(made)


class _Places:
    """Units of the file; each new one is registered once."""

    def __init__(self, by: Actor) -> None:
        self.by = by
        self._new: dict[str, Organisation] = {}

    def of(self, place: Organisation | NewUnit) -> Organisation:
        if isinstance(place, Organisation):
            return place
        if place.code not in self._new:
            self._new[place.code] = settled(place, self.by)
        return self._new[place.code]


def _create(people: Sequence[Any], places: _Places) -> list[Expert]:
    first, today = last_number() + 1, clock.today()
    rows = []
    for number, person in enumerate(people, start=first):
        given = {k: v for k, v in person.values.items() if k not in ("place", "unit_since")}
        unit = places.of(person.values["place"])
        city = given.get("city")
        rows.append(
            Expert(
                **{"enabled_from": today, **given}, code=f"E{number:03d}", id_number=person.number,
                id_hash=Expert.hash_of(person.number), unit=unit, region=city.area if city else unit.area,
            )
        )  # fmt: skip
    return Expert.objects.bulk_create(rows, batch_size=BATCH)


def _there(hashes: set[str]) -> dict[str, Expert]:
    codes: dict[str, str] = {}
    wanted = sorted(hashes)
    for start in range(0, len(wanted), BATCH):
        codes |= holders_of(set(wanted[start : start + BATCH]))
    rows = {row.code: row for row in Expert.objects.filter(code__in=set(codes.values()))}
    return {key: rows[code] for key, code in codes.items()}


def _known_by(by: Actor) -> dict[str, Any]:
    return {"source": Source.IMPORTED, "recorded_by": str(by.name), "recorded_at": clock.now()}


def _own_unit(person: Any, expert: Expert, by: Actor) -> ExpertUnit:
    since = person.values.get("unit_since") or clock.today()
    return ExpertUnit(expert=expert, unit=expert.unit, post=expert.title, starts_on=since, **_known_by(by))


def _unit(line: Any, owners: dict[str, Expert], places: _Places, by: Actor) -> ExpertUnit:
    given = {k: v for k, v in line.values.items() if k != "place"}
    expert = owners[Expert.hash_of(line.number)]
    return ExpertUnit(expert=expert, unit=places.of(line.values["place"]), **given, **_known_by(by))


def _link(line: Any, owners: dict[str, Expert], by: Actor) -> ExpertLink:
    return ExpertLink(expert=owners[Expert.hash_of(line.number)], **line.values, **_known_by(by))


def _record(
    by: Actor, made: Sequence[Expert], owners: dict[str, Expert], lines: Sequence[Any], digest: str
) -> None:
    """One entry an expert that is new or has new lines, and one for the file."""
    told = {expert.pk: expert for expert in (*made, *owners.values())}
    for expert in told.values():
        payload = {"expert": expert.code, "person": expert.name, "unit": expert.unit.name, "file": digest}
        ledger.append(by, chain=ledger.OFFICE, kind=IMPORTED, subject=subject_of(expert), payload=payload)
    whole = {"file": digest, "experts": len(made), "lines": len(lines)}
    ledger.append(by, chain=ledger.OFFICE, kind=FILE_IMPORTED, subject="selection.expert", payload=whole)


# Out -----------------------------------------------------------------------------------------------------------------


def _require_reader(by: Actor) -> None:
    if not any(by.holds(role) for role in READERS):
        raise NotPermitted(_("您的身份不能导出专家名单。"))


@door.act
def begin_export(*, by: Actor, query: str, form: str) -> Job:
    """Have the list exported; numbers and phones are masked for everybody."""
    _require_reader(by)
    return jobs.start(EXPORT, by=by, given={"query": query, "form": form})


@door.act
def record_export(
    job: Job, *, by: Actor, name: str, media_type: str, content: IO[bytes], rows: int, finish: Callable[[], None]
) -> JobFile:  # fmt: skip
    """Keep the file with its job and write down what left."""
    _require_reader(by)
    file = jobfiles.put(job, "output", name, media_type, content)
    payload = {"rows": rows, "sha256": file.sha256, "form": job.given["form"], "query": job.given["query"]}
    ledger.append(by, chain=ledger.OFFICE, kind=EXPORTED, subject=f"workflow.job:{job.pk}", payload=payload)
    finish()
    return file

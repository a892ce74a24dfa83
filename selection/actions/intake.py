"""Dossiers brought in from a file: all of the people given, or none of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import IO, Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from selection.actions.nominee import rename
from selection.errors import BadFile
from selection.models import Nomination, Nominee, Round
from selection.models.dossier import PARTS
from selection.models.nomination import plain_name
from selection.models.nomination_guards import is_open, why_closed
from selection.queries.intake import Person, Places, chunks, faults_of, known_people
from selection.queries.sheets import may_import
from selection.rules.eligibility import valid_id_number
from workflow import clock, door, jobfiles, jobs, kinds, ledger
from workflow.actor import Actor
from workflow.errors import NotPermitted, OutsideWindow, StepRefused
from workflow.machine import subject_of
from workflow.models import Job

IMPORTED = kinds.named("nomination.import", _("导入申报"))
FILE_IMPORTED = kinds.named("round.import", _("导入申报文件"))
BATCH = 250
CHECK, IMPORT = "nominations.check", "nominations.import"  # kinds of jobs


@door.act
def import_nominations(
    round_: Round,
    *,
    by: Actor,
    people: Sequence[Person],
    file_digest: str,
    hold: Callable[[], None] = lambda: None,
    finish: Callable[[int], None] = lambda n: None,
    at: Callable[[int], None] = lambda n: None,
) -> int:
    """A dossier in draft for each of these people, under the rules of `nomination.create`; how many.

    `hold` and `finish` are called first and last in the same transaction, `at` with the number of rows written so far
    (of `rows_to_write`). Raises `BadFile` where somebody may not be
    brought in any more: what was checked before may have changed.
    """
    hold()
    if not may_import(by):
        raise NotPermitted(_("只有用人单位经办和民政局经办可以导入申报。"))
    round_ = door.locked(round_)  # dossiers of one round are numbered one after another
    if not is_open(round_):
        raise OutsideWindow(why_closed(round_))
    places, known = Places(by), known_people(people)
    _require_clean(round_, people, places, known)
    written = _Written(at)
    nominees = _nominees(round_, by, people, known, written)
    made = _create(round_, by, people, places, nominees, written)
    _write_parts(people, made, written)
    _record(round_, by, made, file_digest, written)
    finish(len(made))
    return len(made)


def rows_to_write(people: Sequence[Person]) -> int:
    """Of each person the row, the dossier, its lines and its entry."""
    return sum(3 + sum(len(rows) for rows in person.parts.values()) for person in people)


class _Written:
    """Counts what is written and says so."""

    def __init__(self, at: Callable[[int], None]) -> None:
        self.at, self.count = at, 0

    def more(self, n: int) -> None:
        self.count += n
        self.at(self.count)


def _require_clean(
    round_: Round, people: Sequence[Person], places: Places, known: Mapping[str, Nominee]
) -> None:
    if not all(valid_id_number(person.id_number) for person in people):
        raise BadFile(_("文件中有错误的身份证号。"), code="bad_id_number")
    if len({person.key for person in people}) != len(people):
        raise BadFile(_("文件中有重复的身份证号。"), code="doubled")
    for person, _column, why in faults_of(round_, people, places, known):
        raise BadFile(
            _("第%(row)s行%(name)s：%(why)s 核对之后情况有变，请重新上传核对。")
            % {"row": person.row, "name": person.name, "why": why},
            code="changed_meanwhile",
        )


def _nominees(
    round_: Round, by: Actor, people: Sequence[Person], known: Mapping[str, Nominee], written: _Written
) -> dict[str, Nominee]:
    """One row a person: those who are new, and those who are known under the name now written."""
    fresh = (
        Nominee(person_key=p.key, id_number=p.id_number, name=p.name.strip(), name_key=plain_name(p.name))
        for p in people
        if p.key not in known
    )
    found = dict(known)
    written.more(len(known))
    for rows in chunks(fresh, BATCH):
        found |= {row.person_key: row for row in Nominee.objects.bulk_create(rows)}
        written.more(len(rows))
    for person in people:
        nominee = found[person.key]
        if nominee.name_key != plain_name(person.name):
            rename(nominee, person.name, round_=round_, by=by)
    return found


def _create(
    round_: Round,
    by: Actor,
    people: Sequence[Person],
    places: Places,
    nominees: Mapping[str, Nominee],
    written: _Written,
) -> list[Nomination]:
    year = (round_.announced_at or clock.now()).astimezone(clock.ZONE).year
    first, present = round_.nominations.count() + 1, clock.now()
    made: list[Nomination] = []
    rows = (
        _nomination(round_, f"{year}-{number:04d}", person, places, nominees[person.key], by, present)
        for number, person in enumerate(people, start=first)
    )
    for batch in chunks(rows, BATCH):
        made += Nomination.objects.bulk_create(batch)
        written.more(len(batch))
    return made


def _nomination(
    round_: Round, code: str, person: Person, places: Places, nominee: Nominee, by: Actor, present: Any
) -> Nomination:
    place, _column, _why = places.of(person)
    assert place is not None  # asked before
    number = person.id_number
    return Nomination(
        round=round_, code=code, nominee=nominee, route=place.route,
        category=round_.category_code(person.category), unit=place.unit, county=place.way.county,
        nominator=place.way.nominator, born_on=date(int(number[6:10]), int(number[10:12]), int(number[12:14])),
        gender=Nomination.Gender.MALE if int(number[16]) % 2 else Nomination.Gender.FEMALE,
        created_by=by if isinstance(by, User) else None, created_at=present, **_values(person),
    )  # fmt: skip


def _values(person: Person) -> dict[str, Any]:
    """The dossier's own fields; the title is that of the primary post."""
    posts = person.parts.get("posts", [])
    primary = posts[_primary(posts)] if posts else {}
    return {**({"title": primary["title"]} if primary.get("title") else {}), **person.values}


def _primary(posts: Sequence[Mapping[str, Any]]) -> int:
    return next((number for number, row in enumerate(posts) if row.get("primary")), 0)


def _write_parts(people: Sequence[Person], made: Sequence[Nomination], written: _Written) -> None:
    for part, model in PARTS.items():
        manager: Any = model._default_manager
        rows = (
            row
            for person, nomination in zip(people, made, strict=True)
            for row in _rows(part, model, nomination, person.parts.get(part, []))
        )
        for batch in chunks(rows, BATCH):
            manager.bulk_create(batch)
            written.more(len(batch))


def _rows(part: str, model: Any, nomination: Nomination, rows: Sequence[Mapping[str, Any]]) -> Iterable[Any]:
    """The lines of one person, in the order of the file; of the posts exactly one is the primary."""
    for position, row in enumerate(rows):
        given = {name: row[name] for name in model.ENTERED if row.get(name) is not None}
        if part == "posts":
            given["primary"] = position == _primary(rows)
        yield model(nomination=nomination, position=position, **given)


def _record(round_: Round, by: Actor, made: Sequence[Nomination], digest: str, written: _Written) -> None:
    """One entry a dossier, and one for the file."""
    role = Role.UNIT_CLERK if by.holds(Role.UNIT_CLERK) else Role.BUREAU_OFFICER
    common = {"chain": round_.chain_key, "role": role, "rules_version": round_.rules_version}
    for row in made:
        payload = {"route": row.route, "unit": row.unit.name, "nominator": row.nominator.name, "file": digest}
        ledger.append(by, kind=IMPORTED, subject=subject_of(row), payload=payload, **common)
        written.more(1)
    whole = {"file": digest, "nominations": len(made)}
    ledger.append(by, kind=FILE_IMPORTED, subject=subject_of(round_), payload=whole, **common)


@door.act
def begin_check(round_: Round, *, by: Actor, name: str, content: IO[bytes]) -> Job:
    """Have a file checked: a job that writes nothing but what it found."""
    if not may_import(by):
        raise NotPermitted(_("只有用人单位经办和民政局经办可以导入申报。"))
    job = jobs.start(CHECK, by=by, given={"round": round_.code}, about=name[:120])
    jobfiles.put(job, "input", name, "application/octet-stream", content)
    return job


@door.act
def begin_import(check: Job, *, by: Actor) -> Job:
    """Bring in what a check found clean. Asked for twice, it stays one job."""
    if check.kind != CHECK or check.status != Job.Status.DONE or check.started_by != str(by.id):
        raise StepRefused(_("核对尚未完成。"), code="not_checked")
    if not check.result.get("clean_rows"):
        raise StepRefused(_("没有可以导入的人选。"), code="nobody_clean")
    return jobs.start(IMPORT, by=by, given={"check": check.pk}, key=f"{IMPORT}:{check.pk}", about=check.about)

"""The service network as the API shows it; the long work on it: checking a file, bringing in what is clean."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation, User
from selection.documents.workbook import Workbook
from selection.errors import BadFile
from studios.actions import network as actions
from studios.forms.network import Intake, read
from studios.models import ServicePoint
from studios.queries import network as queries
from studios.queries.network import counties_of
from workflow import clock, collections, jobfiles, jobs
from workflow.actor import Actor
from workflow.jobs import Kind, Progress
from workflow.models import Job

MOST_LISTED = 20_000


def represent_point(point: ServicePoint, _actor: Actor) -> dict[str, Any]:
    """A division with what stands there, JSON-ready: counts of staff, nobody's name."""
    return {
        "id": point.pk,
        "code": point.code,
        "level": point.level,
        "place": point.place,
        "division": point.division,
        "name": point.name,
        "status": point.status,
        "status_on": point.status_on.isoformat(),
        "city": point.city.name,
        "county": point.county.name,
        "parent": point.parent.code if point.parent else None,
        "operator": point.operator,
        "weak_area": point.weak_area,
        "volunteers": point.volunteers,
        "agencies": point.agencies,
        "certified": {
            "assistant": point.assistant,
            "intermediate": point.intermediate,
            "senior": point.senior,
        },
        "professionals": point.professionals,
    }


def represent_federation(unit: Organisation, _actor: Actor) -> dict[str, Any]:
    """A federation or an association with its boards, JSON-ready."""
    today = clock.today()
    return {
        "id": unit.pk,
        "code": unit.code,
        "kind": unit.kind,
        "name": unit.name,
        "area": unit.area,
        "terms": [
            {
                "ordinal": term.ordinal,
                "since": term.since.isoformat(),
                "until": term.until.isoformat(),
                "in_office": term.covers(today),
                "officers": [{"role": row.role, "name": row.name} for row in term.officers.all()],
            }
            for term in unit.board_terms.all()
        ],
    }


collections.register(
    collections.Collection(
        name="service-points",
        model=ServicePoint,
        visible_to=queries.points_visible_to,
        represent=represent_point,
        url=lambda point: reverse("network_detail", args=[point.pk]),
        filters=("level", "place", "status", "city", "county", "code"),
    )
)
collections.register(
    collections.Collection(
        name="federations",
        model=Organisation,
        visible_to=lambda _reader: queries.federations(),
        represent=represent_federation,
        url=lambda _unit: reverse("federation_list"),
        filters=("kind", "code"),
    )
)


@contextmanager
def _opened(check: Job) -> Iterator[Workbook]:
    file = jobfiles.of(check, "input")
    if file is None:
        raise BadFile(_("上传的文件只保留一天，现已删除。请重新上传。"), code="file_gone")
    with TemporaryFile() as content:
        jobfiles.copy_to(file, content)
        yield Workbook(file.name, content)


def _read(job: Job, person: User, progress: Progress) -> Intake:
    with _opened(job) as book:
        progress.begin(1)
        return read(book, counties=counties_of(person))


def check(job: Job, progress: Progress) -> dict[str, Any]:
    """Read all of the file and write down what is wrong; nothing is brought in."""
    intake = _read(job, User.objects.get(pk=job.started_by), progress)
    return {
        "rows": intake.read,
        "clean": len(intake.rows),
        "fault_count": len(intake.faults),
        "faults": [fault.as_list() for fault in intake.faults[:MOST_LISTED]],
    }


def bring_in(job: Job, progress: Progress) -> dict[str, Any]:
    """Read the file again, and bring in what the check found clean, all or none."""
    person, checked = User.objects.get(pk=job.started_by), Job.objects.get(pk=job.given["check"])
    intake = _read(checked, person, progress)
    if len(intake.rows) != checked.result["clean"]:
        raise BadFile(_("核对之后情况有变，没有导入任何内容。请重新上传核对。"), code="changed_meanwhile")
    file = jobfiles.of(checked, "input")
    progress.writing(_("正在写入%(n)s行") % {"n": len(intake.rows)})
    left = intake.read - len(intake.rows)
    actions.bring_in(
        intake.rows, by=person, file_digest=file.sha256 if file else "", hold=progress.hold,
        finish=lambda n: progress.finish({"imported": n, "left_out": left}),
    )  # fmt: skip
    jobfiles.remove(checked)
    return {"imported": len(intake.rows), "left_out": left}


jobs.register(
    actions.CHECK,
    Kind(gettext_lazy("核对站点文件"), check, lambda job: reverse("network_import_result", args=[job.pk])),
)
jobs.register(actions.IMPORT, Kind(gettext_lazy("导入站点"), bring_in, lambda job: reverse("network_list")))

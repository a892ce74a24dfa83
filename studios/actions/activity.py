"""What is done with an activity: recorded, submitted, co-signed by the station, taken back, verified or questioned."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from selection.errors import BadFile
from selection.rules.privacy import exposures
from selection.rules.upload import PDF, Received, Unfit, received
from studios import policies
from studios.actions import month
from studios.errors import LinkEnded, PersonalData
from studios.messages import activity as messages
from studios.models import Activity, ActivityPerson, ActivityPhoto, CosignLink, ServiceGroup, Studio
from studios.queries import activity as queries
from studios.rules import activity as rules
from workflow import clock, door, ledger, scanner
from workflow.actor import PUBLIC_ROLE, Actor, NamedActor
from workflow.errors import NotPermitted, Refused, StepRefused
from workflow.machine import subject_of
from workflow.scanner import ScannerUnreachable

MOST_PHOTOS = 9
MOST_BYTES = 20 * 1024 * 1024
TEXTS = ("title", "place", "station_name", "agency", "summary", "outcome", "incident")

ledger.LABELS |= {
    "activity.record": gettext_lazy("登记活动"),
    "activity.change": gettext_lazy("修改活动记录"),
    "activity.link": gettext_lazy("生成站点确认链接"),
    "activity.unlink": gettext_lazy("撤销站点确认链接"),
    "studio.group": gettext_lazy("登记小组计划"),
    "studio.group_closed": gettext_lazy("小组结案"),
}


@dataclass(frozen=True)
class People:
    """Who worked at an activity: names of leads and mentees, each volunteer with hours."""

    leads: Sequence[str] = ()
    mentees: Sequence[str] = ()
    volunteers: Mapping[str, Decimal] = field(default_factory=dict)


# The record ----------------------------------------------------------------------------------------------------------


def record(
    studio: Studio, *, by: Actor, values: Mapping[str, Any], people: People, photos: Sequence[bytes] = (),
    submit: bool = False,
) -> Activity:  # fmt: skip
    """Write an activity down, and hand it in at once if so asked. Raises `Refused`; then nothing is kept."""
    opened = [_opened(data) for data in photos]
    return _with_files(opened, lambda kept: _record(studio, by, values, people, kept, submit))


def change(
    activity: Activity, *, by: Actor, values: Mapping[str, Any], people: People, photos: Sequence[bytes] = (),
    submit: bool = False,
) -> Activity:  # fmt: skip
    """Write a draft anew, photos added to those it has."""
    opened = [_opened(data) for data in photos]
    return _with_files(opened, lambda kept: _change(activity, by, values, people, kept, submit))


def _opened(data: bytes) -> Received:
    """A photo without what the camera wrote into it. Raises `BadFile`."""
    if len(data) > MOST_BYTES:
        raise BadFile(_("照片超过20 MB，请缩小后再上传。"), code="too_large")
    try:
        got = received(data)
    except Unfit as unfit:
        raise BadFile(_("照片须为完整的JPG或PNG图片。"), code=unfit.code) from unfit
    if got.mime == PDF:
        raise BadFile(_("照片须为完整的JPG或PNG图片。"), code="not_a_picture")
    _scanned(data)
    return got


def _scanned(data: bytes) -> None:
    """Where a scanner is configured it sees every photo first; without its answer nothing is taken."""
    try:
        verdict = scanner.scan(data)
    except ScannerUnreachable as away:
        raise BadFile(_("病毒检查程序暂时没有回应，请稍后再上传。"), code="scanner_away") from away
    if not verdict.clean:
        raise BadFile(_("病毒检查未通过：%(finding)s。") % {"finding": verdict.finding}, code="infected")


def _with_files(opened: Sequence[Received], write: Any) -> Activity:
    """Keep the files, write their rows; the files go again if the rows are refused."""
    kept: list[tuple[str, Received]] = []
    try:
        for got in opened:
            name = f"activities/{uuid4().hex}.{'png' if got.mime == 'image/png' else 'jpg'}"
            kept.append((default_storage.save(name, ContentFile(got.content)), got))
        written: Activity = write(kept)
    except (Refused, DatabaseError):
        for place, _got in kept:
            default_storage.delete(place)
        raise
    return written


Kept = Sequence[tuple[str, Received]]


def _record(
    studio: Studio, by: Actor, values: Mapping[str, Any], people: People, kept: Kept, submit: bool
) -> Activity:
    return _recorded(studio, by=by, values=values, people=people, kept=kept, submit=submit)


@door.act
def _recorded(
    studio: Studio, *, by: Actor, values: Mapping[str, Any], people: People, kept: Kept, submit: bool
) -> Activity:
    studio = door.locked(studio)
    _require_writer(studio, by)
    if studio.state not in Studio.RUNNING:
        raise StepRefused(_("工作室未在运行，不能登记活动。"), code="studio_not_running")
    _require_no_personal_data(values)
    assert isinstance(by, User)  # no other actor holds a role that may record
    row = Activity(studio=studio, recorded_by=by, recorded_at=clock.now())
    return _written(row, by, "record", values, people, kept, submit)


def _change(
    activity: Activity, by: Actor, values: Mapping[str, Any], people: People, kept: Kept, submit: bool
) -> Activity:
    return _changed(activity, by=by, values=values, people=people, kept=kept, submit=submit)


@door.act
def _changed(
    activity: Activity, *, by: Actor, values: Mapping[str, Any], people: People, kept: Kept, submit: bool
) -> Activity:
    row = door.locked(activity)
    _require_writer(row, by)
    if row.state != Activity.State.DRAFTED:
        raise StepRefused(_("活动记录已提交，撤回后方可修改。"), code="wrong_state")
    _require_no_personal_data(values)
    return _written(row, by, "change", values, people, kept, submit)


def _written(
    row: Activity, by: Actor, what: str, values: Mapping[str, Any], people: People, kept: Kept, submit: bool
) -> Activity:
    for name, value in values.items():
        setattr(row, name, value)
    row.due_on = rules.due_on(row.held_on, row.studio.programme.record_days)
    row.save()
    _write_people(row, people)
    _keep_photos(row, kept)
    said = {"held_on": row.held_on.isoformat(), "attendances": row.attendances, "photos": len(kept)}
    ledger.append(by, chain=row.chain_key, kind=f"activity.{what}", subject=subject_of(row), payload=said)
    return _submitted(row, by) if submit else row


def _require_writer(obj: Studio | Activity, by: Actor) -> None:
    if not policies.may_record_activity(obj, by):
        raise NotPermitted(_("您的身份不能登记本工作室的活动。"))


def _require_no_personal_data(values: Mapping[str, Any]) -> None:
    """Texts hold neither identity numbers nor phones: a record is about numbers of people, never about persons."""
    if exposures({name: str(values.get(name) or "") for name in TEXTS}):
        raise PersonalData(
            _("文字中有疑似身份证号、手机号或银行卡号。活动记录不写服务对象的个人信息，请删去。")
        )


def _write_people(row: Activity, people: People) -> None:
    hours = Decimal(
        (row.ends_at.hour - row.starts_at.hour) * 60 + row.ends_at.minute - row.starts_at.minute
    ) / Decimal(60)
    lines = [
        *(("lead", name, hours) for name in people.leads),
        *(("mentee", name, hours) for name in people.mentees),
        *(("volunteer", name, given) for name, given in people.volunteers.items()),
    ]
    row.workers.all().delete()
    ActivityPerson.objects.bulk_create(
        ActivityPerson(activity=row, part=part, name=name, hours=round(given, 2))
        for part, name, given in lines
    )


def _keep_photos(row: Activity, kept: Kept) -> None:
    have = set(row.photos.values_list("source_sha256", flat=True))
    for place, got in kept:
        if got.source_sha256 in have:
            raise BadFile(_("这张照片本活动已经上传过。"), code="double")
        have.add(got.source_sha256)
        ActivityPhoto.objects.create(
            activity=row, file=place, mime=got.mime, size=len(got.content), sha256=got.sha256,
            source_sha256=got.source_sha256, uploaded_at=clock.now(),
        )  # fmt: skip
    if len(have) > MOST_PHOTOS:
        raise BadFile(_("一次活动最多%(most)s张照片。") % {"most": MOST_PHOTOS}, code="too_many_files")


@door.act
def remove_photo(photo: ActivityPhoto, *, by: Actor) -> None:
    """Take a photo out of a draft."""
    row = door.locked(photo.activity)
    _require_writer(row, by)
    if row.state != Activity.State.DRAFTED:
        raise StepRefused(_("活动记录已提交，撤回后方可修改。"), code="wrong_state")
    place = str(photo.file.name)
    photo.delete()
    transaction.on_commit(lambda: default_storage.delete(place), robust=True)


# Steps ---------------------------------------------------------------------------------------------------------------


@door.act
def submit(activity: Activity, *, by: Actor) -> Activity:
    """Hand a record in."""
    return _submitted(activity, by)


def _submitted(activity: Activity, by: Actor) -> Activity:
    return door.take(activity, "submit", by=by, at=clock.now(), day=clock.today())


@door.act
def take_back(activity: Activity, *, by: Actor) -> Activity:
    """Make it a draft again; its links end."""
    moved = door.take(activity, "take_back", by=by)
    queries.open_links(moved).update(revoked_at=clock.now())
    return moved


@door.act
def verify(activity: Activity, *, by: Actor, reason: str) -> Activity:
    """Found to be true."""
    moved = door.take(activity, "verify", by=by, reason=reason)
    month.keep(moved)
    messages.judged(moved, by=by, said=reason)
    return moved


@door.act
def question(activity: Activity, *, by: Actor, reason: str) -> Activity:
    """Found doubtful: it counts for nothing until it has been cleared up."""
    moved = door.take(activity, "question", by=by, reason=reason)
    month.keep(moved)
    messages.judged(moved, by=by, said=reason)
    return moved


# The station ---------------------------------------------------------------------------------------------------------


@door.act
def issue_link(activity: Activity, *, by: Actor) -> str:
    """A new token for the station; earlier links end. It is shown this once: only its digest is kept."""
    row = door.locked(activity)
    _require_writer(row, by)
    if row.state != Activity.State.SUBMITTED:
        raise StepRefused(_("提交后、站点确认前才能生成确认链接。"), code="wrong_state")
    assert isinstance(by, User)
    now, token = clock.now(), secrets.token_urlsafe(32)
    queries.open_links(row).update(revoked_at=now)
    CosignLink.objects.create(
        activity=row, digest=queries.digest_of(token), issued_by=by, issued_at=now,
        expires_at=now + timedelta(days=row.studio.programme.link_days),
    )  # fmt: skip
    ledger.append(by, chain=row.chain_key, kind="activity.link", subject=subject_of(row), payload={})
    return token


@door.act
def revoke_links(activity: Activity, *, by: Actor) -> None:
    """No link of the activity holds any more."""
    row = door.locked(activity)
    _require_writer(row, by)
    ended = queries.open_links(row).update(revoked_at=clock.now())
    ledger.append(
        by, chain=row.chain_key, kind="activity.unlink", subject=subject_of(row), payload={"links": ended}
    )


def station_of(activity: Activity) -> Actor:
    """Who acts when the station's link is used."""
    return NamedActor("station", activity.station_name, frozenset({PUBLIC_ROLE}))


@door.act
def cosign(activity: Activity, *, token: str, by: Actor) -> Activity:
    """The station says that it happened."""
    used = _use(activity, token)
    moved = door.take(activity, "cosign", by=by, at=used)
    month.keep(moved)
    messages.cosigned(moved)
    return moved


@door.act
def dispute(activity: Activity, *, token: str, by: Actor, reason: str) -> Activity:
    """The station says that it did not happen like this."""
    _use(activity, token)
    moved = door.take(activity, "dispute", by=by, reason=reason)
    messages.disputed(moved)
    return moved


def _use(activity: Activity, token: str) -> Any:
    """Spend the link of this token. The activity's row is locked first, here as everywhere."""
    door.locked(activity)
    link = activity.links.filter(digest=queries.digest_of(token)).first()
    if link is None or not queries.holds(link):
        raise LinkEnded(_("确认链接已使用、已撤销或已过期，请向工作室索取新的链接。"))
    link.used_at = clock.now()
    link.save(update_fields=["used_at"])
    return link.used_at


# Groups --------------------------------------------------------------------------------------------------------------


@door.act
def plan_group(studio: Studio, *, by: Actor, **values: Any) -> ServiceGroup:
    """Write a group's plan down."""
    studio = door.locked(studio)
    _require_writer(studio, by)
    if studio.state not in Studio.RUNNING:
        raise StepRefused(_("工作室未在运行，不能登记活动。"), code="studio_not_running")
    _require_no_numbers(values)
    group = ServiceGroup.objects.create(studio=studio, **values)
    ledger.append(
        by,
        chain=studio.chain_key,
        kind="studio.group",
        subject=subject_of(studio),
        payload={"name": group.name},
    )
    return group


def _require_no_numbers(values: Mapping[str, Any]) -> None:
    if exposures({name: str(value) for name, value in values.items()}):
        raise PersonalData(_("文字中有疑似身份证号、手机号或银行卡号，请删去。"))


@door.act
def close_group(group: ServiceGroup, *, by: Actor, closing: str, goals_reached: bool) -> ServiceGroup:
    """Write down how a group ended, once; its rates are computed from its sessions."""
    studio = door.locked(group.studio)
    _require_writer(studio, by)
    row = ServiceGroup.objects.select_for_update().get(pk=group.pk)
    if row.closed_on is not None:
        raise StepRefused(_("该小组已结案。"), code="closed_already")
    if not row.sessions.exclude(state=Activity.State.DRAFTED).exists():
        raise StepRefused(_("该小组还没有已提交的活动，不能结案。"), code="no_session")
    _require_no_numbers({"closing": closing})
    row.closing, row.goals_reached, row.closed_on = closing, goals_reached, clock.today()
    row.save(update_fields=["closing", "goals_reached", "closed_on"])
    said = {"name": row.name, "goals_reached": goals_reached}
    ledger.append(
        by, chain=studio.chain_key, kind="studio.group_closed", subject=subject_of(studio), payload=said
    )
    return row

"""A file comes into a dossier, is looked at, and goes out of it again. What it was stays on the ledger by its digest."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from selection.errors import BadFile
from selection.messages import attachment as messages
from selection.models import Attachment, Nomination
from selection.models.attachment import place_of
from selection.models.attachment_kinds import field_of
from selection.models.nomination_guards import is_open, why_closed
from selection.queries import attachment as queries
from selection.rules.attachment import EXTENSIONS, KINDS, MEGABYTE, MOST_FILES, audience_of, fits, kept_name
from selection.rules.upload import Received, Unfit, received
from workflow import clock, door, ledger, scanner
from workflow.actor import SYSTEM, Actor
from workflow.errors import NotPermitted, OutsideWindow, Sentence, StepRefused
from workflow.machine import subject_of
from workflow.scanner import ScannerUnreachable, Verdict

ledger.LABELS |= {
    "nomination.attach": gettext_lazy("上传附件"),
    "nomination.detach": gettext_lazy("移除附件"),
    "nomination.read_restricted": gettext_lazy("查看限制附件"),
}
ORPHANED_AFTER = 86400.0  # seconds

SENTENCES: dict[str, Sentence] = {
    "empty": gettext_lazy("文件是空的，请重新扫描或拍照。"),
    "wrong_type": gettext_lazy("不是PDF、JPG或PNG文件，请转换后再上传。"),
    "found_type": gettext_lazy("文件内容是%(found)s格式，请转换为PDF、JPG或PNG后再上传。"),
    "broken": gettext_lazy("文件不完整或已损坏，无法打开，请重新扫描或导出。"),
    "locked": gettext_lazy("PDF设有打开密码，请去掉密码后再上传。"),
    "active": gettext_lazy("PDF内含脚本、自动操作或其他附带文件，请打印为普通PDF后再上传。"),
    "too_many_pages": gettext_lazy("PDF超过%(most)s页，请拆分后再上传。"),
    "too_many_pixels": gettext_lazy("图片尺寸过大，请降低扫描分辨率（300 dpi即可）后再上传。"),
    "not_a_picture": gettext_lazy("免冠照片须为JPG或PNG图片。"),
}  # fmt: skip


def upload(nomination: Nomination, *, by: Actor, kind: str, name: str, data: bytes) -> Attachment:
    """Take a file into a dossier. Raises `BadFile` with the reason, `NotPermitted`, `OutsideWindow`, `StepRefused`.

    The long work (opening, cleaning, scanning, writing the file) is done before anything is locked.
    """
    nomination = change_attachments(nomination, by=by, kind=kind)
    _require_size(nomination, len(data))
    got = _opened(data, kind)
    verdict = _verdict(got.content)
    key = uuid4()
    place = default_storage.save(place_of(nomination, key, EXTENSIONS[got.mime]), ContentFile(got.content))
    try:
        return _keep(
            nomination, by=by, kind=kind, name=kept_name(name), got=got, key=key, place=place, verdict=verdict
        )
    except (BadFile, NotPermitted, OutsideWindow, StepRefused, DatabaseError):
        default_storage.delete(place)
        raise


@door.act
def change_attachments(nomination: Nomination, *, by: Actor, kind: str) -> Nomination:
    """The locked dossier, if this actor may change its files of this kind now; the refusal is on the record."""
    row = door.locked(nomination)
    if kind in queries.kinds_open_to(row, by):
        return row
    if kind not in KINDS:
        raise BadFile(_("没有这种附件。"), code="unknown_kind")
    if not queries.writes(row, by, kind):
        raise NotPermitted(_("您的身份不能增减这种附件。"))
    if row.state in ("draft", "returned", "nominator_review") and not is_open(row.round):
        raise OutsideWindow(why_closed(row.round))
    raise StepRefused(_("申报现为“%(state)s”，不能增减附件。") % {"state": row.get_state_display()}, code="wrong_state")  # fmt: skip


def _require_size(nomination: Nomination, size: int) -> None:
    most = nomination.round.rulebook.max_file_mb
    if size > most * MEGABYTE:
        words = _("文件超过%(most)s MB的上限，请降低扫描分辨率或拆分后再上传。")
        raise BadFile(words % {"most": most}, code="too_large")


def _opened(data: bytes, kind: str) -> Received:
    try:
        got = received(data)
    except Unfit as unfit:
        code = "found_type" if unfit.code == "wrong_type" and unfit.arguments.get("found") else unfit.code
        raise BadFile(str(SENTENCES[code]) % unfit.arguments, code=unfit.code) from unfit
    if kind == "photo" and got.mime == "application/pdf":
        raise BadFile(SENTENCES["not_a_picture"], code="not_a_picture")
    return got


def _verdict(content: bytes) -> Verdict | None:
    """What the scanner says; None while it cannot be reached: the file waits, closed."""
    try:
        return scanner.scan(content)
    except ScannerUnreachable:
        return None


@door.act
def _keep(
    nomination: Nomination, *, by: Actor, kind: str, name: str, got: Received, key: UUID, place: str,
    verdict: Verdict | None,
) -> Attachment:  # fmt: skip
    row = change_attachments(nomination, by=by, kind=kind)
    _require_room(row, got, kind)
    last = row.attachments.filter(kind=kind).aggregate(n=Max("number"))["n"] or 0
    assert isinstance(by, User)  # no other actor holds a role that may attach
    attachment = Attachment.objects.create(
        key=key, nomination=row, kind=kind, number=last + 1, audience=audience_of(kind), file=place, mime=got.mime,
        size=len(got.content), pages=got.pages, sha256=got.sha256, source_sha256=got.source_sha256, source_name=name,
        uploaded_by=by, uploaded_at=clock.now(),
    )  # fmt: skip
    _record(attachment, "attach", by, {"source_sha256": got.source_sha256, "size": len(got.content)})
    _no_longer_asked(row, kind)
    return attachment if verdict is None else _judged(attachment, verdict)


def _no_longer_asked(nomination: Nomination, kind: str) -> None:
    """What a return asked for has come; a correction keeps its list until it is handed in."""
    asked = [row for row in nomination.requests if row["field"] != field_of(kind)]
    if nomination.state == Nomination.State.RETURNED and len(asked) < len(nomination.requests):
        nomination.requests = asked
        nomination.save(update_fields=["requests"])


def _require_room(nomination: Nomination, got: Received, kind: str) -> None:
    others = list(nomination.attachments.filter(removed_at=None))
    for other in others:
        if other.kind == kind and got.source_sha256 in (other.source_sha256, other.sha256):
            words = _("与已上传的“%(name)s”内容相同，不再重复上传。")
            raise BadFile(words % {"name": queries.title_of(other)}, code="double")
    most = nomination.round.rulebook.max_dossier_mb
    if not fits(len(got.content), [other.size for other in others], max_dossier_mb=most):
        words = _("加上这个文件，本申报的附件合计超过%(most)s MB，请先移除或压缩其他附件。")
        raise BadFile(words % {"most": most}, code="dossier_full")
    if len(others) >= MOST_FILES:
        raise BadFile(_("一份申报最多%(most)s个附件，请合并后再上传。") % {"most": MOST_FILES}, code="too_many_files")  # fmt: skip


# The scan ------------------------------------------------------------------------------------------------------------


def _judged(attachment: Attachment, verdict: Verdict) -> Attachment:
    given: dict[str, Any] = {"at": clock.now(), "scanner": verdict.scanner}
    payload = {"sha256": attachment.sha256, "scanner": verdict.scanner or "none"}
    if verdict.clean:
        return door.take(attachment, "pass_scan", by=SYSTEM, payload=payload, **given)
    payload["finding"] = verdict.finding
    moved = door.take(attachment, "quarantine", by=SYSTEM, payload=payload, finding=verdict.finding, **given)
    messages.quarantined(moved)
    return moved


@door.act
def _judge(attachment: Attachment, *, verdict: Verdict) -> Attachment | None:
    row = Attachment.objects.select_for_update(no_key=True).filter(pk=attachment.pk).first()
    waits = row is not None and row.state == Attachment.State.UPLOADED and row.removed_at is None
    return _judged(attachment, verdict) if waits else None


def scan_waiting() -> int:
    """Look at the files that no scanner has seen; stops, without a word on the ledger, while it cannot be reached."""
    judged = 0
    for attachment in queries.waiting_for_scan()[:100]:
        try:
            with attachment.file.open("rb") as file:
                verdict = scanner.scan(file.read())
        except ScannerUnreachable:
            return judged
        except FileNotFoundError:
            continue
        judged += _judge(attachment, verdict=verdict) is not None
    return judged


# Removal and reading -------------------------------------------------------------------------------------------------


@door.act
def remove(attachment: Attachment, *, by: Actor) -> None:
    """Take a file out. One that an office has had before itself is kept, closed; any other is gone but for its digest."""
    change_attachments(attachment.nomination, by=by, kind=attachment.kind)
    row = door.locked(attachment)
    if row.removed_at is not None or not queries.may_remove(row, by):
        raise StepRefused(_("该附件已随申报提交，不能移除。"), code="attachment_sent")
    kept = queries.was_sent(row)
    _record(row, "detach", by, {"file_kept": kept})
    if kept:
        row.removed_at = clock.now()
        row.save(update_fields=["removed_at"])
        return
    place = str(row.file.name)
    row.delete()
    transaction.on_commit(lambda: default_storage.delete(place), robust=True)


@door.act
def read_restricted(attachment: Attachment, *, by: Actor) -> None:
    """Write down who opened an identity card or a background opinion."""
    _record(attachment, "read_restricted", by, {})


def _record(attachment: Attachment, what: str, by: Actor, payload: Mapping[str, Any]) -> None:
    nomination = attachment.nomination
    ledger.append(
        by,
        chain=nomination.chain_key,
        kind=f"nomination.{what}",
        subject=subject_of(nomination),
        rules_version=nomination.rules_version,
        payload={
            "kind": attachment.kind,
            "number": attachment.number,
            "sha256": attachment.sha256,
            **payload,
        },
    )


def drop_orphans() -> int:
    """Delete files that belong to no record: left by a process that was killed between the file and its row."""
    dropped, before = 0, time.time() - ORPHANED_AFTER  # the disk's clock, which no demo moves
    for place in _stored():
        written = default_storage.get_modified_time(place).timestamp()
        if written < before and not Attachment.objects.filter(file=place).exists():
            default_storage.delete(place)
            dropped += 1
    return dropped


def _stored() -> list[str]:
    try:
        folders, _files = default_storage.listdir("attachments")
        return [
            f"attachments/{folder}/{name}"
            for folder in folders
            for name in default_storage.listdir(f"attachments/{folder}")[1]
        ]
    except FileNotFoundError:
        return []

"""Files that are published with a notice: looked through before they are taken, kept as they were sent."""

from __future__ import annotations

from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from selection.actions.notice import for_change, note
from selection.documents.inside import EXTENSIONS, Inside, look_inside
from selection.errors import BadFile
from selection.models import NoticeFile, PublicNotice
from selection.rules.attachment import MEGABYTE, kept_name
from selection.rules.upload import Unfit
from workflow import clock, door, kinds, scanner
from workflow.actor import Actor
from workflow.errors import Refused, Sentence
from workflow.scanner import ScannerUnreachable

MOST_FILES, MOST_MB = 10, 20
ATTACHED = kinds.named("notice.file_attached", gettext_lazy("上传公示附件"))
DETACHED = kinds.named("notice.file_detached", gettext_lazy("移除公示附件"))
SENTENCES: dict[str, Sentence] = {
    "empty": gettext_lazy("文件是空的。"),
    "wrong_type": gettext_lazy("只能上传DOCX、XLSX、PDF、JPG、PNG文件。"),
    "broken": gettext_lazy("文件不完整或已损坏，无法检查内容。"),
    "broken_office": gettext_lazy("文件不完整或已损坏，无法检查内容，请重新另存后再上传。"),
    "locked": gettext_lazy("PDF设有打开密码，无法检查内容，请去掉密码后再上传。"),
    "locked_office": gettext_lazy("文件设有密码，无法检查内容，请去掉密码后再上传。"),
    "old_office": gettext_lazy("是旧版Office文件（doc、xls），请另存为DOCX或XLSX后再上传。"),
    "active": gettext_lazy("PDF内含脚本、自动操作或其他附带文件，请打印为普通PDF后再上传。"),
    "macro": gettext_lazy("文件带有宏，请另存为不带宏的DOCX或XLSX后再上传。"),
    "bomb": gettext_lazy("文件解压后过大或压缩比异常，不能接收。"),
    "embedded": gettext_lazy("文件内嵌有其他文件或对象（%(part)s），无法检查内容，请删除后再上传。"),
    "too_many_pages": gettext_lazy("PDF超过%(most)s页，请拆分后再上传。"),
    "too_many_pixels": gettext_lazy("图片尺寸过大，请缩小后再上传。"),
}  # fmt: skip


def attach(notice: PublicNotice, *, by: Actor, name: str, data: bytes) -> NoticeFile:
    """Take a file into a draft. Raises `BadFile` with the reason, `NotPermitted`, `StepRefused`."""
    _open_to(notice, by=by)
    if len(data) > MOST_MB * MEGABYTE:
        raise BadFile(_("文件超过%(most)s MB的上限。") % {"most": MOST_MB}, code="too_large")
    inside = _looked_through(data)
    seen_by = _scanned(data)
    key, extension = uuid4(), EXTENSIONS[inside.mime]
    place = default_storage.save(f"notices/{notice.round.code}/{key.hex}.{extension}", ContentFile(data))
    try:
        return _keep(notice, by=by, name=_named(name, extension), inside=inside, place=place, size=len(data), scanner_name=seen_by)  # fmt: skip
    except (Refused, DatabaseError):
        default_storage.delete(place)
        raise


@door.act
def _open_to(notice: PublicNotice, *, by: Actor) -> None:
    for_change(notice, by=by)


def _looked_through(data: bytes) -> Inside:
    try:
        return look_inside(data)
    except Unfit as unfit:
        words = str(SENTENCES.get(unfit.code, SENTENCES["broken"]))
        raise BadFile(words % unfit.arguments, code=unfit.code) from unfit


def _scanned(data: bytes) -> str:
    """The scanner's name; a file that it has not seen is not taken: it would be public without another look."""
    try:
        verdict = scanner.scan(data)
    except ScannerUnreachable as away:
        raise BadFile(_("病毒检查程序暂时没有回应，请稍后再上传。"), code="scanner_away") from away
    if not verdict.clean:
        raise BadFile(_("病毒检查未通过：%(finding)s。") % {"finding": verdict.finding}, code="infected")
    return verdict.scanner


def _named(name: str, extension: str) -> str:
    """The name under which the public gets it: what it is called, ending in what it is."""
    plain = kept_name(name)
    stem = plain.rpartition(".")[0] or plain
    return f"{stem[:100]}.{extension}"


@door.act
def _keep(
    notice: PublicNotice, *, by: Actor, name: str, inside: Inside, place: str, size: int, scanner_name: str
) -> NoticeFile:
    row = for_change(notice, by=by)
    files = list(row.files.all())
    if len(files) >= MOST_FILES:
        raise BadFile(_("一份公示最多%(most)s个附件。") % {"most": MOST_FILES}, code="too_many_files")
    if any(file.sha256 == inside.sha256 for file in files):
        raise BadFile(_("与已上传的附件内容相同，不再重复上传。"), code="double")
    assert isinstance(by, User)
    file = NoticeFile.objects.create(
        notice=row, ordinal=max((f.ordinal for f in files), default=0) + 1, name=name, file=place, mime=inside.mime,
        size=size, sha256=inside.sha256, scanner=scanner_name, uploaded_by=by, uploaded_at=clock.now(),
    )  # fmt: skip
    _changed(row, by, ATTACHED, file)
    return file


@door.act
def detach(file: NoticeFile, *, by: Actor) -> None:
    """Take a file out of a draft; it goes from the storage unless another notice has it, too."""
    row = for_change(file.notice, by=by)
    place = str(file.file.name)
    name, digest = file.name, file.sha256
    file.delete()
    row.composed_by_id = by.id
    row.save(update_fields=["composed_by"])
    note(row, DETACHED, by, name=name, sha256=digest)
    if not NoticeFile.objects.filter(file=place).exists():
        transaction.on_commit(lambda: default_storage.delete(place), robust=True)


def _changed(row: PublicNotice, by: Actor, kind: str, file: NoticeFile) -> None:
    row.composed_by_id = by.id  # whoever chose what is published does not post
    row.save(update_fields=["composed_by"])
    note(row, kind, by, name=file.name, sha256=file.sha256)

"""Files of a report, or of what was put right: recognised by content, cleaned, scanned, kept under a name of ours."""

from __future__ import annotations

from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from selection.actions.attachment import SENTENCES
from selection.errors import BadFile
from selection.rules.attachment import EXTENSIONS, kept_name
from selection.rules.upload import Received, Unfit, received
from studios import policies
from studios.models import ProgressReport, Rectification, ReportFile, Studio
from studios.queries.report_file import takes_files
from studios.rules.attached import MEGABYTE, MOST_FILES, MOST_MB
from workflow import clock, door, ledger, scanner
from workflow.actor import Actor
from workflow.errors import NotPermitted, Refused, StepRefused
from workflow.machine import subject_of
from workflow.scanner import ScannerUnreachable

ledger.LABELS.update({"report.attach": _("上传报告附件"), "report.detach": _("移除报告附件")})
Owner = ProgressReport | Rectification


def attach(owner: Owner, *, by: Actor, name: str, data: bytes) -> ReportFile:
    """Take a file. Raises `BadFile` with the reason, `NotPermitted`, `StepRefused`; then nothing is kept."""
    got = _opened(data)
    place = default_storage.save(f"reports/{uuid4().hex}.{EXTENSIONS[got.mime]}", ContentFile(got.content))
    try:
        return _attached(owner, by=by, name=kept_name(name), got=got, place=place)
    except (Refused, DatabaseError):
        default_storage.delete(place)
        raise


def _opened(data: bytes) -> Received:
    if len(data) > MOST_MB * MEGABYTE:
        words = _("文件超过%(most)s MB的上限，请降低扫描分辨率或拆分后再上传。") % {"most": MOST_MB}
        raise BadFile(words, code="too_large")
    try:
        got = received(data)
    except Unfit as unfit:
        code = "found_type" if unfit.code == "wrong_type" and unfit.arguments.get("found") else unfit.code
        raise BadFile(str(SENTENCES[code]) % unfit.arguments, code=unfit.code) from unfit
    _require_clean(got.content)
    return got


def _require_clean(content: bytes) -> None:
    try:
        verdict = scanner.scan(content)
    except ScannerUnreachable as unreachable:
        raise BadFile(_("安全检查暂时不能进行，请稍后再上传。"), code="not_scanned") from unreachable
    if not verdict.clean:
        raise BadFile(_("文件未通过安全检查，没有保存。"), code="infected")


@door.act
def _attached(owner: Owner, *, by: Actor, name: str, got: Received, place: str) -> ReportFile:
    row = _require_open(owner, by)
    files = row.files.all()
    if len(files) >= MOST_FILES:
        raise BadFile(_("最多%(most)s个附件。") % {"most": MOST_FILES}, code="too_many_files")
    if any(file.sha256 == got.sha256 for file in files):
        raise BadFile(_("这个文件已经上传过。"), code="double")
    assert isinstance(by, User)
    of = {"report" if isinstance(row, ProgressReport) else "rectification": row}
    file = ReportFile.objects.create(
        name=name, file=place, mime=got.mime, size=len(got.content), sha256=got.sha256, uploaded_by=by,
        uploaded_at=clock.now(), **of,
    )  # fmt: skip
    _record(row, "attach", by, file)
    return file


def _require_open(owner: Owner, by: Actor) -> Owner:
    row = door.locked(owner)
    if not policies.may_submit_report(row, by):
        raise NotPermitted(_("您的身份不能上传附件。"))
    if row.studio.state not in Studio.RUNNING or not takes_files(row):
        raise StepRefused(_("已经提交，不能再增减附件。"), code="wrong_state")
    return row


@door.act
def detach(file: ReportFile, *, by: Actor) -> None:
    """Take a file away again."""
    owner = file.report or file.rectification
    assert owner is not None
    row = _require_open(owner, by)
    place = str(file.file.name)
    _record(row, "detach", by, file)
    file.delete()
    transaction.on_commit(lambda: default_storage.delete(place), robust=True)


def _record(row: Owner, what: str, by: Actor, file: ReportFile) -> None:
    payload = {"name": file.name, "sha256": file.sha256, "size": file.size}
    ledger.append(by, chain=row.chain_key, kind=f"report.{what}", subject=subject_of(row), payload=payload)

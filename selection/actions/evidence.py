"""Files of an objection: taken with a form, kept encrypted, opened by the handlers alone, each time on the record."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from selection.actions.attachment import SENTENCES
from selection.errors import BadFile
from selection.models import Evidence, Objection
from selection.queries.objection import evidence_visible_to
from selection.rules.attachment import MEGABYTE, kept_name
from selection.rules.upload import Received, Unfit, received
from workflow import clock, crypto, door, kinds, ledger, scanner
from workflow.actor import SYSTEM, Actor
from workflow.errors import NotPermitted, StepRefused
from workflow.machine import subject_of
from workflow.scanner import ScannerUnreachable, Verdict

MOST_MB, MOST_IN_ALL_MB, MOST_FILES = 10, 40, 10  # of one form
UNCLAIMED = timedelta(hours=24)  # how long the files of a form that was never accepted are kept
FOLDER = "evidence"

ADDED = kinds.named("objection.evidence_added", gettext_lazy("收到异议材料"))
OPENED = kinds.named("objection.evidence_viewed", gettext_lazy("查看异议材料"))


def stage(form_key: str, *, name: str, data: bytes, by: Actor) -> Evidence:
    """Keep a file for the form it came with, whether or not the form is accepted. Raises `BadFile` with the reason.

    The same file sent again with the same form is the same file.
    """
    got = _received(data)
    before: list[Evidence] = list(staged(form_key))
    again: Evidence | None = next((r for r in before if r.source_sha256 == got.source_sha256), None)
    if again is not None:
        return again
    _require_room(before, len(got.content))
    verdict = _verdict(got.content)
    key = uuid4()
    place = default_storage.save(f"{FOLDER}/{key.hex}", ContentFile(crypto.encrypt_bytes(got.content)))
    person = by if isinstance(by, User) else None
    return Evidence.objects.create(
        key=key, form_hash=_hash(form_key), place=place, name=kept_name(name), mime=got.mime, size=len(got.content),
        pages=got.pages, sha256=got.sha256, source_sha256=got.source_sha256, uploaded_by=person,
        uploaded_at=clock.now(), **_scanned(verdict),
    )  # fmt: skip


def _hash(form_key: str) -> str:
    return crypto.keyed_hash(form_key, "evidence form")


def _scanned(verdict: Verdict | None) -> dict[str, Any]:
    if verdict is None:
        return {}
    return {"scanned_at": clock.now(), "scanner": verdict.scanner, "finding": verdict.finding}


def staged(form_key: str) -> Any:
    """The files that came with a form not yet accepted."""
    if not form_key:
        return Evidence.objects.none()
    return Evidence.objects.filter(objection=None, form_hash=_hash(form_key))


def unstage(form_key: str, *, keys: Iterable[str]) -> None:
    """Take files out of a form again, as whoever fills it in wants."""
    for row in staged(form_key).filter(key__in=list(keys)):
        _delete(row)


def _delete(row: Evidence) -> None:
    place = row.place
    row.delete()
    transaction.on_commit(lambda: default_storage.delete(place), robust=True)


def _received(data: bytes) -> Received:
    if len(data) > MOST_MB * MEGABYTE:
        raise BadFile(_("文件超过%(most)s MB的上限，请降低扫描分辨率或拆分后再上传。") % {"most": MOST_MB}, code="too_large")  # fmt: skip
    try:
        return received(data)
    except Unfit as unfit:
        code = "found_type" if unfit.code == "wrong_type" and unfit.arguments.get("found") else unfit.code
        raise BadFile(str(SENTENCES[code]) % unfit.arguments, code=unfit.code) from unfit


def _require_room(before: list[Evidence], size: int) -> None:
    if len(before) >= MOST_FILES:
        raise BadFile(
            _("一次最多提交%(most)s个文件，请合并后再上传。") % {"most": MOST_FILES}, code="too_many_files"
        )
    if sum(row.size for row in before) + size > MOST_IN_ALL_MB * MEGABYTE:
        raise BadFile(
            _("文件合计超过%(most)s MB，请压缩后再上传。") % {"most": MOST_IN_ALL_MB}, code="too_large"
        )


def _verdict(content: bytes) -> Verdict | None:
    """What the scanner says; None while it cannot be reached: the file waits, closed."""
    try:
        return scanner.scan(content)
    except ScannerUnreachable:
        return None


@door.act
def claim(objection: Objection, *, by: Actor, form_key: str, source: str) -> list[Evidence]:
    """The form was accepted: its files belong to the case now, opened by nobody unless they were found clean."""
    rows = list(staged(form_key).select_for_update(no_key=True))
    for row in rows:
        row.objection, row.source, row.form_hash = objection, source, ""
        row.save(update_fields=["objection", "source", "form_hash"])
    for row in rows:
        _record(row, ADDED, by)
        if row.scanned_at is not None:
            _judged(row, Verdict(not row.finding, row.scanner, row.finding))
    return rows


def _judged(row: Evidence, verdict: Verdict) -> Evidence:
    given: dict[str, Any] = {"at": clock.now(), "scanner": verdict.scanner}
    payload = {"scanner": verdict.scanner or "none"}
    if verdict.clean:
        return door.take(row, "pass_scan", by=SYSTEM, payload=payload, **given)
    return door.take(row, "quarantine", by=SYSTEM, payload=payload, finding=verdict.finding, **given)


def _record(row: Evidence, kind: str, by: Actor) -> None:
    """The digest is keyed: whoever holds the same file cannot find out whether it was handed in."""
    ledger.append(
        by, chain=row.chain_key, kind=kind, subject=subject_of(row), rules_version=row.rules_version,
        payload={"file": crypto.keyed_hash(row.sha256, "evidence"), "size": row.size},
    )  # fmt: skip


def content_of(row: Evidence) -> bytes:
    """The file in clear, as it came."""
    with default_storage.open(row.place, "rb") as file:
        return crypto.decrypt_bytes(file.read())


@door.act
def read(evidence: Evidence, *, by: Actor) -> bytes:
    """Open a file for a handler, on the record. Raises `NotPermitted`, `StepRefused` where it is not clean or not whole."""
    row = evidence_visible_to(by).filter(pk=evidence.pk).first()
    if row is None:
        raise NotPermitted(_("只有经办该异议的人可以查看材料。"))
    if row.state != Evidence.State.CLEAN:
        raise StepRefused(_("该文件未通过安全检查或尚未检查，不能打开。"), code="not_clean")
    content = content_of(row)
    if sha256(content).hexdigest() != row.sha256:
        raise StepRefused(_("该文件与登记的摘要不符，不能打开，请联系系统管理员。"), code="altered")
    _record(row, OPENED, by)
    return content


@door.act
def _judge(evidence: Evidence, *, verdict: Verdict) -> Evidence | None:
    row = Evidence.objects.select_for_update(no_key=True).filter(pk=evidence.pk).first()
    waits = row is not None and row.state == Evidence.State.UPLOADED and row.objection_id is not None
    return _judged(row, verdict) if row is not None and waits else None


def scan_waiting() -> int:
    """Look at the files that no scanner has seen; stops while it cannot be reached."""
    judged = 0
    for row in Evidence.objects.filter(state="uploaded", objection__isnull=False).order_by("pk")[:100]:
        try:
            verdict = scanner.scan(content_of(row))
        except ScannerUnreachable:
            return judged
        except FileNotFoundError:
            continue
        judged += _judge(row, verdict=verdict) is not None
    return judged


def drop_unclaimed() -> int:
    """Delete the files of forms that were never accepted, and files that belong to no row."""
    old = list(Evidence.objects.filter(objection=None, uploaded_at__lt=clock.now() - UNCLAIMED))
    for row in old:
        _delete(row)
    return len(old) + _drop_orphans()


def _drop_orphans() -> int:
    try:
        names = default_storage.listdir(FOLDER)[1]
    except FileNotFoundError:
        return 0
    before, dropped = time.time() - UNCLAIMED.total_seconds(), 0  # the disk's clock, which no demo moves
    for place in (f"{FOLDER}/{name}" for name in names):
        written = default_storage.get_modified_time(place).timestamp()
        if written < before and not Evidence.objects.filter(place=place).exists():
            default_storage.delete(place)
            dropped += 1
    return dropped

"""The scans of vouchers: opened, cleaned and looked at before anything is locked; kept only with their expense."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from selection.actions.attachment import SENTENCES
from selection.errors import BadFile
from selection.rules.attachment import MEGABYTE, kept_name
from selection.rules.upload import JPEG, PDF, PNG, Received, Unfit, received
from studios.models import Expense, ExpenseVoucher
from workflow import clock, scanner
from workflow.errors import Refused
from workflow.scanner import ScannerUnreachable, Verdict

MOST_MB = 10
MOST_FILES = 6  # of one expense
ENDINGS = {PDF: "pdf", JPEG: "jpg", PNG: "png"}

File = tuple[str, bytes]


@dataclass(frozen=True)
class Opened:
    """A file that may be kept: as it will be, and what the scanner said; None while it cannot be reached."""

    name: str
    got: Received
    verdict: Verdict | None


def opened(files: Sequence[File]) -> list[Opened]:
    """Every file, recognised and cleaned. Raises `BadFile` with the file's name and the reason."""
    return [_opened(name, data) for name, data in files]


def _opened(name: str, data: bytes) -> Opened:
    try:
        return Opened(kept_name(name), *_looked_at(data))
    except BadFile as refusal:
        raise BadFile(f"{kept_name(name)}：{refusal}", code=refusal.code) from refusal


def _looked_at(data: bytes) -> tuple[Received, Verdict | None]:
    if len(data) > MOST_MB * MEGABYTE:
        raise BadFile(_("文件超过%(most)s MB的上限，请降低扫描分辨率后再上传。") % {"most": MOST_MB}, code="too_large")  # fmt: skip
    try:
        got = received(data)
    except Unfit as unfit:
        code = "found_type" if unfit.code == "wrong_type" and unfit.arguments.get("found") else unfit.code
        raise BadFile(str(SENTENCES[code]) % unfit.arguments, code=unfit.code) from unfit
    verdict = _verdict(got.content)
    if verdict is not None and not verdict.clean:
        raise BadFile(_("文件未通过安全检查，不能上传。"), code="infected")
    return got, verdict


def _verdict(content: bytes) -> Verdict | None:
    try:
        return scanner.scan(content)
    except ScannerUnreachable:
        return None


def with_files(found: Sequence[Opened], write: Callable[[list[tuple[str, Opened]]], Expense]) -> Expense:
    """Keep the files, write their rows; the files go again if the rows are refused."""
    kept: list[tuple[str, Opened]] = []
    try:
        for one in found:
            name = f"vouchers/{uuid4().hex}.{ENDINGS[one.got.mime]}"
            kept.append((default_storage.save(name, ContentFile(one.got.content)), one))
        return write(kept)
    except (Refused, DatabaseError):
        for place, _one in kept:
            default_storage.delete(place)
        raise


def keep(expense: Expense, kept: Sequence[tuple[str, Opened]]) -> None:
    """Write the rows of files that are kept. Raises `BadFile`."""
    have = set(expense.vouchers.values_list("source_sha256", flat=True))
    for place, one in kept:
        if one.got.source_sha256 in have:
            raise BadFile(_("%(name)s已经上传过。") % {"name": one.name}, code="double")
        have.add(one.got.source_sha256)
        verdict = one.verdict
        ExpenseVoucher.objects.create(
            expense=expense, name=one.name, file=place, mime=one.got.mime, size=len(one.got.content),
            sha256=one.got.sha256, source_sha256=one.got.source_sha256, uploaded_at=clock.now(),
            scanned_at=clock.now() if verdict else None, scanner=verdict.scanner if verdict else "",
        )  # fmt: skip
    if len(have) > MOST_FILES:
        raise BadFile(_("一笔支出最多%(most)s份凭证。") % {"most": MOST_FILES}, code="too_many_files")


def delete(voucher: ExpenseVoucher) -> None:
    """Take a file out."""
    place = str(voucher.file.name)
    voucher.delete()
    transaction.on_commit(lambda: default_storage.delete(place), robust=True)


def scan_waiting() -> int:
    """Look at the vouchers that no scanner has seen; stops while it cannot be reached."""
    judged = 0
    for row in ExpenseVoucher.objects.filter(scanned_at=None).order_by("pk")[:100]:
        try:
            with default_storage.open(str(row.file.name), "rb") as file:
                verdict = scanner.scan(file.read())
        except ScannerUnreachable:
            return judged
        except FileNotFoundError:
            continue
        found = {"scanner": verdict.scanner, "finding": "" if verdict.clean else verdict.finding or "?"}
        judged += ExpenseVoucher.objects.filter(pk=row.pk, scanned_at=None).update(
            scanned_at=clock.now(), **found
        )
    return judged

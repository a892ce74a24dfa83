"""What is done with the versions of an agreement: drawn up, signed by three, entered into force, replaced."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from selection.errors import BadFile
from selection.rules.attachment import kept_name
from selection.rules.eligibility import passes_on
from selection.rules.upload import Received, Unfit, received
from studios import policies
from studios.documents import agreement as documents
from studios.errors import AgreementRefused
from studios.messages import agreement as messages
from studios.models import Agreement, AgreementScan, AgreementSignature, AgreementVersion, Party, Studio
from studios.models.studio import plan_approved
from studios.queries import agreement as queries
from workflow import clock, door, kinds, ledger, scanner
from workflow.actor import SYSTEM, Actor
from workflow.errors import NotPermitted, Refused, StepRefused
from workflow.machine import subject_of
from workflow.scanner import ScannerUnreachable

DRAWN_UP = kinds.named("agreement.draw_up", gettext_lazy("拟定协议"))
SCANNED = kinds.named("agreement.scan", gettext_lazy("上传协议扫描件"))
MOST_BYTES = 20 * 1024 * 1024
EXTENSIONS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


@door.act
def draw_up(
    studio: Studio,
    *,
    by: Actor,
    agreement_number: str,
    award: Decimal,
    site: str,
    account_name: str,
    account_bank: str,
    account_number: str,
    amendment_reason: str = "",
) -> AgreementVersion:
    """Write the next version from the model text and today's facts; nothing holds before three have signed."""
    row = door.locked(studio)
    _require_writer(row, by)
    _require_account(row, account_name, account_number)
    signed: Agreement | None = getattr(row, "agreement", None)
    if signed is not None and (award != signed.award or not amendment_reason.strip()):
        _refuse_amendment(award, signed)
    ends_on, terms = _terms(row, award, site, f"户名{account_name}，{account_bank}，账号见附表")
    assert isinstance(by, User)
    version = AgreementVersion.objects.create(
        studio=row, number=_next_number(row), agreement_number=agreement_number, award=award, site=site,
        ends_on=ends_on, terms=terms, amendment_reason=amendment_reason.strip(),
        account_name=account_name, account_bank=account_bank, account_number=account_number, drawn_up_by=by,
        drawn_up_at=clock.now(),
    )  # fmt: skip
    payload = {"version": version.number, "agreement": agreement_number, "award": str(award), "reason": amendment_reason}  # fmt: skip
    ledger.append(by, chain=row.chain_key, kind=DRAWN_UP, subject=subject_of(version), payload=payload)
    messages.drawn_up(version, by=by)
    return version


def _terms(studio: Studio, award: Decimal, site: str, account: str) -> tuple[date, list[list[str]]]:
    """When the period ends, and the clauses with today's facts in them."""
    starts_on = studio.recognition.recognised_on or clock.today()
    years = studio.recognition.round.rulebook.management_years
    ends_on = studio.ends_on or studio.recognition.expires_on or passes_on(starts_on, years)
    facts = documents.facts_of(
        studio, award=award, site=site, starts_on=starts_on, ends_on=ends_on, account=account
    )
    return ends_on, documents.terms_of(studio, facts)


def _require_writer(studio: Studio, by: Actor) -> None:
    if not policies.may_write_agreement(studio, by):
        raise NotPermitted(_("只有主管处室可以拟定协议。"))
    if studio.state not in Studio.LIVING:
        raise StepRefused(_("工作室已结束。"), code="studio_ended")
    if queries.drafted(studio) is not None:
        raise StepRefused(_("已有一版协议待签署，先办理或作废。"), code="version_open")
    if studio.state == Studio.State.PREPARING and not plan_approved.holds(studio):
        raise StepRefused(plan_approved.why_not(studio), code=plan_approved.code)


def _require_account(studio: Studio, name: str, number: str) -> None:
    if name.strip() != studio.host.name:
        raise AgreementRefused(
            _("账户须为依托单位的对公账户，户名应为“%(host)s”。") % {"host": studio.host.name},
            code="account_name",
        )
    if not (number.isascii() and number.isdigit() and 8 <= len(number) <= 30):
        raise AgreementRefused(_("账号应为8至30位数字。"), code="account_number")


def _refuse_amendment(award: Decimal, signed: Agreement) -> None:
    if award != signed.award:
        raise AgreementRefused(_("资助金额已按原协议分期，不能在变更中修改。"), code="award_fixed")
    raise AgreementRefused(_("变更协议须写明理由。"), code="no_reason")


def _next_number(studio: Studio) -> int:
    """An agreement that was recorded before versions were kept counts as the first."""
    kept = studio.agreement_versions.exclude(state=AgreementVersion.State.WITHDRAWN)
    last = kept.order_by("-number").values_list("number", flat=True).first() or 0
    return max(last, 1 if hasattr(studio, "agreement") else 0) + 1


@door.act
def sign(version: AgreementVersion, *, by: Actor, party: str, name: str, signed_on: date) -> AgreementVersion:
    """Record that one party signed; an amendment holds with the third signature."""
    row = door.locked(version)
    if row.signatures.filter(party=party).exists():
        raise AgreementRefused(_("该方已登记签署。"), code="signed_already")
    if signed_on > clock.today():
        raise AgreementRefused(_("签署日期不能晚于今天。"), code="future")
    door.hold(row.studio.agreement_versions.filter(state__in=("drafted", "in_force")))
    if row.number > 1 and row.signatures.count() == len(Party.values) - 1:
        _replace_earlier(row)
    payload = {"party": party, "name": name, "signed_on": signed_on.isoformat(), "version": row.number}
    moved = door.take(row, "sign", by=by, party=party, name=name, signed_on=signed_on, payload=payload)
    _signature(moved, by, party, name, signed_on)
    if moved.state == AgreementVersion.State.IN_FORCE:
        _put_in_force(moved, by)
    return moved


def _signature(version: AgreementVersion, by: Actor, party: str, name: str, on: date) -> None:
    assert isinstance(by, User)  # nobody else holds the role
    AgreementSignature.objects.create(
        version=version, party=party, name=name, signed_on=on, recorded_by=by, recorded_at=clock.now()
    )


def _replace_earlier(version: AgreementVersion) -> None:
    """Of two versions one holds: the one before makes room for the last signature."""
    for earlier in version.studio.agreement_versions.filter(state="in_force").exclude(pk=version.pk):
        door.take(earlier, "replace", by=SYSTEM)


def _put_in_force(version: AgreementVersion, by: Actor) -> None:
    """What was agreed anew is the studio's from today."""
    version.in_force_on = clock.today()
    version.save(update_fields=["in_force_on"])
    Studio.objects.filter(pk=version.studio_id).update(site=version.site)
    messages.in_force(version, by=by)


@door.act
def withdraw(version: AgreementVersion, *, by: Actor, reason: str) -> AgreementVersion:
    """Give up a version that was not signed by all."""
    return door.take(version, "withdraw", by=by, reason=reason)


def enter_into_force(agreement: Agreement, *, by: Actor) -> AgreementVersion:
    """The first version holds with the agreement that was recorded: part of that act. Drawn up now if nobody did."""
    studio = agreement.studio
    version = queries.drafted(studio) or AgreementVersion.objects.create(
        studio=studio, number=1, agreement_number=agreement.number, award=agreement.award, site=studio.site,
        ends_on=studio.ends_on, account_name=studio.host.name, drawn_up_at=clock.now(),
    )  # fmt: skip
    if (version.award, version.agreement_number) != (agreement.award, agreement.number):
        raise AgreementRefused(_("协议编号或金额与已拟定的协议不一致。"), code="not_as_drawn_up")
    signed = {row.party for row in version.signatures.all()}
    given = {
        Party.PROVINCE: agreement.signed_by_province, Party.HOST: agreement.signed_by_host,
        Party.TALENT: agreement.signed_by_talent,
    }  # fmt: skip
    for party, name in given.items():
        if party.value not in signed:
            _signature(version, by, party.value, name, agreement.signed_on)
    return door.take(version, "enter_into_force", by=SYSTEM, day=agreement.signed_on)


# The scan ------------------------------------------------------------------------------------------------------------


def upload_scan(version: AgreementVersion, *, by: Actor, name: str, data: bytes) -> AgreementScan:
    """Keep a scan of the signed paper: PDF or picture, looked through and asked of the scanner. Raises `BadFile`."""
    got, seen_by = _received(data)
    extension = EXTENSIONS[got.mime]
    place = default_storage.save(f"agreements/{uuid4().hex}.{extension}", ContentFile(got.content))
    try:
        return _keep(version, by=by, name=name, got=got, place=place, seen_by=seen_by)
    except (Refused, DatabaseError):
        default_storage.delete(place)
        raise


def _received(data: bytes) -> tuple[Received, str]:
    if len(data) > MOST_BYTES:
        raise BadFile(_("文件超过20 MB，请压缩后再上传。"), code="too_large")
    try:
        got = received(data)
    except Unfit as unfit:
        raise BadFile(_("扫描件须为完整、未加密的PDF、JPG或PNG文件。"), code=unfit.code) from unfit
    try:
        verdict = scanner.scan(data)
    except ScannerUnreachable as away:
        raise BadFile(_("病毒检查程序暂时没有回应，请稍后再上传。"), code="scanner_away") from away
    if not verdict.clean:
        raise BadFile(_("病毒检查未通过：%(finding)s。") % {"finding": verdict.finding}, code="infected")
    return got, verdict.scanner


@door.act
def _keep(
    version: AgreementVersion, *, by: Actor, name: str, got: Received, place: str, seen_by: str
) -> AgreementScan:
    row = door.locked(version)
    if not policies.may_write_agreement(row, by):
        raise NotPermitted(_("只有主管处室可以上传协议扫描件。"))
    if row.state == AgreementVersion.State.WITHDRAWN:
        raise StepRefused(_("这一稿已作废。"), code="wrong_state")
    assert isinstance(by, User)
    if row.scans.filter(sha256=got.sha256).exists():
        raise BadFile(_("与已上传的扫描件内容相同，不再重复上传。"), code="double")
    plain: dict[str, Any] = {
        "version": row,
        "name": kept_name(name)[:160],
        "mime": got.mime,
        "size": len(got.content),
    }
    scan = AgreementScan.objects.create(
        **plain, file=place, sha256=got.sha256, scanner=seen_by, uploaded_by=by, uploaded_at=clock.now()
    )
    payload = {"version": row.number, "name": scan.name, "sha256": got.sha256}
    ledger.append(by, chain=row.chain_key, kind=SCANNED, subject=subject_of(row), payload=payload)
    return scan

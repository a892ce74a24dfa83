"""A list in clear leaves by two hands: a manager asks with a reason, the security administrator allows, the one who asked
takes it once within a day."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from selection.messages import export as messages
from selection.models import ExportRequest
from selection.models.export import still_good
from selection.queries.export import MOST, digest_of, ids_of
from selection.queries.extract import may_unmask
from workflow import clock, door, kinds, ledger
from workflow.actor import Actor
from workflow.errors import NotPermitted, StepRefused
from workflow.machine import subject_of

ASKED = kinds.named("exportrequest.ask", _("申请导出完整号码"))
SHORTEST_REASON = 10


@door.act
def ask(*, by: User, query: str, form: str, reason: str) -> ExportRequest:
    """Fix the list that the filter shows now, and ask for it in clear."""
    if not may_unmask(by):
        raise NotPermitted(_("只有处室负责人可以申请导出未脱敏的名单。"))
    if len(reason.strip()) < SHORTEST_REASON:
        raise StepRefused(_("导出未脱敏的名单须填写理由，不少于10个字。"), code="reason_required")
    ids = ids_of(by, query)
    if not ids or len(ids) > MOST:
        words = _("一次最多导出%(n)s份，请先缩小筛选范围。") if ids else _("名单是空的，没有可以导出的申报。")
        raise StepRefused(words % {"n": MOST} if ids else words, code="list_size")
    request = ExportRequest.objects.create(
        query=query[:1000], form=form, reason=reason.strip(), chosen=ids, list_digest=digest_of(ids), asked_by=by,
        asked_at=clock.now(),
    )  # fmt: skip
    ledger.append(
        by, chain=request.chain_key, kind=ASKED, subject=subject_of(request), role="manager",
        payload={**_facts(request), "query": request.query, "form": form, "reason": request.reason},
    )  # fmt: skip
    messages.asked(request)
    return request


def _facts(request: ExportRequest) -> dict[str, Any]:
    return {"rows": request.count, "list": request.list_digest}


@door.act
def approve(request: ExportRequest, *, by: Actor) -> ExportRequest:
    """Allow the list to be taken once, within a day from now."""
    moved = door.take(request, "approve", by=by, person=_person(by), at=clock.now(), payload=_facts(request))
    messages.answered(moved)
    return moved


@door.act
def decline(request: ExportRequest, *, by: Actor, reason: str) -> ExportRequest:
    """Do not allow it, and say why."""
    moved = door.take(
        request, "decline", by=by, reason=reason, person=_person(by), at=clock.now(), remark=reason.strip()
    )
    messages.answered(moved)
    return moved


@door.act
def withdraw(request: ExportRequest, *, by: Actor) -> ExportRequest:
    """It is not needed any more."""
    return door.take(request, "withdraw", by=by)


def require_open(request: ExportRequest, *, by: Actor) -> None:
    """Refuse, on the record, who may not take the file or comes too late, before anything is written."""
    door.require_open(request, "download", by=by)
    if request.expired:
        raise StepRefused(still_good.why_not(request), code=still_good.code)


@door.act
def download(request: ExportRequest, *, by: Actor, rows: int, sha256: str) -> ExportRequest:
    """Let the file leave: once, with its rows and its digest on the record. Two at once: one of them is refused."""
    payload = {**_facts(request), "rows": rows, "sha256": sha256, "form": request.form}
    moved = door.take(request, "download", by=by, at=clock.now(), rows=rows, sha256=sha256, payload=payload)
    messages.taken(moved)
    return moved


def _person(by: Actor) -> User | None:
    return by if isinstance(by, User) else None

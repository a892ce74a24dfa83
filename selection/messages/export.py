"""Letters about lists in clear. No name and no number of the list stands in any of them."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.queries.people import people_with, recipients
from accounts.roles import Role
from selection.messages.letters import letter, occasion
from selection.models import ExportRequest
from workflow.errors import Sentence
from workflow.outbox import Letter, Recipient, queue


def asked(request: ExportRequest) -> None:
    """To the security administrators: it is theirs to allow."""
    people = people_with(Role.SECURITY_ADMIN).exclude(pk=request.asked_by_id)
    _tell(people, request, "asked", _("请审批完整号码导出：%(n)s份"))


def answered(request: ExportRequest) -> None:
    """To the one who asked."""
    _tell([request.asked_by], request, "answered", _("完整号码导出%(state)s：%(n)s份"))


def taken(request: ExportRequest) -> None:
    """To whoever allowed it: it has left."""
    _tell([request.answered_by], request, "taken", _("完整号码名单已下载：%(n)s份"))


def _tell(people: Iterable[User | None], request: ExportRequest, what: str, subject: Sentence) -> None:
    kind = f"exportrequest.{what}"

    def write(_to: Recipient) -> Letter:
        words = {"n": request.count, "state": request.get_state_display(), "reason": request.reason}
        lines = [
            gettext("申请人：%(name)s") % {"name": request.asked_by.name},
            gettext("理由：%(reason)s") % words,
        ]
        if request.remark:
            lines.append(gettext("意见：%(remark)s") % {"remark": request.remark})
        return letter(str(subject) % words, lines, reverse("export_detail", args=[request.pk]))

    queue(recipients(people), event=f"{kind}:{occasion(request)}", kind=kind, write=write, about=request)

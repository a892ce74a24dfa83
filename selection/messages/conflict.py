"""Letters about requests to leave somebody out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from accounts.models import User
from accounts.queries.people import people_with, recipients
from accounts.roles import Role
from selection.messages.letters import clerks_of, letter, occasion, officers_of, page_of
from selection.messages.panel import nobody_drawn
from selection.models import Assignment, RecusalRequest
from workflow.errors import Sentence
from workflow.outbox import Letter, Recipient, queue
from workflow.wording import listed


def asked(request: RecusalRequest) -> None:
    """To the managers: a request waits for their opinion."""
    _send(
        request, people_with(Role.MANAGER), "recusal.asked", gettext_noop("请处理回避申请：%(nominee)s（%(code)s）"),
        [gettext_noop("%(unit)s一方为%(nominee)s（%(code)s）申请%(name)s回避，请提出处理意见。"), gettext_noop("理由：%(reason)s")],
    )  # fmt: skip


def proposed(request: RecusalRequest) -> None:
    """To the supervisors, but not to who proposed: it waits for the second person."""
    people = [person for person in people_with(Role.SUPERVISOR) if person.pk != request.proposed_by_id]
    _send(
        request, people, "recusal.proposed", gettext_noop("请复核回避申请：%(nominee)s（%(code)s）"),
        [gettext_noop("处室负责人对%(name)s回避的意见：%(verdict)s。请复核确认。"), gettext_noop("意见说明：%(opinion)s")],
    )  # fmt: skip


def sent_back(request: RecusalRequest) -> None:
    """To the managers: the supervisor does not agree."""
    _send(
        request, people_with(Role.MANAGER), "recusal.sent_back", gettext_noop("回避申请退回重议：%(nominee)s（%(code)s）"),
        [gettext_noop("监督员退回对%(name)s回避的意见，请重新提出。"), gettext_noop("理由：%(remark)s")],
    )  # fmt: skip


def decided(request: RecusalRequest) -> None:
    """To the nominee's side: what was decided. Whether the person is in the pool it does not say."""
    people = [*officers_of(request.nomination), *clerks_of(request.nomination)]
    _send(
        request, people, "recusal.decided", gettext_noop("回避申请已办结：%(nominee)s（%(code)s）"),
        [gettext_noop("对%(name)s的回避申请：%(state)s。")],
    )  # fmt: skip


def barred(duty: Assignment, added: Sequence[Assignment]) -> None:
    """To the expert whose duty was taken away, with the reason; to the managers, with who was drawn instead."""
    words = {"code": duty.nomination.code, "expert": duty.expert.name, "reason": duty.reason}
    words["names"] = listed(one.expert.name for one in added)

    def write(to: Recipient) -> Letter:
        mine = duty.expert.user is not None and to.id == str(duty.expert.user.pk)
        lines = [
            gettext("经核实，%(expert)s须回避%(code)s，该份材料已关闭，已填的评分作废留存。") % words,
            gettext("理由：%(reason)s") % words,
        ]
        if not mine:
            drawn = gettext("已补抽：%(names)s。") if added else nobody_drawn(duty)
            lines.append(drawn % words)
        page = reverse("panel_inbox" if mine else "panel_list")
        return letter(gettext("责令回避：%(code)s") % words, lines, page)

    people = [*people_with(Role.MANAGER), *([duty.expert.user] if duty.expert.user else [])]
    queue(
        recipients(people), event=f"recusal.barred:{duty.pk}", kind="recusal.barred", write=write, about=duty
    )


def _send(
    request: RecusalRequest, people: Iterable[User], kind: str, subject: str, lines: list[Sentence]
) -> None:
    def write(_to: Recipient) -> Letter:
        words = _words(request)
        return letter(
            gettext(subject) % words, [gettext(str(line)) % words for line in lines], page_of(request)
        )

    queue(recipients(people), event=f"{kind}:{occasion(request)}", kind=kind, write=write, about=request)


def _words(request: RecusalRequest) -> dict[str, str]:
    nomination = request.nomination
    return {
        "nominee": nomination.nominee.name,
        "code": nomination.code,
        "unit": nomination.unit.name,
        "name": request.name,
        "reason": request.reason,
        "verdict": str(request.get_verdict_display()),
        "opinion": request.opinion or "—",
        "remark": request.remark,
        "state": str(request.get_state_display()),
    }

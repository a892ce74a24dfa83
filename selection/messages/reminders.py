"""Letters before and after a deadline: each level of each deadline once a person, however often the job runs."""

from __future__ import annotations

from collections.abc import Callable

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.queries.people import recipients
from selection.messages.letters import letter, page_of
from selection.messages.panel import sheets_missing
from selection.models import Nomination, RecheckRequest, Round
from selection.queries.reminders import Due
from workflow import clock
from workflow.errors import Sentence
from workflow.outbox import Letter, Recipient, queue

Words = Callable[[Due], tuple[str, list[str], str]]  # subject, lines, page


def remind(due: Due) -> None:
    """Queue the reminder of one deadline."""
    event = f"reminder.{due.what}:{due.key}:{due.on}:{due.level}"
    if due.what == "scoring" and due.level >= 0:
        assert isinstance(due.obj, Round)
        sheets_missing(due.obj, due.people, event=event, days=due.left)
        return
    words = _WORDS[due.what]

    def write(_to: Recipient) -> Letter:
        subject, lines, page = words(due)
        return letter(_marked(due, subject), [*lines, _standing(due)], page)

    queue(recipients(due.people), event=event, kind=f"reminder.{due.what}", write=write, about=due.obj)


def _marked(due: Due, subject: str) -> str:
    """A subject that says at once how late it is, and whose matter."""
    if due.escalated:
        return gettext("督办：%(subject)s") % {"subject": subject}
    if due.left < 0:
        return gettext("已逾期：%(subject)s") % {"subject": subject}
    return gettext("即将到期：%(subject)s") % {"subject": subject}


def _standing(due: Due) -> str:
    """How much time there is, or how late it is."""
    names = {"due": due.on, "n": abs(due.left)}
    if due.left < 0:
        return gettext("期限为%(due)s，已逾期%(n)s个工作日。") % names
    if due.on == clock.today():
        return gettext("期限为%(due)s，今天到期。") % names
    return gettext("期限为%(due)s，还有%(n)s个工作日。") % names


def _closing(due: Due) -> tuple[str, list[str], str]:
    assert isinstance(due.obj, Round) and due.obj.closes_at is not None
    at = due.obj.closes_at.astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M")
    names = {"round": due.obj.shown_title, "at": at}
    line = gettext("%(round)s的申报将于%(at)s截止。您还有未办的申报。") % names
    return gettext("申报截止（%(round)s）") % names, [line], f"{reverse('nomination_list')}?desk=1"


def _desk(due: Due) -> tuple[str, list[str], str]:
    assert isinstance(due.obj, Round)
    names = {"n": due.n, "office": due.office, "round": due.obj.shown_title}
    line = gettext("%(office)s有%(n)s份申报待审核（%(round)s）。") % names
    page = f"{reverse('nomination_list')}?" + ("overdue=1" if due.escalated else "desk=1")
    return gettext("%(office)s待审核的申报") % names, [line], page


def _correction(due: Due) -> tuple[str, list[str], str]:
    assert isinstance(due.obj, Nomination)
    names = {"name": due.obj.nominee.name, "code": due.obj.code}
    line = gettext("%(name)s的申报（%(code)s）须补正，逾期按初审不合格处理。") % names
    return gettext("补正%(name)s的申报（%(code)s）") % names, [line], page_of(due.obj)


def _screening(due: Due) -> tuple[str, list[str], str]:
    assert isinstance(due.obj, Round)
    names = {"n": due.n, "round": due.obj.shown_title}
    line = gettext("%(round)s还有%(n)s份申报没有初审结论。") % names
    return gettext("资格初审（%(round)s）") % names, [line], reverse("qualification_queue")


def _ruling(due: Due) -> tuple[str, list[str], str]:
    assert isinstance(due.obj, Round)
    names = {"round": due.obj.shown_title}
    line = gettext("%(round)s有初审结论不一致的申报，须由处室负责人裁定。") % names
    page = f"{reverse('qualification_queue')}?tab=differing"
    return gettext("裁定不一致的初审结论（%(round)s）") % names, [line], page


def _recheck(due: Due) -> tuple[str, list[str], str]:
    assert isinstance(due.obj, RecheckRequest)
    row = due.obj.nomination
    names = {"name": row.nominee.name, "code": row.code, "unit": row.unit.name}
    line = gettext("%(unit)s对%(name)s（%(code)s）初审不合格的结论申请了复核，尚未答复。") % names
    return gettext("答复%(name)s（%(code)s）的复核申请") % names, [line], page_of(due.obj)


def _scoring(due: Due) -> tuple[str, list[str], str]:
    assert isinstance(due.obj, Round)
    names = {"n": due.n, "round": due.obj.shown_title}
    if due.escalated:
        line = gettext("%(round)s还有%(n)s名专家未交齐评分表。") % names
        return gettext("专家评分（%(round)s）") % names, [line], reverse("panel_list")
    line = gettext("%(round)s您还有未提交的评分表。") % names
    return gettext("专家评分（%(round)s）") % names, [line], reverse("panel_inbox")


def _case(subject: Sentence, line: Sentence) -> Words:
    """A matter of an objection: the way to it, and nothing of what it holds."""

    def words(due: Due) -> tuple[str, list[str], str]:
        name = (
            "objection_issue"
            if due.what == "objection_statement" and not due.escalated
            else "objection_detail"
        )
        return str(subject), [str(line)], reverse(name, args=[due.obj.pk])

    return words


_WORDS: dict[str, Words] = {
    "objection_admit": _case(_("决定是否受理异议"), _("有一件异议尚未决定是否受理。")),
    "objection_conclude": _case(_("异议核查"), _("有一件异议尚未作出结论。")),
    "objection_statement": _case(_("就核查事项陈述"), _("有一项核查事项尚未收到陈述。")),
    "objection_reply": _case(_("书面答复异议人"), _("有一件异议尚未书面答复。")),
    "objection_appeal": _case(_("决定复查"), _("有一件复查申请尚未决定。")),
    "closing": _closing,
    "desk": _desk,
    "correction": _correction,
    "screening": _screening,
    "ruling": _ruling,
    "recheck": _recheck,
    "scoring": _scoring,
}

"""An objection as whoever holds its code reads it: what happened when, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from selection.models import Appeal, Objection
from workflow import clock


@dataclass(frozen=True)
class Happening:
    """One line: what, when, and in which words. Without `at` it is still to come."""

    title: str
    at: datetime | None = None
    words: str = ""
    due: date | None = None
    waits_for_calendar: bool = False

    @property
    def overdue(self) -> bool:
        """Whether the day for it is over."""
        return self.at is None and self.due is not None and self.due < clock.today()


def story_of(objection: Objection) -> list[Happening]:
    """Everything that has happened and the one thing that comes next. A lead is not told reasons."""
    past = [Happening(_("提出"), objection.lodged_at, _channel(objection))]
    if objection.supplemented_at:
        past.append(Happening(_("补充材料"), objection.supplemented_at))
    appeal = getattr(objection, "appeal", None)
    if objection.admitted_at and appeal is None:
        past.append(Happening(_("受理，开始核查"), objection.admitted_at))
    if objection.extended_at:
        past.append(Happening(_("延长核查期限"), objection.extended_at, objection.delay))
    past += _decided(objection, appeal)
    return [*sorted(past, key=lambda row: row.at or objection.lodged_at), *_next(objection, appeal)]


def _channel(objection: Objection) -> str:
    if objection.postmarked_on is None:
        return str(objection.get_channel_display())
    words = {"how": objection.get_channel_display(), "day": objection.postmarked_on.isoformat()}
    return _("%(how)s，邮戳或递交日期%(day)s") % words


def _decided(objection: Objection, appeal: Appeal | None) -> list[Happening]:
    told = objection.kind != Objection.Kind.LEAD
    rows = []
    if objection.decided_at and objection.state != "admitted":
        words = objection.get_ground_display() if objection.state == "inadmissible" else objection.conclusion
        rows.append(Happening(str(objection.outcome), objection.decided_at, str(words) if told else ""))
    if objection.replied_at:
        rows.append(Happening(_("书面答复"), objection.replied_at, objection.reply))
    if appeal is not None:
        rows.append(Happening(_("申请复查"), appeal.lodged_at))
        if appeal.decided_at:
            rows.append(Happening(str(appeal.get_state_display()), appeal.decided_at, appeal.answer))
    return rows


def _next(objection: Objection, appeal: Appeal | None) -> list[Happening]:
    """What comes next, and until when."""
    if objection.kind == Objection.Kind.COMPLAINT:
        return [Happening(_("按举报另行核查"))] if objection.state == "lodged" else []
    if appeal is not None and appeal.state == "lodged":
        return [_coming(_("决定是否复查"), appeal.decide_due)]
    if objection.state == "lodged":
        return [_coming(_("决定是否受理"), objection.admit_due)]
    if objection.state == "admitted":
        return [_coming(_("核查并作出结论"), objection.conclude_due)]
    concluded = objection.state in ("inadmissible", "upheld", "dismissed")
    if concluded and objection.kind == Objection.Kind.REAL_NAME and not objection.replied_at:
        return [_coming(_("书面答复"), objection.reply_due)]
    return []


def _coming(title: str, due: date | None) -> Happening:
    return Happening(title, due=due, waits_for_calendar=due is None)

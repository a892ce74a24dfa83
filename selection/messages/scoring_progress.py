"""Letters about what the office does to the scoring."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext

from accounts.queries.people import people_with, recipients
from accounts.roles import Role
from selection.messages.letters import letter, occasion
from selection.models import Result, ScoreSheet, ScoreSheetVersion, ScoringExtension
from workflow.outbox import Letter, Recipient, queue


def extended(row: ScoringExtension) -> None:
    """To the expert: until when the sheets may come."""

    def write(_to: Recipient) -> Letter:
        words = {"round": row.round.shown_title, "until": row.until.isoformat()}
        subject = gettext("您的评分期限已延长至%(until)s") % words
        lines = [gettext("您在%(round)s中的评分截止延长至%(until)s（含当日）。") % words]
        return letter(subject, lines, reverse("panel_inbox"))

    queue(
        recipients([row.expert.user]),
        event=f"scoring.extended:{row.pk}",
        kind="scoring.extended",
        write=write,
        about=row.round,
    )


def confirmation_asked(sheet: ScoreSheet) -> None:
    """To the supervisors: the manager asks about one sheet."""

    def write(_to: Recipient) -> Letter:
        words = {"code": sheet.assignment.nomination.code, "what": sheet.get_asked_display()}
        subject = gettext("请确认评分表事项：%(code)s%(what)s") % words
        lines = [
            gettext("处室负责人就%(code)s的一份评分表提出%(what)s，请核对后确认。") % words,
            gettext("理由：%(reason)s") % {"reason": sheet.asked_reason},
        ]
        return letter(subject, lines, reverse("sheet_office", args=[sheet.pk]))

    queue(
        recipients(people_with(Role.SUPERVISOR)),
        event=f"scoresheet.asked:{occasion(sheet)}",
        kind="scoresheet.asked",
        write=write,
        about=sheet,
    )


def reopened(sheet: ScoreSheet, version: ScoreSheetVersion) -> None:
    """To the expert: the sheet has come back."""

    def write(_to: Recipient) -> Letter:
        words = {"code": sheet.assignment.nomination.code}
        subject = gettext("评分表已退回重填：%(code)s") % words
        lines = [
            gettext("您对%(code)s的评分表经处室负责人和监督员两人确认退回，请修改后重新提交。") % words,
            gettext("理由：%(reason)s") % {"reason": version.reason},
            gettext("原评分表和第%(seq)s号回执封存留底。") % {"seq": version.receipt_seq},
        ]
        return letter(subject, lines, reverse("scoring_sheet", args=[sheet.assignment_id]))

    queue(
        recipients([sheet.assignment.expert.user]),
        event=f"scoresheet.reopened:{version.pk}",
        kind="scoresheet.reopened",
        write=write,
        about=sheet,
    )


def annulled(sheet: ScoreSheet, changed: Sequence[Result]) -> None:
    """To leaders and managers: results are no longer what they were."""
    round_ = sheet.assignment.round

    def write(_to: Recipient) -> Letter:
        words = {"code": sheet.assignment.nomination.code, "n": len(changed)}
        subject = gettext("得分和名次已重新计算：%(code)s") % words
        lines = [
            gettext("%(code)s的一份评分表作废，%(n)s名人选的得分或者名次有变化，原结果留存。") % words,
            gettext("理由：%(reason)s") % {"reason": sheet.reason},
        ]
        return letter(subject, lines, reverse("result_list", args=[round_.code]))

    people = [*people_with(Role.LEADER), *people_with(Role.MANAGER)]
    queue(
        recipients(people),
        event=f"scoresheet.annulled:{sheet.pk}",
        kind="scoresheet.annulled",
        write=write,
        about=round_,
    )

"""Letters about the draw and the experts' duties."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from accounts.models import User
from accounts.queries.people import people_with, recipients
from accounts.roles import Role
from selection.messages.letters import letter, occasion
from selection.models import Assignment, Panel, Panelist, Round
from selection.queries.scoring import experts_behind
from workflow import clock
from workflow.outbox import Letter, Recipient, queue
from workflow.wording import listed


def frozen(panel: Panel) -> None:
    """To the supervisors: when to be present with which public value."""

    def write(_to: Recipient) -> Letter:
        assert panel.public_at is not None
        at = panel.public_at.astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M")
        lines = [
            gettext("%(round)s的抽取名单已冻结。") % {"round": panel.round.shown_title},
            gettext("公共随机值：%(source)s，公布时间%(at)s。请届时录入并见证抽取。")
            % {"source": panel.public_source, "at": at},
            gettext("名单摘要：%(digest)s") % {"digest": panel.inputs_digest},
        ]
        subject = gettext("请见证评审专家抽取：%(round)s") % {"round": panel.round.shown_title}
        return letter(subject, lines, reverse("panel_detail", args=[panel.pk]))

    queue(
        recipients(people_with(Role.SUPERVISOR)),
        event=f"panel.frozen:{panel.pk}",
        kind="panel.frozen",
        write=write,
        about=panel,
    )


def review_begun(round_: Round) -> None:
    """To every expert with duties: dossiers are waiting for the declaration."""

    def write(_to: Recipient) -> Letter:
        subject = gettext("请评审：%(round)s") % {"round": round_.shown_title}
        lines = [
            gettext("%(round)s的专家评审已开始，请逐份作出回避声明后评分。") % {"round": round_.shown_title}
        ]
        return letter(subject, lines, reverse("panel_inbox"))

    queue(
        recipients(experts_behind(round_)),
        event=f"review.begun:{round_.pk}",
        kind="review.begun",
        write=write,
        about=round_,
    )


def nobody_drawn(assignment: Assignment) -> str:
    """Why nobody was asked instead: in the second stage everybody on the panel is asked already."""
    if assignment.stage > 1:
        return gettext("第二阶段由全体评审专家评分，有效评分表仍足规定份数的，不另补抽。")
    return gettext("没有可补抽的专家，请处理。")


def recused(assignment: Assignment, added: Sequence[Assignment]) -> None:
    """To the managers: who gave up which dossier, and who was drawn instead (or that nobody could be)."""

    def write(_to: Recipient) -> Letter:
        names = {"expert": assignment.expert.name, "code": assignment.nomination.code}
        drawn = listed(one.expert.name for one in added)
        lines = [
            gettext("%(expert)s申请回避%(code)s，评分表（如有）已作废留存。") % names,
            gettext("理由：%(reason)s") % {"reason": assignment.reason},
            gettext("已补抽：%(names)s。") % {"names": drawn} if drawn else nobody_drawn(assignment),
        ]
        subject = gettext("专家回避：%(code)s") % names
        return letter(subject, lines, reverse("panel_list"))

    queue(
        recipients(people_with(Role.MANAGER)),
        event=f"assignment.recused:{assignment.pk}",
        kind="assignment.recused",
        write=write,
        about=assignment,
    )


def seat_left(
    seat: Panelist, successor: Panelist | None, added: Sequence[Assignment], *, missing: int
) -> None:
    """To supervisors and managers: who left the panel and why, who was called up, what was drawn anew."""
    panel = seat.panel

    def write(_to: Recipient) -> Letter:
        names = {"expert": seat.expert.name, "n": seat.number, "how": seat.get_left_how_display()}
        lines = [
            gettext("%(expert)s（匿名号%(n)s）退出评审组：%(how)s。") % names,
            gettext("理由：%(reason)s") % {"reason": seat.left_reason},
            gettext("候补%(name)s按抽取顺序递补。") % {"name": successor.expert.name}
            if successor
            else gettext("该类已无候补。"),
            gettext("已补抽%(n)s份评审任务，其他专家的任务不变；已提交的评分表仍然有效。")
            % {"n": len(added)},
        ]
        if missing > 0:
            lines.append(gettext("还有%(n)s份没有专家可补抽，请处理。") % {"n": missing})
        subject = gettext("评审组变动：%(round)s") % {"round": panel.round.shown_title}
        return letter(subject, lines, reverse("panel_detail", args=[panel.pk]))

    queue(
        recipients([*people_with(Role.SUPERVISOR), *people_with(Role.MANAGER)]),
        event=f"panel.left:{seat.pk}",
        kind="panel.left",
        write=write,
        about=panel,
    )


def drawn_later(added: Iterable[Assignment]) -> None:
    """To experts drawn after the review began."""
    for assignment in added:

        def write(_to: Recipient, code: str = assignment.nomination.code) -> Letter:
            subject = gettext("新的评审任务：%(code)s") % {"code": code}
            lines = [gettext("因评审组变动，您被补抽评审%(code)s，请先作出回避声明。") % {"code": code}]
            return letter(subject, lines, reverse("panel_inbox"))

        queue(
            recipients([assignment.expert.user]),
            event=f"assignment.drawn:{assignment.pk}",
            kind="assignment.drawn",
            write=write,
            about=assignment,
        )


def sheets_missing(round_: Round, people: Iterable[User], *, event: str, days: int | None) -> None:
    """To experts whose sheets are missing; `days` working days are left, if a deadline runs."""

    def write(_to: Recipient) -> Letter:
        subject = gettext("还有评分表未提交：%(round)s") % {"round": round_.shown_title}
        lines = [gettext("您在%(round)s中还有评分表未提交。") % {"round": round_.shown_title}]
        if days is not None:
            left = ngettext("距评分截止还有%(n)s个工作日。", "距评分截止还有%(n)s个工作日。", days)
            lines.append(left % {"n": days})
        return letter(subject, lines, reverse("panel_inbox"))

    queue(recipients(people), event=event, kind="scoring.reminder", write=write, about=round_)


def opening_asked(round_: Round) -> None:
    """To the supervisors: the manager asks for the opening."""

    def write(_to: Recipient) -> Letter:
        subject = gettext("请见证启封评分：%(round)s") % {"round": round_.shown_title}
        lines = [
            gettext("处室负责人已提出启封%(round)s的评分，请核对后见证启封。") % {"round": round_.shown_title}
        ]
        return letter(subject, lines, reverse("scoring_progress", args=[round_.code]))

    queue(
        recipients(people_with(Role.SUPERVISOR)),
        event=f"round.opening_asked:{occasion(round_)}",
        kind="round.opening_asked",
        write=write,
        about=round_,
    )


def scores_opened(round_: Round) -> None:
    """To leaders and managers: the scores are there."""

    def write(_to: Recipient) -> Letter:
        subject = gettext("评分已启封：%(round)s") % {"round": round_.shown_title}
        lines = [gettext("%(round)s的评分已由两人启封，得分和名次已计算。") % {"round": round_.shown_title}]
        return letter(subject, lines, reverse("scoring_progress", args=[round_.code]))

    people = [*people_with(Role.LEADER), *people_with(Role.MANAGER)]
    queue(
        recipients(people),
        event=f"round.scores_opened:{round_.pk}" + (f":{round_.stage}" if round_.stage > 1 else ""),
        kind="round.scores_opened",
        write=write,
        about=round_,
    )

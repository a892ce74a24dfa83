"""Letters about the second stage."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext

from accounts.queries.people import recipients
from selection.messages.letters import letter, occasion
from selection.models import Round
from selection.queries.scoring import experts_behind
from workflow.outbox import Letter, Recipient, queue


def second_stage_begun(round_: Round) -> None:
    """To every expert with duties: the shortlisted dossiers wait for the declaration."""

    def write(_to: Recipient) -> Letter:
        words = {"round": round_.shown_title}
        subject = gettext("请进行第二阶段评审：%(round)s") % words
        lines = [
            gettext("%(round)s的第二阶段评审已开始：入围人选由全体评审专家重新评分，须回避的除外。") % words,
            gettext("请逐份作出回避声明后评分，第一阶段的评分不带入本阶段。"),
        ]
        return letter(subject, lines, reverse("panel_inbox"))

    queue(
        recipients(experts_behind(round_)),
        event=f"review.second_stage:{occasion(round_)}",
        kind="review.second_stage",
        write=write,
        about=round_,
    )

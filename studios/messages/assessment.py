"""What those concerned with an assessment are told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from studios.messages.studio import instant, tell
from studios.models import Assessment
from studios.queries import studio
from workflow import clock
from workflow.actor import Actor


def page_of(row: Assessment) -> str:
    """The assessment's page."""
    return reverse("assessment_detail", args=[row.studio_id, row.pk])


def _facts(row: Assessment) -> dict[str, object]:
    return {"studio": row.studio.name, "assessment": row.title}


def scheduled(rows: Iterable[Assessment]) -> None:
    """Each lead: the own score is asked for."""
    for row in rows:
        tell(
            studio.lead_of(row.studio),
            event=f"assessment.scheduled:{row.pk}",
            kind="assessment.scheduled",
            about=row,
            path=page_of(row),
            subject=lambda row=row: _("%(studio)s：请提交%(assessment)s的自评") % _facts(row),  # type: ignore[misc]
            body=lambda row=row: _asked(row),  # type: ignore[misc]
        )


def _asked(row: Assessment) -> str:
    text = _("%(assessment)s已安排。各维度的自评分按记录带出，可以修改并说明。") % _facts(row)
    if row.self_due_on:
        text += _("自评截止%(day)s。") % {"day": row.self_due_on.isoformat()}
    return text


def assigned(row: Assessment, people: Iterable[User]) -> None:
    """The two who score."""
    tell(
        people,
        event=f"assessment.assigned:{row.pk}:{instant()}",
        kind="assessment.assigned",
        about=row,
        path=page_of(row),
        subject=lambda: _("请对%(studio)s的%(assessment)s评分") % _facts(row),
        body=lambda: _("您已被指定为评审员。两份评分表都提交前，互相看不到对方的评分。"),
    )


def assigned_many(rows: Sequence[Assessment], fitting: Mapping[Assessment, Sequence[User]]) -> None:
    """One letter a reviewer, however many studios."""
    counts = Counter(person for people in fitting.values() for person in people)
    for person, count in counts.items():
        tell(
            [person],
            event=f"assessment.assigned:{rows[0].kind}:{rows[0].year}:{instant()}",
            kind="assessment.assigned",
            about=rows[0],
            path=reverse("assessment_inbox"),
            subject=lambda n=count: (
                ngettext("%(n)s个工作室待考核评分", "%(n)s个工作室待考核评分", n) % {"n": n}
            ),  # type: ignore[misc]
            body=lambda: _("您已被指定为评审员。两份评分表都提交前，互相看不到对方的评分。"),
        )


def self_scored(row: Assessment, *, by: Actor) -> None:
    """The reviewers: the studio's own score is there."""
    tell(
        [sheet.reviewer for sheet in row.open_sheets if sheet.submitted_at is None],
        event=f"assessment.self_scored:{row.pk}",
        kind="assessment.self_scored",
        about=row,
        but=by,
        path=page_of(row),
        subject=lambda: _("%(studio)s已提交%(assessment)s的自评") % _facts(row),
        body=lambda: _("可以开始评分。"),
    )


def rated(row: Assessment, *, by: Actor) -> None:
    """The talent and the host: score, grade, and until when they may speak."""
    until = (
        row.statement_until.astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M") if row.statement_until else ""
    )
    score = "—" if row.score is None else str(row.score)

    def body() -> str:
        text = _("得分%(score)s，等次拟为%(grade)s。") % {"score": score, "grade": row.get_grade_display()}
        if row.cap:
            text += _("（%(cap)s）") % {"cap": row.get_cap_display()}
        return text + _("陈述期至%(until)s；没有意见的可以表示无陈述意见。") % {"until": until}

    tell(
        studio.receivers_of(row.studio),
        event=f"assessment.rated:{row.pk}:{instant()}",
        kind="assessment.rated",
        about=row,
        but=by,
        path=page_of(row),
        subject=lambda: _("%(studio)s的%(assessment)s已评定，可以陈述") % _facts(row),
        body=body,
    )


def stated(row: Assessment, *, by: Actor) -> None:
    """The managers: what the studio said."""
    tell(
        studio.managers(),
        event=f"assessment.stated:{row.pk}:{instant()}",
        kind="assessment.stated",
        about=row,
        but=by,
        path=page_of(row),
        subject=lambda: (
            (
                _("%(studio)s对%(assessment)s无陈述意见")
                if row.statement_waived
                else _("%(studio)s对%(assessment)s提交了陈述")
            )
            % _facts(row)
        ),
        body=lambda: row.statement or _("可以确认考核结果。"),
    )


def confirmed(row: Assessment, *, by: Actor) -> None:
    """Talent, host and city: the grade stands."""

    def body() -> str:
        text = _("等次：%(grade)s。") % {"grade": row.get_grade_display()}
        items = [found.item for found in row.rectifications.all()]
        if items:
            text += ngettext("须整改%(n)s项：", "须整改%(n)s项：", len(items)) % {
                "n": len(items)
            } + "；".join(items)
        return text

    tell(
        studio.concerned_with(row.studio),
        event=f"assessment.confirmed:{row.pk}",
        kind="assessment.confirmed",
        about=row,
        but=by,
        path=page_of(row),
        subject=lambda: _("%(studio)s的%(assessment)s结果已确认") % _facts(row),
        body=body,
    )

"""Assessments and what they ask to be put right, as pages and API share them; what of them waits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from accounts.roles import Role
from studios.collections.studio import iso
from studios.forms.assessment import FORMS
from studios.forms.rectification import FORMS as RECTIFICATION_FORMS
from studios.models import Assessment, AssessmentSheet, Rectification
from studios.queries import assessment as queries
from studios.queries import rectification as rectifications
from workflow import collections, todo
from workflow.actor import Actor
from workflow.todo import Todo, end_of

SHOWN = 5  # rows named one by one; the rest stand behind one link


def represent(row: Assessment, actor: Actor) -> dict[str, Any]:
    """An assessment, JSON-ready. A sheet is there for its writer, and for everybody once both are in."""
    return {
        "id": row.pk,
        "studio": row.studio_id,
        "kind": row.kind,
        "year": row.year,
        "state": row.state,
        "self_due_on": iso(row.self_due_on),
        "self_marks": row.self_marks,
        "self_words": row.self_words,
        "self_scored_at": iso(row.self_scored_at),
        "sheets": [_sheet(sheet) for sheet in queries.sheets_shown(row, actor)],
        "score": None if row.score is None else str(row.score),
        "points": row.points,
        "grade": row.grade,
        "cap": row.cap,
        "reds": row.reds,
        "vetoes": row.vetoes,
        "facts": row.facts,
        "rated_at": iso(row.rated_at),
        "statement_until": iso(row.statement_until),
        "statement": row.statement,
        "statement_waived": row.statement_waived,
        "confirmed_at": iso(row.confirmed_at),
    }


def _sheet(sheet: AssessmentSheet) -> dict[str, Any]:
    return {"marks": sheet.marks, "words": sheet.words, "submitted_at": iso(sheet.submitted_at)}


def url(row: Assessment) -> str:
    """The assessment's page."""
    return reverse("assessment_detail", args=[row.studio_id, row.pk])


collections.register(
    collections.Collection(
        name="assessments",
        model=Assessment,
        visible_to=queries.assessments_visible_to,
        represent=represent,
        url=url,
        forms=FORMS,
        filters=("state", "studio", "kind", "year", "grade"),
    )
)


def represent_rectification(row: Rectification, _actor: Actor) -> dict[str, Any]:
    """One thing to be put right, JSON-ready."""
    return {
        "id": row.pk,
        "studio": row.studio_id,
        "assessment": row.assessment_id,
        "report": row.report_id,
        "item": row.item,
        "state": row.state,
        "ordered_on": iso(row.ordered_on),
        "due_on": iso(row.due_on),
        "evidence": row.evidence,
        "filed_at": iso(row.filed_at),
        "remarks": row.remarks,
        "accepted_at": iso(row.accepted_at),
    }


def rectification_url(row: Rectification) -> str:
    """Its page."""
    return reverse("rectification_detail", args=[row.studio_id, row.pk])


collections.register(
    collections.Collection(
        name="rectifications",
        model=Rectification,
        visible_to=rectifications.rectifications_visible_to,
        represent=represent_rectification,
        url=rectification_url,
        forms=RECTIFICATION_FORMS,
        filters=("state", "studio", "assessment"),
    )
)


@todo.register
def waiting(actor: Any) -> Iterator[Todo]:
    """For the lead the own score, the statement, what must be put right; for reviewers their sheets; for the manager the rest."""
    if actor.holds(Role.STUDIO_LEAD) or actor.holds(Role.STUDIO_MEMBER):
        yield from _of_studio(actor)
    if (actor.holds(Role.REVIEWER) or actor.holds(Role.MANAGER)) and (n := queries.to_score(actor).count()):
        title = ngettext("%(n)s个工作室待考核评分", "%(n)s个工作室待考核评分", n) % {"n": n}
        yield Todo(title, reverse("assessment_inbox"), icon="clipboard-check", count=n)
    if actor.holds(Role.MANAGER):
        yield from _of_manager()


def _of_studio(actor: Any) -> Iterator[Todo]:
    for row in queries.asked_of(actor)[:SHOWN]:
        rated = row.state == Assessment.State.RATED
        words = gettext("对%(assessment)s陈述意见") if rated else gettext("提交%(assessment)s自评")
        due = row.statement_until if rated else end_of(row.self_due_on)
        yield Todo(
            words % {"assessment": row.title}, url(row), due=due, note=row.studio.name, icon="clipboard-check"
        )
    for item in rectifications.owed_by(actor)[:SHOWN]:
        words = gettext("报送整改情况：%(item)s") % {"item": item.item[:40]}
        yield Todo(
            words, rectification_url(item), due=end_of(item.due_on), note=item.studio.name, icon="tool"
        )


def _of_manager() -> Iterator[Todo]:
    if n := queries.to_confirm().count():
        title = ngettext("%(n)s份考核结果待确认", "%(n)s份考核结果待确认", n) % {"n": n}
        yield Todo(title, f"{reverse('assessment_list')}?state=rated", icon="clipboard-check", count=n)
    if n := rectifications.to_judge().count():
        title = ngettext("%(n)s项整改情况待审核", "%(n)s项整改情况待审核", n) % {"n": n}
        yield Todo(title, f"{reverse('rectification_list')}?state=filed", icon="tool", count=n)

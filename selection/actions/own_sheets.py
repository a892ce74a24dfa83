"""An expert's sheets as a whole: marked ready, submitted together, brought in from a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from selection.actions.scoring import NewerElsewhere, own_and_open, save_draft, submit
from selection.errors import BadMark
from selection.models import Round, ScoreSheet
from selection.queries.own_sheets import gaps_in_words
from selection.rules.marks import good_marks
from workflow import clock, door
from workflow.actor import Actor
from workflow.errors import StepRefused


@dataclass(frozen=True)
class Filled:
    """A sheet as a file fills it in: the whole of it, and the revision that it was held against."""

    sheet: int
    revision: int
    marks: Mapping[str, str]
    comments: Mapping[str, str]
    overall: str


@door.act
def mark_ready(sheet: ScoreSheet, *, by: Actor, ready: bool) -> ScoreSheet:
    """The expert's own note that a sheet is finished. It locks nothing; a later gap takes it back."""
    sheet = own_and_open(sheet, by=by)
    if ready and sheet.gaps:
        raise BadMark(gaps_in_words(sheet), code="not_complete")
    sheet.ready_at = clock.now() if ready else None
    sheet.save(update_fields=["ready_at"])
    return sheet


@door.act
def submit_many(round_: Round, *, by: Actor, chosen: Mapping[int, int]) -> list[ScoreSheet]:
    """Submit the own sheets that were looked at, all or none: `chosen` is sheet to the revision that was shown."""
    rows = _own(round_, by).filter(pk__in=chosen)
    door.hold(rows)
    found = list(rows)
    if not found or len(found) != len(chosen):
        raise StepRefused(_("所选评分表中有不能提交的，请刷新后核对。"), code="not_submittable")
    for sheet in found:
        if sheet.revision != chosen[sheet.pk]:
            raise NewerElsewhere(sheet)
        if sheet.gaps:
            raise BadMark(gaps_in_words(sheet), code="not_complete")
    return [_submit(sheet, by) for sheet in found]


def _own(round_: Round, by: Actor) -> QuerySet[ScoreSheet]:
    rows = ScoreSheet.objects.filter(assignment__round=round_, assignment__expert__user=by.id, state="draft")
    rows = rows.select_related("assignment__round", "assignment__expert", "assignment__nomination")
    return rows.order_by("assignment__nomination__code")


def _submit(sheet: ScoreSheet, by: Actor) -> ScoreSheet:
    content = sheet.content
    marks = good_marks(content["marks"], sheet.assignment.round.rulebook.weights)
    return submit(sheet, by=by, marks=marks, comments=content["comments"], overall=content["overall"])


@door.act
def fill_in(round_: Round, *, by: Actor, sheets: Sequence[Filled]) -> int:
    """Save what a file brought, as drafts, all or none; how many sheets. What was submitted is refused."""
    rows = _own(round_, by).filter(pk__in=[one.sheet for one in sheets])
    door.hold(rows)
    found = {sheet.pk: sheet for sheet in rows}
    if len(found) != len(sheets):
        raise StepRefused(_("有评分表已提交或者不在您的名下，请重新上传核对。"), code="not_open")
    for one in sheets:
        save_draft(
            found[one.sheet], by=by, marks=one.marks, comments=one.comments, overall=one.overall, revision=one.revision
        )  # fmt: skip
    return len(sheets)

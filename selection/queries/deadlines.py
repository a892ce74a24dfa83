"""Until when whoever has a dossier must act on it, as SQL and as a value: lists, filters and reminders ask here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Case, DateField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from selection.models import Assignment, Nomination, Panel, RecheckRequest, Round
from selection.models.deadlines import screening_due
from selection.queries.scoring_due import with_time_left
from workflow import calendar, clock

WITH_UNIT = ("draft", "returned")
AT_DESK = ("county_review", "nominator_review")
RUNNING = (Round.State.OPEN, Round.State.SCREENING, Round.State.REVIEW)
AT_A_DESK = Q(state__in=AT_DESK, round__state=Round.State.OPEN)


@dataclass(frozen=True)
class Dues:
    """The deadlines that hold for all dossiers of a round, by the round's id."""

    closing: Mapping[int, date]
    screening: Mapping[int, date]
    scoring: Mapping[int, date]


def running_rounds() -> QuerySet[Round]:
    """Rounds in which somebody has a deadline, with the rules and the end of the scoring."""
    panels = Panel.objects.filter(round=OuterRef("pk")).order_by("-pk").values("scoring_due")
    rows = Round.objects.filter(state__in=RUNNING).prefetch_related("rulebook_versions")
    return rows.annotate(scoring_due=Subquery(panels[:1]))


def dues() -> Dues:
    """The deadlines of the rounds under way."""
    rows: list[Any] = list(running_rounds())
    by_state = {state: [row for row in rows if row.state == state] for state in RUNNING}
    days = calendar.current() if by_state[Round.State.SCREENING] else None
    screening = {row.pk: screening_due(row, days) for row in by_state[Round.State.SCREENING]} if days else {}
    return Dues(
        {row.pk: day for row in by_state[Round.State.OPEN] if (day := _day_of(row.closes_at))},
        {pk: day for pk, day in screening.items() if day},
        {row.pk: row.scoring_due for row in by_state[Round.State.REVIEW] if row.scoring_due},
    )


def screening_due_of(row: Nomination) -> date | None:
    """Until when a dossier under screening is to be concluded."""
    if row.state != "nominated" or row.round.state != Round.State.SCREENING:
        return None
    day = screening_due(row.round, calendar.current())
    return max(day, row.due_on) if day and row.due_on else day


def _day_of(moment: datetime | None) -> date | None:
    return moment.astimezone(clock.ZONE).date() if moment else None


def recheck_due() -> Subquery:
    """Until when the re-check that was asked for must be answered."""
    waits = RecheckRequest.objects.filter(nomination=OuterRef("pk"), state="requested")
    return Subquery(waits.values("answer_due")[:1], output_field=DateField())


def due_of(row: Any, found: Dues) -> date | None:
    """A row's deadline; the row carries `recheck_due`."""
    if row.state in WITH_UNIT:
        return found.closing.get(row.round_id)
    own: date | None = row.due_on
    if row.state in AT_DESK:
        closing = found.closing.get(row.round_id)
        return own or closing if closing else None
    if row.state == "correction":
        asked: date | None = row.correction_due
        return asked
    if row.state == "nominated":
        day = found.screening.get(row.round_id)
        return max(day, own) if day and own else day
    if row.state == "in_review":
        return found.scoring.get(row.round_id)
    answer: date | None = row.recheck_due if row.state == "disqualified" else None
    return answer


def due_expression(found: Dues) -> Case:
    """The same for the database to sort by; what has no deadline is NULL."""
    cases = [
        When(state="correction", then=F("correction_due")),
        When(state="disqualified", then=recheck_due()),
    ]
    for pk, day in found.closing.items():
        cases.append(When(round=pk, state__in=WITH_UNIT, then=Value(day)))
        cases.append(When(round=pk, state__in=AT_DESK, then=Coalesce(F("due_on"), Value(day))))
    for pk, day in found.screening.items():
        cases.append(When(round=pk, state="nominated", due_on__gt=day, then=F("due_on")))
        cases.append(When(round=pk, state="nominated", then=Value(day)))
    cases += [When(round=pk, state="in_review", then=Value(day)) for pk, day in found.scoring.items()]
    return Case(*cases, default=None, output_field=DateField())


def overdue(found: Dues, *, scoring: bool) -> Q:
    """Dossiers whose present holder is late. That experts are late is the province's to know."""
    today = clock.today()
    late = [pk for pk, day in found.screening.items() if day < today]
    own = Q(due_on=None) | Q(due_on__lt=today)
    wanted = AT_A_DESK & Q(due_on__lt=today)
    wanted |= Q(state="correction", round__state=Round.State.SCREENING, correction_due__lt=today)
    wanted |= Q(state="nominated", round__in=late) & own
    asked = RecheckRequest.objects.filter(state="requested", answer_due__lt=today)
    wanted |= Q(state="disqualified", round__state=Round.State.SCREENING, pk__in=asked.values("nomination"))
    if scoring:
        unscored = [pk for pk, day in found.scoring.items() if day < today]
        behind = unfinished().exclude(with_time_left(today))
        wanted |= Q(Exists(behind), state="in_review", round__in=unscored)
    return wanted


def unfinished() -> QuerySet[Assignment]:
    """Assignments of the outer dossier whose sheet has not come."""
    rows = Assignment.objects.filter(
        nomination=OuterRef("pk"), state__in=("drawn", "accepted"), stage=F("round__stage")
    )
    return rows.exclude(sheet__state__in=("submitted", "locked"))


def late_pks(rows: list[Any], found: Dues, *, scoring: bool) -> set[int]:
    """Which of these rows are overdue: the rows of one page, in one statement if the database must be asked."""
    today = clock.today()
    late = {
        row.pk for row in rows if (day := due_of(row, found)) and day < today and row.state not in WITH_UNIT
    }
    experts = [row.pk for row in rows if row.pk in late and row.state == "in_review"]
    if experts:
        still = Nomination.objects.filter(
            Exists(unfinished().exclude(with_time_left(today))), pk__in=experts if scoring else []
        )
        late -= set(experts) - set(still.values_list("pk", flat=True))
    return late

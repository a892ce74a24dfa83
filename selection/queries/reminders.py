"""Who has something to do before a deadline, or has not done it: the recipients of reminders, as the pages of the work
show it. Whoever has nothing to do is not among them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from accounts.models import Organisation, User
from accounts.queries.people import people_with
from accounts.roles import Role
from selection.models import Appeal, Nomination, Objection, RecheckRequest, Round
from selection.queries.deadlines import AT_A_DESK, WITH_UNIT, Dues, due_expression, dues
from selection.queries.objection import managers_for
from selection.queries.qualification import UNDER_SCREENING, queue
from selection.queries.recheck import WAITING, who_may_answer
from selection.queries.scoring import experts_behind, missing_sheets
from selection.queries.scoring_due import own_due
from workflow import calendar, clock
from workflow.rules.calendar import CalendarMissing, WorkCalendar, working_days_between

BEFORE = (0, 2, 5)  # working days before the deadline, to whoever must act
OVERDUE, ESCALATED = 1, 3  # working days after it: to whoever must act, to the superior


@dataclass(frozen=True)
class Due:
    """A deadline to speak of: `level` says which reminder (5, 2, 0 days before; -1, -3 after it), `left` the working
    days there are (negative: overdue), `n` how many things wait. `key` names the deadline, whatever its level."""

    obj: Round | Nomination | RecheckRequest | Objection
    what: str
    key: str
    on: date
    left: int
    level: int
    people: Iterable[User]
    n: int = 1
    office: str = ""

    @property
    def escalated(self) -> bool:
        """To the superior of whoever is late."""
        return self.level == -ESCALATED


@dataclass(frozen=True)
class Duty:
    """Something that somebody must do until a day, and who looks after them."""

    obj: Round | Nomination | RecheckRequest | Objection
    what: str
    key: str
    on: date | None
    owners: Iterable[User]
    superiors: Iterable[User] = ()
    n: int = 1
    office: str = ""


def due_reminders() -> Iterator[Due]:
    """Every deadline within reach with those who still have something to do."""
    days, found = calendar.current(), dues()
    for duties in (
        _closings(),
        _desks(),
        _corrections(),
        _screenings(found),
        _rechecks(),
        _scorings(found),
        _objections(),
        _appeals(),
    ):
        for duty in duties:
            yield from _rungs(duty, days)


def _rungs(duty: Duty, days: WorkCalendar) -> Iterator[Due]:
    """The rungs of the ladder that a duty has reached today."""
    if duty.on is None:
        return
    try:
        left = working_days_between(clock.today(), duty.on, days)
    except CalendarMissing:  # acts whose deadline lies in such a year were given none: nothing to count by
        return
    if duty.on >= clock.today():
        level = next((level for level in BEFORE if left <= level), None)
        if level is not None:
            yield _at(duty, left, level, duty.owners)
        return
    if -left >= OVERDUE:
        yield _at(duty, left, -OVERDUE, duty.owners)
    if -left >= ESCALATED:
        yield _at(duty, left, -ESCALATED, duty.superiors)


def _at(duty: Duty, left: int, level: int, people: Iterable[User]) -> Due:
    assert duty.on is not None
    return Due(duty.obj, duty.what, duty.key, duty.on, left, level, people, duty.n, duty.office)


# The duties ----------------------------------------------------------------------------------------------------------


def _closings() -> Iterator[Duty]:
    """Dossiers that must have gone on before the closing; once it has come there is nothing left to do."""
    for round_ in Round.objects.filter(state=Round.State.OPEN, closes_at__gt=clock.now()):
        assert round_.closes_at is not None
        closing = round_.closes_at.astimezone(clock.ZONE).date()
        yield Duty(round_, "closing", str(round_.pk), closing, _people_of_dossiers(round_))


def _people_of_dossiers(round_: Round) -> QuerySet[User]:
    """Clerks with a dossier not yet sent, officers with one on their desk whose own deadline does not speak for it."""
    rows = round_.nominations.all()
    clerks = people_with(Role.UNIT_CLERK).filter(
        organisation__in=rows.filter(state__in=WITH_UNIT).values("unit")
    )
    late = rows.filter(Q(due_on=None) | Q(due_on__lt=clock.today()))
    officers = people_with(Role.BUREAU_OFFICER).filter(
        Q(organisation__in=late.filter(state="county_review").values("county"))
        | Q(organisation__in=late.filter(state="nominator_review").values("nominator"))
    )
    return User.objects.filter(Q(pk__in=clerks.values("pk")) | Q(pk__in=officers.values("pk")))


def _desks() -> Iterator[Duty]:
    """What lies on the desks of counties and nominators, by the day on which it is due: the city looks after its
    counties, the manager after the nominators."""
    groups: list[Any] = list(
        Nomination.objects.filter(AT_A_DESK, due_on__isnull=False)
        .order_by("due_on")
        .values("round", "state", "county", "nominator", "due_on")
        .annotate(n=Count("pk"))
    )
    rounds = Round.objects.in_bulk({group["round"] for group in groups})
    for (round_id, state, office, above, on), n in _by_desk(groups).items():
        superiors = (
            people_with(Role.BUREAU_OFFICER, organisation=above)
            if state == "county_review"
            else people_with(Role.MANAGER)
        )
        owners = people_with(Role.BUREAU_OFFICER, organisation=office)
        key = f"{round_id}:{state}:{office}"
        yield Duty(rounds[round_id], "desk", key, on, owners, superiors, n, _name_of(office))


def _by_desk(groups: Iterable[dict[str, Any]]) -> dict[tuple[int, str, int, int | None, date], int]:
    counted: dict[tuple[int, str, int, int | None, date], int] = {}
    for group in groups:
        at_county = group["state"] == "county_review"
        office, above = (group["county"], group["nominator"]) if at_county else (group["nominator"], None)
        desk = (group["round"], group["state"], office, above, group["due_on"])
        counted[desk] = counted.get(desk, 0) + group["n"]
    return counted


def _name_of(office: int) -> str:
    return Organisation.objects.filter(pk=office).values_list("name", flat=True).first() or ""


def _corrections() -> Iterator[Duty]:
    """Corrections asked for. One that is not handed in until its day is over cannot be any more."""
    rows = Nomination.objects.filter(
        state="correction", round__state=Round.State.SCREENING, correction_due__gte=clock.today()
    )
    for row in rows.select_related("round", "nominee", "unit"):
        clerks = people_with(Role.UNIT_CLERK, organisation=row.unit_id)
        yield Duty(row, "correction", str(row.pk), row.correction_due, clerks)


def _screenings(found: Dues) -> Iterator[Duty]:
    """Dossiers to conclude on, by deadline: the reviewers who have one to take up or to conclude, and the managers
    who have two that differ."""
    rows = Nomination.objects.filter(UNDER_SCREENING).annotate(due=due_expression(found)).exclude(due=None)
    groups = rows.order_by("round", "due").values("round", "due").annotate(n=Count("pk"))
    rounds = Round.objects.in_bulk({group["round"] for group in groups})
    for group in groups:
        round_, on = rounds[group["round"]], group["due"]
        reviewers = _with_work(Role.REVIEWER, ("mine", "open"), round_, on, found)
        managers = _with_work(Role.MANAGER, ("differing",), round_, on, found)
        chiefs = people_with(Role.MANAGER) if reviewers else ()
        yield Duty(round_, "screening", str(round_.pk), on, reviewers, chiefs, group["n"])
        leaders = people_with(Role.LEADER) if managers else ()
        yield Duty(round_, "ruling", str(round_.pk), on, managers, leaders)


def _with_work(role: str, tabs: Iterable[str], round_: Round, on: date, found: Dues) -> list[User]:
    """Those whose queue holds something with that deadline."""
    return [
        person
        for person in people_with(role)
        if any(_due(queue(person, tab, found), round_, on) for tab in tabs)
    ]


def _due(rows: Any, round_: Round, on: date) -> bool:
    """Whether a queue, which knows each row's deadline, holds something of the round for that day."""
    return bool(rows.filter(round=round_, due=on).exists())


def _rechecks() -> Iterator[Duty]:
    """Re-checks asked for: the managers who may answer."""
    rows = RecheckRequest.objects.filter(WAITING).select_related("nomination__nominee", "nomination__unit")
    for row in rows.order_by("answer_due", "pk"):
        yield Duty(row, "recheck", str(row.pk), row.answer_due, who_may_answer(row), people_with(Role.LEADER))


def _scorings(found: Dues) -> Iterator[Duty]:
    """Sheets that have not come, by the last day of those who owe them."""
    for round_ in Round.objects.filter(pk__in=found.scoring):
        by_day: dict[date, list[int]] = {}
        owing = (
            missing_sheets(round_)
            .annotate(own_due=own_due())
            .values_list("own_due", "expert__user")
            .distinct()
        )
        for day, person in owing:
            by_day.setdefault(day, []).append(person)
        for day, people in sorted(by_day.items()):
            late = list(experts_behind(round_).filter(pk__in=people))
            managers = people_with(Role.MANAGER) if late else ()
            yield Duty(round_, "scoring", str(round_.pk), day, late, managers, n=len(late))


def _objections() -> Iterator[Duty]:
    """Objections to admit, to investigate and to answer: the managers on no side and whoever investigates; and the
    candidates' units that were asked. A leader looks after the managers."""
    waiting = Q(state__in=("lodged", "admitted")) | Q(
        kind="real_name", decided_at__isnull=False, replied_at=None
    )
    rows = Objection.objects.filter(waiting).exclude(state="withdrawn")
    for row in rows.select_related("nomination__unit", "nomination__round").order_by("pk"):
        yield from _of_case(row)


def _of_case(row: Objection) -> Iterator[Duty]:
    managers, leaders = managers_for(row.nomination), people_with(Role.LEADER)
    if row.state == "lodged":
        yield Duty(row, "objection_admit", str(row.pk), row.admit_due, managers, leaders)
    elif row.state == "admitted":
        people = [*row.investigators.all(), *managers]
        yield Duty(row, "objection_conclude", str(row.pk), row.conclude_due, people, leaders)
        if row.statement_at is None and row.silent_at is None:
            clerks = people_with(Role.UNIT_CLERK, organisation=row.nomination.unit_id)
            yield Duty(row, "objection_statement", str(row.pk), row.statement_due, clerks, managers)
    else:
        yield Duty(row, "objection_reply", str(row.pk), row.reply_due, managers, leaders)


def _appeals() -> Iterator[Duty]:
    """Appeals to decide: whoever has not concluded on the case."""
    rows = Appeal.objects.filter(state__in=("lodged", "admitted"))
    for row in rows.select_related("objection__nomination").order_by("pk"):
        case = row.objection
        managers = managers_for(case.nomination).exclude(pk=case.concluded_by_id or 0)
        yield Duty(case, "objection_appeal", str(case.pk), row.decide_due, managers, people_with(Role.LEADER))

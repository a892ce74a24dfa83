"""Years of work for the studios of a database of a given size: one studio's rows are written, then copied to all others.

The copies are made inside the database, so that hundreds of thousands of rows take seconds. Every row is valid by every
constraint; numbers differ from studio to studio.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, models, transaction

from studios.actions import month
from studios.models import (
    Activity,
    ActivityPerson,
    Assessment,
    Expense,
    Instalment,
    ProgressReport,
    ServiceGroup,
    Studio,
)
from studios.rules import activity as rules
from workflow import clock

YEARS = 2
SESSIONS = 6
KINDS, FIELDS = list(Activity.Kind.values), list(Activity.Field.values)
HEADS = ("training", "service", "research", "travel", "fees")
MENTEES = ("学员甲", "学员乙", "学员丙", "学员丁", "学员戊")
# What a copy has instead of the first studio's own value; `s` is its studio, `a` the row that is copied.
OTHERWISE = {
    "studio_id": "s.id",
    "attendances": "a.attendances + s.id %% 7",
    "amount": "a.amount + s.id %% 50",
    "group_id": "CASE WHEN a.group_id IS NULL THEN NULL ELSE (SELECT g.id FROM studios_servicegroup g WHERE g.studio_id = s.id) END",
}


@transaction.atomic
def fill_years(studios: Sequence[Studio], *, activities: int, expenses: int) -> None:
    """Give each of these studios so many activities and expenses over two years up to today, reports and a grade."""
    first, began = studios[0], clock.today() - timedelta(days=365 * YEARS)
    ids = [studio.pk for studio in studios]
    Studio.objects.filter(pk__in=ids).update(active_from=began)
    groups = ServiceGroup.objects.bulk_create(
        ServiceGroup(studio=each, name="小组", goals="目标", members_planned=8, sessions_planned=SESSIONS)
        for each in studios
    )
    Activity.objects.bulk_create(_activities(first, groups[0], began, activities))
    _copy(Activity, first, ids[1:])
    ActivityPerson.objects.bulk_create(_mentees(first))
    _copy_mentees(first, ids[1:])
    Expense.objects.bulk_create(_expenses(first, began, expenses))
    _copy(Expense, first, ids[1:])
    ProgressReport.objects.bulk_create(_reports(studios, began))
    Assessment.objects.bulk_create(_assessments(studios))
    _pay(ids)
    month.rebuild()


def _days(began: date, number: int) -> Iterator[date]:
    whole = (clock.today() - began).days
    return (began + timedelta(days=n * whole // number) for n in range(number))


def _activities(studio: Studio, group: ServiceGroup, began: date, number: int) -> Iterator[Activity]:
    session = 0
    for n, day in enumerate(_days(began, number)):
        kind = KINDS[n % len(KINDS)]
        in_group = kind == "group" and session < SESSIONS
        session += in_group
        yield Activity(
            studio=studio, kind=kind, title=f"活动{n:04d}", field=FIELDS[n % len(FIELDS)], held_on=day, starts_at=time(9),
            ends_at=time(11), due_on=rules.due_on(day), place="社工站", station_name=f"社工站{n % 3}",
            attendances=20 + n % 40, people=20 + n % 20, volunteers=n % 3, volunteer_hours=Decimal(n % 3 * 2),
            group=group if in_group else None, session_number=session if in_group else None,
            case_code=f"GA-{n % 8:02d}" if kind == "case" else "", satisfaction_count=20, satisfied_count=18,
            faces_masked=True, recorded_by_id=studio.lead_id or 0, submitted_on=day, state="submitted" if n % 23 == 0 else "cosigned",
        )  # fmt: skip


def _mentees(studio: Studio) -> Iterator[ActivityPerson]:
    for row in Activity.objects.filter(studio=studio, kind="supervision"):
        for name in MENTEES:
            yield ActivityPerson(activity=row, part="mentee", name=name, hours=2)


def _expenses(studio: Studio, began: date, number: int) -> Iterator[Expense]:
    for n, day in enumerate(_days(began, number)):
        yield Expense(
            studio=studio, head=HEADS[n % len(HEADS)], spent_on=day, payee=f"供应商{n % 40}", purpose="开展活动",
            amount=Decimal(40 + n % 60), claimant_id=studio.lead_id or 0, recorded_by_id=studio.lead_id or 0,
            state="submitted" if n % 29 == 0 else "approved",
        )  # fmt: skip


def _copy(model: type[models.Model], source: Studio, targets: Sequence[int]) -> None:
    """Copy the source's rows to the others, in one statement."""
    if not targets:
        return
    table = model._meta.db_table
    columns = [str(field.column) for field in model._meta.concrete_fields if not field.primary_key]
    values = ", ".join(OTHERWISE.get(column, f'a."{column}"') for column in columns)
    _run(
        f"INSERT INTO {table} ({', '.join(map(_quoted, columns))}) SELECT {values} FROM {table} a CROSS JOIN studios_studio s"
        " WHERE a.studio_id = %s AND s.id BETWEEN %s AND %s",
        [source.pk, targets[0], targets[-1]],
    )


def _copy_mentees(source: Studio, targets: Sequence[int]) -> None:
    if not targets:
        return
    _run(
        "INSERT INTO studios_activityperson (activity_id, part, name, hours) SELECT b.id, p.part, p.name, p.hours"
        " FROM studios_activityperson p JOIN studios_activity a ON a.id = p.activity_id"
        " JOIN studios_activity b ON b.title = a.title WHERE a.studio_id = %s AND b.studio_id BETWEEN %s AND %s",
        [source.pk, targets[0], targets[-1]],
    )


def _quoted(name: str) -> str:
    return f'"{name}"'


def _run(statement: str, given: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)


def _reports(studios: Sequence[Studio], began: date) -> Iterator[ProgressReport]:
    """Eight quarters each; the last one is owed and late for every ninth studio, by more and more days."""
    for number, studio in enumerate(studios):
        for quarter in range(8):
            late = quarter == 7 and number % 9 == 0
            due = (
                clock.today() - timedelta(days=3 + number % 40)
                if late
                else began + timedelta(days=90 * quarter)
            )
            yield ProgressReport(
                studio=studio, kind="quarterly", period=f"{began.year + quarter // 4}Q{quarter % 4 + 1}", due_on=due,
                state="due" if late else "accepted", judged_at=None if late else clock.now(),
                submitted_at=None if late else clock.now() - timedelta(days=max(0, (clock.today() - due).days + 1)),
            )  # fmt: skip


def _assessments(studios: Sequence[Studio]) -> Iterator[Assessment]:
    grades = ("excellent", "qualified", "qualified", "qualified", "basic")
    for n, studio in enumerate(studios):
        yield Assessment(
            studio=studio, kind="annual", year=clock.today().year - 1, state="confirmed", grade=grades[n % len(grades)]
        )  # fmt: skip


def _pay(studios: Sequence[int]) -> None:
    """The first instalment of each is paid."""
    planned = list(Instalment.objects.filter(studio__in=studios, number=1))
    Instalment.objects.filter(pk__in=[row.pk for row in planned]).delete()
    Instalment.objects.bulk_create(
        Instalment(
            studio_id=row.studio_id, number=1, amount=row.amount, state="paid", paid_at=clock.now(), voucher=f"凭证{row.studio_id}"
        )
        for row in planned
    )  # fmt: skip

"""After a test that commits the tables are emptied; the ledger's guards and the calendar outlive it."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from workflow import ledger
from workflow.actor import SYSTEM
from workflow.models import CalendarYear, Entry


def append_one() -> None:
    with transaction.atomic():
        ledger.append(SYSTEM, chain="emptying", kind="test.entry", subject="test:1", payload={})


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", ["first", "second"])
def test_each_committing_test_finds_an_empty_guarded_ledger_and_the_calendar(turn: str) -> None:
    assert (Entry.objects.count(), CalendarYear.objects.count()) == (0, 3)
    append_one()
    for statement in ("UPDATE workflow_entry SET kind = 'x'", "DELETE FROM workflow_entry"):
        with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
            cursor.execute(statement)
    assert Entry.objects.get().kind == "test.entry"

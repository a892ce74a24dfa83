import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from workflow import ledger
from workflow.actor import SYSTEM
from workflow.models import Chain, Entry

pytestmark = pytest.mark.django_db


def write(n: int = 3, chain: str = "office") -> list[Entry]:
    return [
        ledger.append(SYSTEM, chain=chain, kind="note", subject=f"x:{i}", payload={"n": i}) for i in range(n)
    ]


def without_triggers() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE workflow_entry DISABLE TRIGGER ALL")
        else:
            cursor.execute("DROP TRIGGER workflow_entry_no_UPDATE")
            cursor.execute("DROP TRIGGER workflow_entry_no_DELETE")


def test_a_whole_ledger_verifies():
    write()
    assert ledger.verify() == []


@pytest.mark.parametrize(
    "change",
    [
        "kind = 'nota'", "subject = 'x:9'", "actor_role = 'sy'", "actor_name = 'Mallory'", "payload = '{}'",
        "salt = ''", "leaf = ''", "rules_version = 'v2'", "at = '2020-01-01 00:00:00+00:00'",
    ],
)  # fmt: skip
def test_a_changed_row_is_named(change):
    entries = write()
    without_triggers()
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE workflow_entry SET {change} WHERE id = %s", [entries[1].pk])
    assert [(f.chain, f.seq) for f in ledger.verify()] == [("office", 2)]
    with pytest.raises(SystemExit) as stop:
        call_command("verify_ledger")
    assert stop.value.code == 1


def test_a_deleted_row_is_named():
    entries = write()
    without_triggers()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM workflow_entry WHERE id = %s", [entries[1].pk])
    assert [f.seq for f in ledger.verify()] == [2]


def test_a_truncated_chain_with_its_end_rewritten_contradicts_the_published_head():
    entries = write()
    ledger.publish_heads(SYSTEM, occasion="测试")
    without_triggers()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM workflow_entry WHERE id = %s", [entries[2].pk])
    Chain.objects.filter(key="office").update(count=2, head=entries[1].head)
    assert [(f.seq, f.what) for f in ledger.verify()] == [(3, "truncated")]


@pytest.mark.parametrize("table", ["workflow_entry", "workflow_publishedhead"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET at = at", "DELETE FROM {}"])
def test_the_database_refuses_update_and_delete(table, statement):
    write()
    ledger.publish_heads(SYSTEM, occasion="测试")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))

import json

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
            cursor.execute("SET LOCAL session_replication_role = replica")
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


@pytest.mark.parametrize(
    "payload",
    [
        {"name": "杭州小组"},
        {"actor": "7", "name": "杭州小组"},
        {"name": "杭州小组", "payload": {"name": "嘉兴小组"}},
    ],
)
def test_what_is_told_of_the_subject_never_stands_for_who_acted(payload):
    entry = ledger.append(SYSTEM, chain="office", kind="note", subject="x:1", payload={**payload, "n": 1})
    assert ledger.verify() == []
    kept = json.loads(entry.payload)
    assert kept == {"actor": str(SYSTEM.id), "name": str(SYSTEM.name), "n": 1, "payload": payload}


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


def changed_behind_the_triggers(*statements: str) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            cursor.execute(statement)


def test_a_chain_that_was_taken_away_altogether_is_named_by_what_was_published():
    write()
    write(chain="round:r1")
    ledger.publish_heads(SYSTEM, occasion="测试")
    changed_behind_the_triggers(
        "DELETE FROM workflow_entry WHERE chain_id = 'round:r1'",
        "DELETE FROM workflow_chain WHERE key = 'round:r1'",
    )
    assert [(f.chain, f.seq, f.what) for f in ledger.verify()] == [("round:r1", 1, "truncated")]


@pytest.mark.parametrize(
    "change", ["lines = ''", "lines = 'x'", "lines = replace(lines, ' 3 ', ' 2 ')", "digest = ''"]
)
def test_an_altered_publication_is_named(change):
    write()
    head = ledger.publish_heads(SYSTEM, occasion="测试")
    changed_behind_the_triggers(f"UPDATE workflow_publishedhead SET {change}")
    assert [(f.chain, f.seq, f.what) for f in ledger.verify()] == [("published-head", head.pk, "published")]


@pytest.mark.parametrize("table", ["workflow_entry", "workflow_publishedhead"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET at = at", "DELETE FROM {}"])
def test_the_database_refuses_update_and_delete(table, statement):
    write()
    ledger.publish_heads(SYSTEM, occasion="测试")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))

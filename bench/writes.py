"""The two writes that everything is made of: a ledger entry, and a step through the door."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from django.db import transaction

from accounts.roles import Role
from bench.figure import Figure, statements, timings
from selection.models import RecordExport, Round
from workflow import door, ledger
from workflow.actor import SYSTEM, NamedActor

TIMES = 200
MANAGER = NamedActor("bench", "bench", frozenset({Role.MANAGER.value}))


def append(chain: str = "bench") -> None:
    """One entry in a transaction of its own."""
    with transaction.atomic():
        ledger.append(
            SYSTEM, chain=chain, kind="bench.entry", subject="bench:1", payload={"note": "一条记录"}
        )


def archivings() -> list[Callable[[], Round]]:
    """Published rounds whose chains have begun, each with its archiving still to be done."""
    made = [
        Round(code=f"bench-{n}", title="bench", organiser="bench", state="published")
        for n in range(TIMES + 1)
    ]
    rounds = Round.objects.bulk_create(made)
    RecordExport.objects.bulk_create(
        RecordExport(round=each, stage="published", entries=1, reason="bench", exported_by="bench")
        for each in rounds
    )
    for each in rounds:
        append(each.chain_key)
    return [partial(door.take, each, "archive", by=MANAGER) for each in rounds]


def figures() -> Iterator[Figure]:
    """Time and statements of both."""
    append()
    yield from timings("ledger_append", [append] * TIMES)
    yield statements("ledger_append", append)
    first, *others = archivings()
    yield statements("guarded_step", first)
    yield from timings("guarded_step", others)

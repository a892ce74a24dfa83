"""Many nominations at once, from eight connections: in threads of this process, or as a program over one SQLite file.

As a program, with DATABASE_URL set: `python -m tests.selection.rush 5:40 1:2` makes the database, puts forty dossiers on
a desk with five places, forks eight workers, each with a connection of its own, then the same with two for one place,
and prints what became of each nomination, as a JSON list for each rush.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from typing import Any

CONNECTIONS = 8
WAIT = 60


def at_the_desk(number: int, places: int) -> tuple[int, list[int]]:
    """So many dossiers ready for the same city: its officer and the dossiers, by their ids."""
    from tests import factories

    orgs, round_ = factories.tree(), factories.round_()
    factories.quota(round_, orgs["city"], places)
    rows = [
        factories.nomination("nominator_review", round=round_, orgs=orgs, originals_checked=True).pk
        for _ in range(number)
    ]
    return factories.user("bureau_officer", organisation=orgs["city"]).pk, rows


def dealt(rows: Sequence[int]) -> list[list[int]]:
    """The rows dealt out to the connections."""
    return [list(rows[n::CONNECTIONS]) for n in range(CONNECTIONS)]


def nominate_each(officer: int, rows: Sequence[int], start: Callable[[], Any]) -> dict[int, str]:
    """One connection's work: nominate the rows one after another; "won" or the refusal's code for each."""
    from accounts.models import User
    from selection.actions import nomination as actions
    from selection.models import Nomination
    from tests import factories
    from workflow import clock
    from workflow.errors import Refused

    outcomes = {}
    with clock.frozen(factories.NOON):
        by = User.objects.get(pk=officer)
        found = [Nomination.objects.get(pk=pk) for pk in rows]
        start()
        for row in found:
            try:
                actions.nominate(
                    row, by=by, rank=row.pk % 30_000 + 1, opinion="同意推荐。", background="无。"
                )
                outcomes[row.pk] = "won"
            except Refused as refusal:
                outcomes[row.pk] = refusal.code
    return outcomes


def in_threads(officer: int, rows: Sequence[int]) -> dict[int, str]:
    """Each connection in a thread of its own."""
    from django.db import connections

    barrier, outcomes = threading.Barrier(CONNECTIONS), {}

    def run(mine: list[int]) -> None:
        try:
            outcomes.update(nominate_each(officer, mine, lambda: barrier.wait(WAIT)))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(mine,)) for mine in dealt(rows)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT)
    return outcomes


def _work(officer: int, rows: list[int], barrier: Any, outcomes: Any) -> None:
    outcomes.put(nominate_each(officer, rows, lambda: barrier.wait(WAIT)))


def in_processes(officer: int, rows: Sequence[int]) -> dict[int, str]:
    """Each connection in a process of its own, forked before any is opened."""
    context = get_context("fork")
    barrier, outcomes = context.Barrier(CONNECTIONS), context.Queue()
    workers = [context.Process(target=_work, args=(officer, mine, barrier, outcomes)) for mine in dealt(rows)]
    for worker in workers:
        worker.start()
    found: dict[int, str] = {}
    for _worker in workers:
        found |= outcomes.get(timeout=WAIT)
    for worker in workers:
        worker.join(WAIT)
    return found


def main(rushes: Sequence[tuple[int, int]]) -> list[list[str]]:
    """Make what is needed, close the connection, let the workers run; one rush after another."""
    from django.core.management import call_command
    from django.db import connection, transaction

    call_command("migrate", verbosity=0)
    found = []
    for places, number in rushes:
        with transaction.atomic():
            officer, rows = at_the_desk(number, places)
        connection.close()
        found.append(list(in_processes(officer, rows).values()))
    return found


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    asked = [tuple(map(int, argument.split(":"))) for argument in sys.argv[1:]]
    print(json.dumps(main([(places, number) for places, number in asked])))

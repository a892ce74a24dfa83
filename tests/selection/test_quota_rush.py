"""Forty nominations for five places, from eight connections at once: exactly five, thirty-five told why not."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from selection.models import Nomination, Quota
from selection.queries.round import quotas_with_use
from tests.selection import rush
from workflow import ledger
from workflow.models import Entry

ROOT = Path(__file__).resolve().parents[2]
BOUND = 40  # seconds, with the making of the database


def rushed(file: Path, *rushes: str) -> list[Counter[str]]:
    """What eight processes were told that nominate over one SQLite file: for each rush, how often what."""
    environment = {
        **os.environ, "DATABASE_URL": f"sqlite:///{file}", "CELERY_BROKER_URL": "memory://", "DEMO": "", "PRODUCTION": "",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "tests.selection.rush", *rushes],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=BOUND, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "locked" not in done.stderr
    return [Counter(outcomes) for outcomes in json.loads(done.stdout)]


def chains(file: Path) -> list[list[tuple[int, str]]]:
    """The ledger of each round in the file: number and kind of its entries."""
    with sqlite3.connect(file) as found:
        rows = found.execute(
            "SELECT chain_id, seq, kind FROM workflow_entry ORDER BY chain_id, seq"
        ).fetchall()
    return [[row[1:] for row in rows if row[0] == chain] for chain in dict.fromkeys(row[0] for row in rows)]


@pytest.mark.own_process
def test_forty_for_five_and_two_for_the_last_place_over_one_sqlite_file(tmp_path: Path) -> None:
    file = tmp_path / "rush.sqlite3"
    many, two = rushed(file, "5:40", "1:2")
    assert many == {"won": 5, "quota_exceeded": 35}
    assert two == {"won": 1, "quota_exceeded": 1}
    first, second = chains(file)
    assert [seq for seq, _kind in first] == list(range(1, 41))
    assert Counter(kind for _seq, kind in first) == {"nomination.nominate": 5, "refused": 35}
    assert Counter(kind for _seq, kind in second) == {"nomination.nominate": 1, "refused": 1}
    with sqlite3.connect(file) as found:
        held = "SELECT count(*) FROM selection_nomination WHERE state = 'nominated' GROUP BY round_id"
        assert found.execute(f"{held} ORDER BY round_id").fetchall() == [(5,), (1,)]


@pytest.mark.postgres
@pytest.mark.parametrize(("places", "number"), [(5, 40), (1, 8)])
@pytest.mark.django_db(transaction=True)
def test_forty_nominations_for_five_places_on_postgresql(places: int, number: int) -> None:
    officer, rows = rush.at_the_desk(number, places)
    outcomes = rush.in_threads(officer, rows)
    assert Counter(outcomes.values()) == {"won": places, "quota_exceeded": number - places}
    assert Nomination.objects.filter(state="nominated").count() == places
    quota: Any = quotas_with_use(Quota.objects.all()).get()
    assert (quota.places, quota.used, quota.returned, quota.left) == (places, places, 0, 0)
    chain = Nomination.objects.get(pk=rows[0]).chain_key
    kinds = Counter(Entry.objects.filter(chain=chain).values_list("kind", flat=True))
    assert kinds == {"nomination.nominate": places, "refused": number - places}
    assert ledger.verify() == []

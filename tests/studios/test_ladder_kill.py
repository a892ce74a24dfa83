"""The ladder of overdue reports, its process killed twice in the middle and each day's job run ten times: every level told once."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.own_process

ROOT = Path(__file__).resolve().parents[2]
REPORTS, RUNS = 30, 10
DUE = date(2026, 10, 20)
DAYS = {  # day -> the level it reaches, by the official calendar
    date(2026, 10, 13): -5, date(2026, 10, 16): -2, DUE: 0, date(2026, 10, 21): 1, date(2026, 11, 3): 10,
    date(2026, 11, 17): 20,
}  # fmt: skip


def prepare() -> None:
    """In a process of its own, on the site's database: thirty studios whose reports fall due on one day."""
    from django.db import transaction

    from tests import factories
    from workflow import clock

    with clock.frozen(factories.NOON), transaction.atomic():
        _owe()


def _owe() -> None:
    from studios.models import Studio
    from tests import factories

    orgs = factories.tree()
    lead = factories.user("studio_lead", organisation=orgs["unit"], username="lead")
    factories.user("manager", organisation=orgs["province"], username="manager")
    factories.user("bureau_officer", organisation=orgs["city"], username="officer")
    for _number in range(REPORTS):
        nomination = factories.nomination("recognised", orgs=orgs, nominee=factories.nominee())
        home = factories.bare_studio(nomination, lead=lead, host=orgs["unit"], state="active")
        Studio.objects.filter(pk=home.pk).update(city=orgs["city"], active_from=None)
        factories.report(home=home, due_on=DUE)


def climb() -> None:
    """In a process of its own: day after day, the job ten times a day."""
    from studios.tasks import remind_of_reports
    from workflow import clock

    for day in DAYS:
        for _again in range(RUNS):
            with clock.frozen(datetime(day.year, day.month, day.day, 8, tzinfo=clock.ZONE)):
                remind_of_reports()


class Site:
    """A database file, and processes that work on it."""

    def __init__(self, folder: Path, empty: Path) -> None:
        self.database = folder / "site.sqlite3"
        shutil.copy(empty, self.database)
        self.environment = {
            **os.environ, "DEMO": "1", "DATABASE_URL": f"sqlite:///{self.database}", "CELERY_BROKER_URL": "memory://",
            "EMAIL_FILE_PATH": str(folder / "mail"), "DJANGO_SETTINGS_MODULE": "config.settings",
        }  # fmt: skip

    def start(self, what: str) -> subprocess.Popen[bytes]:
        code = f"import django; django.setup(); from tests.studios import test_ladder_kill as t; t.{what}()"
        return subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=self.environment)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        connection = sqlite3.connect(self.database, timeout=20)
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()

    def told(self, level: int) -> int:
        found = f"SELECT count(*) FROM studios_progressreport WHERE reminded = {level}"
        return int(self.rows(found)[0][0])

    def kill_within(self, level: int) -> None:
        """Start to climb; SIGKILL as soon as some reports have reached the level, before all have."""
        process, deadline = self.start("climb"), time.monotonic() + 90
        while self.told(level) < 4:
            assert process.poll() is None and time.monotonic() < deadline
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        process.wait(20)
        assert 0 < self.told(level) < REPORTS, "the kill came too late to prove anything"


def test_the_job_killed_twice_and_run_ten_times_a_day_tells_every_level_once(
    tmp_path: Path, empty_site: Path
) -> None:
    site = Site(tmp_path, empty_site)
    assert site.start("prepare").wait(90) == 0
    site.kill_within(10)
    site.kill_within(20)
    assert site.start("climb").wait(120) == 0

    letters = Counter(site.rows("SELECT about, key FROM workflow_message WHERE kind = 'report.reminded'"))
    assert set(letters.values()) == {1}
    accounts = {name: str(pk) for pk, name in site.rows("SELECT id, username FROM accounts_user")}
    levels: dict[tuple[str, str], list[int]] = {}
    for about, key in letters:
        _kind, _pk, level, reader = str(key).split(":")
        levels.setdefault((about, reader), []).append(int(level))
    told = {
        name: [sorted(found) for (_about, reader), found in levels.items() if reader == accounts[name]]
        for name in ("lead", "officer", "manager")
    }
    assert told["lead"] == [[-5, -2, 0, 1, 10, 20]] * REPORTS
    assert told["officer"] == [[10, 20]] * REPORTS
    assert told["manager"] == [[20]] * REPORTS
    asked = site.rows("SELECT report_id, count(*) FROM studios_rectification GROUP BY report_id")
    assert len(asked) == REPORTS and {count for _report, count in asked} == {1}
    entries = Counter(
        site.rows("SELECT kind, subject FROM workflow_entry WHERE kind = 'rectification.order'")
    )
    assert len(entries) == REPORTS and set(entries.values()) == {1}

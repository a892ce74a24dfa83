"""SIGKILL in the middle of the end of a notice period, start again: every due step once, every message sent."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.own_process, pytest.mark.long]

ROOT = Path(__file__).resolve().parents[2]
NOMINEES = 150  # three times as many as are cleared in one transaction
CLEARED = "SELECT count(*) FROM workflow_entry WHERE kind = 'nomination.clear'"


def prepare() -> None:
    """In a process of its own, on the site's database: a notice with NOMINEES on it that ends in an hour."""
    from django.db import transaction

    with transaction.atomic():
        _notice_about_to_end()


def _notice_about_to_end() -> None:
    from selection.models import NoticeEntry, PublicNotice
    from tests import factories
    from workflow import clock

    orgs = factories.tree()
    manager = factories.user("manager", organisation=orgs["province"])
    factories.user("supervisor", organisation=orgs["province"])
    factories.user("unit_clerk", organisation=orgs["unit"])
    round_ = factories.round_("notice")
    ends_at = clock.now() + timedelta(hours=1)
    notice = PublicNotice.objects.create(
        round=round_, number="2026-1", title="公示", body="公示", contact="0571", days=5, state="posted",
        composed_by=manager, posted_at=clock.now(), ends_at=ends_at,
    )  # fmt: skip
    for number in range(1, NOMINEES + 1):
        nominee = factories.nominee(f"人选{number}")
        nomination = factories.nomination("on_notice", round=round_, orgs=orgs, nominee=nominee)
        NoticeEntry.objects.create(
            notice=notice, nomination=nomination, ordinal=number, name=nominee.name, affiliation="单位",
            nominator="杭州市民政局", ends_at=ends_at,
        )  # fmt: skip


class Site:
    """The demo's process over a database of its own."""

    def __init__(self, folder: Path) -> None:
        self.database = folder / "site.sqlite3"
        self.mail = folder / "mail"
        self.environment = {
            **os.environ, "DEMO": "1", "DATABASE_URL": f"sqlite:///{self.database}", "CELERY_BROKER_URL": "memory://",
            "EMAIL_FILE_PATH": str(self.mail), "DJANGO_SETTINGS_MODULE": "config.settings", "PORT": "0",
            "RESET": "", "STAGE": "", "PYTHONUNBUFFERED": "1",
        }  # fmt: skip
        self.output = folder / "output.txt"
        self.process: subprocess.Popen[bytes] | None = None

    def run(self, *arguments: str) -> str:
        """A command that ends by itself."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self) -> None:
        """Start it and wait until it says that it is ready."""
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "demo"],
                cwd=ROOT, env=self.environment, stdout=output, stderr=subprocess.STDOUT,
            )  # fmt: skip
        self.wait(lambda: "Ready: http" in self.output.read_text(), 40)

    def wait(self, holds: Callable[[], bool], seconds: float, pause: float = 0.1) -> None:
        """Wait until it holds; a process that ends meanwhile or a time that runs out fails the test."""
        deadline = time.monotonic() + seconds
        while not holds():
            assert self.process is None or self.process.poll() is None, self.output.read_text()
            assert time.monotonic() < deadline, self.output.read_text()
            time.sleep(pause)

    def end(self, number: int) -> int:
        """Send the signal and wait for the end."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(20)
        self.process = None
        return code

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        connection = sqlite3.connect(self.database, timeout=20)
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()

    def number(self, query: str) -> int:
        return int(self.rows(query)[0][0])


@pytest.fixture
def site(tmp_path: Path, empty_site: Path) -> Iterator[Site]:
    running = Site(tmp_path)
    shutil.copy(empty_site, running.database)
    yield running
    if running.process is not None:
        running.end(signal.SIGKILL)


def test_a_process_killed_while_a_notice_ends_takes_every_due_step_once(site: Site) -> None:
    site.run("-c", "import django; django.setup(); from tests.config import test_kill; test_kill.prepare()")
    site.start()
    assert site.number(CLEARED) == 0
    site.run("manage.py", "demo_clock", "+2h")
    site.wait(lambda: site.number(CLEARED) >= 5, 20, pause=0.002)
    site.end(signal.SIGKILL)
    assert 0 < site.number(CLEARED) < NOMINEES, "the kill came too late to prove anything"

    site.start()
    site.wait(lambda: site.number(CLEARED) >= NOMINEES, 20)
    site.run("manage.py", "demo_clock", "+2m")  # what the killed process had claimed is free again
    site.wait(lambda: site.number("SELECT count(*) FROM workflow_message WHERE status <> 'sent'") == 0, 20)
    time.sleep(2.5)  # one more sweep, which must find nothing
    assert site.end(signal.SIGTERM) == 0

    steps = Counter(site.rows("SELECT kind, subject FROM workflow_entry"))
    assert repeated(steps) == []
    taken = Counter(kind for kind, _subject in steps)
    assert (taken["nomination.clear"], taken["publicnotice.end"], taken["round.end_notice"]) == (
        NOMINEES,
        1,
        1,
    )
    assert taken["refused"] == 0
    assert site.rows("SELECT state, count(*) FROM selection_nomination GROUP BY state") == [
        ("cleared", NOMINEES)
    ]
    assert site.number("SELECT count(*) FROM workflow_message") > 0
    assert delivered(site) >= {
        key for (key,) in site.rows("SELECT key FROM workflow_message WHERE address <> ''")
    }
    site.run("manage.py", "verify_ledger")


def repeated(steps: Counter[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Steps that stand more than once on the ledger; the demo's clock was moved twice."""
    return [step for step, times in steps.items() if times > 1 and not step[0].startswith("demo_clock")]


def delivered(site: Site) -> set[str]:
    """The keys of the messages that left as mail."""
    lines = "\n".join(file.read_text() for file in site.mail.glob("*")).splitlines()
    return {line.removeprefix("Message-Key: ") for line in lines if line.startswith("Message-Key: ")}

"""Fifty experts save and submit at the same time on the production server over PostgreSQL."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from django.db import connection
from django.test import Client

from selection.models import ScoreSheet
from selection.queries.scoring import broken_seals
from tests import factories
from workflow import ledger

ROOT = Path(__file__).resolve().parents[2]
EXPERTS, NOMINEES = 50, 10
CODES = "ABCDEF"
TOKEN = "a" * 32
START, BOUND = 20.0, 20.0  # seconds

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def database_url() -> str:
    """The test's own database, for the server's process."""
    found = connection.settings_dict
    place = quote(str(found["HOST"]), safe="")
    return f"postgres://{found['USER']}:{found['PASSWORD']}@{place}:{found['PORT'] or 5432}/{found['NAME']}"


@contextlib.contextmanager
def served() -> Iterator[int]:
    """The site behind granian, as it is deployed; its port."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers",
        "1", "--blocking-threads", "4", "config.wsgi:application",
    ]  # fmt: skip
    environment = {**os.environ, "DATABASE_URL": database_url(), "DEMO": "", "PRODUCTION": ""}
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + START
        while answer(port, "GET", "/healthz") != 200:
            assert process.poll() is None and time.monotonic() < deadline, "granian did not start"
            time.sleep(0.1)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)
        process.kill()
        process.wait(5)


def answer(port: int, method: str, path: str, session: str = "", **data: str) -> int:
    """The status of one request; 0 where nobody answers."""
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=BOUND)
    headers = {"Cookie": f"sessionid={session}; csrftoken={TOKEN}", "X-CSRFToken": TOKEN, "Host": "localhost",
               "Content-Type": "application/x-www-form-urlencoded"}  # fmt: skip
    try:
        asked.request(method, path, urlencode(data), headers)
        response = asked.getresponse()
        response.read()
        return response.status
    except OSError:
        return 0
    finally:
        asked.close()


def marks(number: int) -> dict[str, str]:
    return {f"mark_{code}": str(60 + (number + place) % 40) for place, code in enumerate(CODES)}


class Person:
    """One expert: two pages of one sheet save at once, then the sheet is saved again and submitted."""

    def __init__(self, number: int, duty: int, session: str) -> None:
        self.number, self.duty, self.session = number, duty, session
        self.first: list[int] = []
        self.later: list[int] = []

    def save(self, port: int, revision: int, number: int) -> int:
        path = f"/panel/{self.duty}/save"
        return answer(port, "POST", path, self.session, revision=str(revision), **marks(number))

    def two_pages(self, port: int) -> None:
        pages = [
            threading.Thread(target=lambda n=n: self.first.append(self.save(port, 0, self.number + n)))  # type: ignore[misc]
            for n in (1, 2)
        ]
        for page in pages:
            page.start()
        for page in pages:
            page.join(BOUND)

    def work(self, port: int, start: threading.Barrier) -> None:
        start.wait(BOUND)
        self.two_pages(port)
        self.later.append(self.save(port, 1, self.number))
        path = f"/panel/{self.duty}/"
        self.later.append(answer(port, "POST", path, self.session, act="confirm", **marks(self.number)))


@pytest.fixture
def people() -> list[Person]:
    round_ = factories.round_("review")
    rows = [factories.nomination("in_review", round=round_) for _n in range(NOMINEES)]
    found = []
    for number in range(EXPERTS):
        duty = factories.assignment(rows[number % NOMINEES], factories.expert(), "accepted")
        ScoreSheet.objects.create(assignment=duty)
        client = Client()
        client.force_login(duty.expert.user)
        found.append(Person(number, duty.pk, client.cookies["sessionid"].value))
    return found


def test_fifty_experts_save_and_submit_at_once_and_nothing_is_lost(people: list[Person]) -> None:
    with served() as port:
        began, start = time.monotonic(), threading.Barrier(EXPERTS)
        threads = [threading.Thread(target=person.work, args=(port, start)) for person in people]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(BOUND)
        assert time.monotonic() - began < BOUND
    assert [sorted(person.first) for person in people] == [[200, 409]] * EXPERTS  # of two pages one is told
    assert [person.later for person in people] == [[200, 302]] * EXPERTS
    sheets = {sheet.assignment_id: sheet for sheet in ScoreSheet.objects.select_related("assignment__round")}
    for person in people:
        sheet = sheets[person.duty]
        typed = {f"mark_{code}": mark.removesuffix(".0") for code, mark in sheet.content["marks"].items()}
        assert (sheet.state, sheet.revision, typed) == ("submitted", 2, marks(person.number))
    round_ = sheets[people[0].duty].assignment.round
    assert broken_seals(round_, list(sheets.values())) == []
    assert max(Counter(sheet.receipt_seq for sheet in sheets.values()).values()) == 1
    assert ledger.verify() == []

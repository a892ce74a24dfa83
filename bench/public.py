"""The public notice, a batch and the roll, with ten thousand recognised people, over real HTTP: granian with two workers.

The client (wrk, else bench/load.py) runs on the same cores. Beside each rate stands how many times that is of what
pretalx answers on its public list of the same size (5.2 a second).
"""

from __future__ import annotations

import http.client
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from bench.figure import Figure
from config import scale
from selection.models import Nomination, NoticeEntry, PublicNotice, Recognition, Round
from workflow import clock, freshness

PRETALX = 5.2  # requests a second, public list page, 10,000 rows
PEOPLE, BATCHES, ON_NOTICE = 10_000, 20, 40
SECONDS, CONNECTIONS, WORKERS, START = 4, 8, 2, 30
ROOT = Path(__file__).resolve().parent.parent


def roll() -> None:
    """Ten thousand people in twenty batches."""
    for number in range(BATCHES):
        batch = Round.objects.create(
            code=f"bench-batch-{number}", title=f"第{number + 1}批社会工作领军人才", organiser="浙江省民政厅",
            document_prefix="浙民慈", historical=True, state="published",
            published_on=date(2000 + number, 12, 1),
        )  # fmt: skip
        Recognition.objects.bulk_create(
            Recognition(
                round=batch, ordinal=n, name=f"人选{number:02d}{n:03d}", name_key=f"人选{number:02d}{n:03d}",
                affiliations=[f"第{n}社会工作服务中心主任", "某高校社会工作系副教授"],
                certificate_number=f"领军〔{2000 + number}〕{n:03d}", recognised_on=batch.published_on,
                expires_on=date(2099, 12, 1),
            )
            for n in range(1, PEOPLE // BATCHES + 1)
        )  # fmt: skip


def notice() -> PublicNotice:
    """A posted notice of forty lines."""
    if Nomination.objects.count() < ON_NOTICE:
        scale.fill(rounds=1, nominations=ON_NOTICE, experts=1, studios=0)
    round_ = Round.objects.filter(historical=False, nominations__isnull=False).latest("pk")
    author, now = User.objects.earliest("pk"), clock.now()
    made = PublicNotice.objects.create(
        round=round_, number=f"{now.year}-900", title="拟认定名单公示", body="经会议研究，现予公示。", days=5,
        contact="慈善社工处", state="posted", composed_by=author, posted_at=now, ends_at=now + timedelta(days=7),
    )  # fmt: skip
    NoticeEntry.objects.bulk_create(
        NoticeEntry(
            notice=made, nomination=row, ordinal=n, name=f"人选{n:02d}", affiliation=f"第{n}社会工作服务中心主任",
            nominator="杭州市民政局", began_at=now, ends_at=made.ends_at,
        )
        for n, row in enumerate(round_.nominations.order_by("pk")[:ON_NOTICE], start=1)
    )  # fmt: skip
    return made


def asked(address: str) -> int:
    """How many statements one answer takes."""
    with CaptureQueriesContext(connection) as captured:
        answer = Client().get(address, SERVER_NAME="localhost")
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}")
    return len(captured)


@contextmanager
def served() -> Iterator[str]:
    """The site on a free port, as production serves it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    given = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings", "LOG_LEVEL": "ERROR"}
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers",
        str(WORKERS), "--blocking-threads", "1", "--no-ws", "--log-level", "error", "config.wsgi:application",
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT, env=given)
    try:
        _wait(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait(port: int) -> None:
    for _attempt in range(START * 10):
        answering = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        try:
            answering.request("GET", "/healthz")
            if answering.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            answering.close()
    raise RuntimeError("the server did not start")


def rate(address: str) -> float:
    """Requests a second with the finished page kept."""
    if shutil.which("wrk") is None:
        command = [sys.executable, "-m", "bench.load", address, str(SECONDS), str(CONNECTIONS)]
        return float(subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout)
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", address]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = re.search(r"Requests/sec:\s+([0-9.]+)", said)
    if found is None or "Non-2xx" in said:
        raise RuntimeError(said)
    return float(found[1])


def figures() -> Iterator[Figure]:
    """Statements cold and warm, and requests a second."""
    roll()
    pages = {
        "public_notice": f"/notices/{notice().number}/",
        "public_result": f"/results/bench-batch-{BATCHES - 1}/",
        "public_roll": "/roll",
    }
    with tempfile.TemporaryDirectory() as shared:
        os.environ["PROGRESS_ROOT"] = shared
        asked("/")  # the first request of a process loads what is loaded once
        for name, path in pages.items():
            freshness.forget()
            caches["pages"].clear()
            yield Figure(f"{name}_cold_statements", asked(path), "statements")
            yield Figure(f"{name}_warm_statements", asked(path), "statements")
        with served() as site:
            for name, path in pages.items():
                rate(site + path)
                found = rate(site + path)
                yield Figure(f"{name}_rate", round(found, 1), "requests/s")
                yield Figure(f"{name}_times_pretalx", round(found / PRETALX, 1), "times")

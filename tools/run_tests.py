"""Run the whole suite three ways and say plainly what ran: `make test`.

1. SQLite with the in-process broker: everything that needs neither a server nor a browser.
2. A real PostgreSQL with a real Redis: everything but the browser.
3. The browser journeys in a real Chromium, on SQLite.

The servers come from the wheels of the development requirements, else from the machine, or from
TEST_DATABASE_URL and TEST_REDIS_URL. Each is started for this run alone and stopped by its process id.
What the machine cannot run is named at the end; with CI set, that is a failure, and so is a skipped test.

    python tools/run_tests.py [--only sqlite|servers|browser] [arguments for pytest …]
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import servers

ROOT = Path(__file__).resolve().parent.parent
REPORTS = ROOT / "var" / "tests"
PART_SECONDS = int(os.environ.get("TEST_PART_SECONDS", "1500"))
NOTHING_COLLECTED = 5
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# What a developer's shell may hold and a test must not see.
AMBIENT = {
    *("DATABASE_URL", "CELERY_BROKER_URL", "DEMO", "DEBUG", "PRODUCTION", "DJANGO_SETTINGS_MODULE"),
    *("SECRET_KEY", "HASH_KEY", "FIELD_KEYS", "ALLOWED_HOSTS", "EMAIL_HOST"),
}


@dataclass(frozen=True)
class Part:
    """One run of pytest: which tests, with which environment."""

    name: str
    markers: str
    environment: dict[str, str] = field(default_factory=dict)
    workers: int = 1
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What one part came to. `skipped` names each skipped test with its reason."""

    part: Part
    seconds: float
    passed: int = 0
    failed: int = 0
    skipped: tuple[str, ...] = ()
    broke: str = ""


def chromium() -> str | None:
    """The browser's path: CHROMIUM, else what the machine has."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named if os.access(named, os.X_OK) else None
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def parts(stack: contextlib.ExitStack, only: str | None) -> Iterator[Part]:
    """The three parts, each with its servers started when its turn comes."""
    workers = int(os.environ.get("TEST_WORKERS", min(2, os.cpu_count() or 1)))
    if only in (None, "sqlite"):
        yield Part("SQLite", "not postgres and not redis and not browser", workers=workers)
    if only in (None, "servers"):
        yield servers_part(stack, workers)
    if only in (None, "browser"):
        yield browser_part(workers)


def servers_part(stack: contextlib.ExitStack, workers: int) -> Part:
    """Start PostgreSQL and Redis for as long as `stack` lives."""
    database = os.environ.get("TEST_DATABASE_URL") or stack.enter_context(servers.postgres())
    broker = os.environ.get("TEST_REDIS_URL") or stack.enter_context(servers.redis())
    missing = [name for name, url in (("PostgreSQL", database), ("Redis", broker)) if url is None]
    environment = {"DATABASE_URL": database or "", "CELERY_BROKER_URL": broker or ""}
    markers = "not browser and not own_process and not once"  # what would say here what it said before
    return Part("PostgreSQL + Redis", markers, environment, workers, tuple(missing))


def browser_part(workers: int) -> Part:
    """Each worker has a browser, a server and a database file of its own.

    Playwright runs a loop of its own in the thread of the test, hence DJANGO_ALLOW_ASYNC_UNSAFE.
    """
    path = chromium()
    environment = {"CHROMIUM": path or "", "DJANGO_ALLOW_ASYNC_UNSAFE": "true"}
    missing = () if path else ("Chromium",)
    return Part("browser on SQLite", "browser", environment, workers, missing)


def command(part: Part, report: Path, extra: list[str]) -> list[str]:
    """The pytest call. Tests that share the one Redis stay on one worker."""
    called = [
        sys.executable,
        "-m",
        "pytest",
        "-m",
        part.markers,
        f"--junitxml={report}",
        "--durations=5",
        "-q",
    ]
    if part.workers > 1:
        called += ["-n", str(part.workers), "--dist", "loadgroup"]
    return called + extra


def environment(part: Part) -> dict[str, str]:
    """The shell's environment without what would leak into the tests, with what the part needs."""
    kept = {name: value for name, value in os.environ.items() if name not in AMBIENT}
    return kept | part.environment


def run(part: Part, extra: list[str]) -> Outcome:
    """Run one part, bounded in time, and read what it came to from its report."""
    print(f"\n=== {part.name} ===", flush=True)
    if part.missing:
        return Outcome(part, 0.0)
    report = REPORTS / f"{part.name.split()[0].lower()}.xml"
    report.unlink(missing_ok=True)
    started = time.monotonic()
    with subprocess.Popen(command(part, report, extra), cwd=ROOT, env=environment(part)) as process:
        broke = wait(process, narrowed=bool(extra))
    return read(part, report, time.monotonic() - started, broke)


def wait(process: subprocess.Popen[bytes], *, narrowed: bool) -> str:
    """Why the run counts as broken, empty if it does not. Whatever happens, the process ends."""
    try:
        code = process.wait(PART_SECONDS)
    except subprocess.TimeoutExpired:
        return f"stopped after {PART_SECONDS} s"
    finally:
        servers.stop(process, signal.SIGINT)  # pytest then ends its workers too
    if code == NOTHING_COLLECTED:
        return "" if narrowed else "no test was found"
    return "" if code in (0, 1) else f"pytest ended with {code}"


def read(part: Part, report: Path, seconds: float, broke: str) -> Outcome:
    """Counts from the report that pytest wrote."""
    if not report.exists():
        return Outcome(part, seconds, broke=broke or "no report was written")
    cases = list(ET.parse(report).iter("testcase"))
    failed = sum(1 for case in cases if case.find("failure") is not None or case.find("error") is not None)
    skipped = [(case, note) for case in cases if (note := case.find("skipped")) is not None]
    named = tuple(
        f"{case.get('classname')}::{case.get('name')}: {note.get('message')}" for case, note in skipped
    )
    return Outcome(part, seconds, len(cases) - failed - len(named), failed, named, broke)


def verdict(outcomes: list[Outcome]) -> int:
    """Print the parts, what did not run, and one closing line of counts; 0 only if all is well."""
    print("\n=== parts ===")
    for outcome in outcomes:
        print(summary(outcome))
    absent = [f"{name} ({outcome.part.name})" for outcome in outcomes for name in outcome.part.missing]
    skipped = [test for outcome in outcomes for test in outcome.skipped]
    for line in [f"NOT RUN, missing on this machine: {name}" for name in absent]:
        print(line)
    for line in [f"SKIPPED: {test}" for test in skipped]:
        print(line)
    failed = sum(outcome.failed or bool(outcome.broke) for outcome in outcomes)
    failed += len(absent) + len(skipped) if os.environ.get("CI") else 0
    print(f"\n{sum(outcome.passed for outcome in outcomes)} passed, {failed} failed, {len(skipped)} skipped")
    return 1 if failed else 0


def summary(outcome: Outcome) -> str:
    """One line of a part."""
    counts = f"{outcome.passed} passed, {outcome.failed} failed, {len(outcome.skipped)} skipped"
    words = [f"{outcome.part.name}: {counts} in {outcome.seconds:.1f} s"]
    if outcome.part.missing:
        words = [f"{outcome.part.name}: not run"]
    return "; ".join(words + ([outcome.broke] if outcome.broke else []))


def interrupted(number: int, frame: object) -> None:
    """Turn a request to end into an ordinary exit, so that the servers are stopped."""
    raise SystemExit(128 + number)


def main(arguments: list[str]) -> int:
    """Run the parts in turn."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", choices=("sqlite", "servers", "browser"))
    options, extra = parser.parse_known_args(arguments)
    REPORTS.mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGTERM, interrupted)
    with contextlib.ExitStack() as stack:
        outcomes = [run(part, extra) for part in parts(stack, options.only)]
    return verdict(outcomes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

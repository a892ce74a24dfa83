"""Two thousand people on ten thousand rows brought in, ten thousand dossiers taken out: time and the process's whole memory.

Each is done by a process of its own, which is what its memory is measured of.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.figure import Figure

PEOPLE = 2_000
EXPORTED = 10_000
ROOT = Path(__file__).resolve().parent.parent


def figures() -> Iterator[Figure]:
    """Import by command, export by job in both forms."""
    from accounts.models import RoleGrant, User
    from accounts.roles import Role
    from bench import people_file
    from config import scale
    from selection.models import Nomination, Round

    if Nomination.objects.count() < EXPORTED:
        scale.fill(rounds=1, nominations=EXPORTED, experts=1, studios=0)
    round_ = Round.objects.filter(state="open").latest("pk")
    unit = round_.nominations.select_related("unit")[0].unit
    clerk, _made = User.objects.get_or_create(username="bench-clerk", defaults={"organisation": unit})
    manager, _made = User.objects.get_or_create(username="bench-manager")
    for person, role in ((clerk, Role.UNIT_CLERK), (manager, Role.MANAGER)):
        RoleGrant.objects.get_or_create(user=person, role=role, defaults={"since": date(2020, 1, 1)})
    with TemporaryDirectory() as folder:
        path = Path(folder) / "people.xlsx"
        rows = people_file.people(PEOPLE, first=1_000_000)
        with path.open("wb") as target:
            people_file.write(target, rows, people_file.parts(rows))
        command = [
            "manage.py",
            "import_nominations",
            str(path),
            "--round",
            round_.code,
            "--as",
            clerk.username,
        ]
        yield from _measured(f"import_{PEOPLE}", command)
    for form in ("xlsx", "csv"):
        yield from _measured(f"export_{EXPORTED}_{form}", ["-m", "bench.imports", manager.username, form])


def _measured(name: str, command: list[str]) -> Iterator[Figure]:
    started = time.perf_counter()
    process = subprocess.Popen([sys.executable, *command], cwd=ROOT, stdout=subprocess.DEVNULL)
    _pid, status, used = os.wait4(process.pid, 0)
    spent = time.perf_counter() - started
    if status:
        raise RuntimeError(f"{command} ended with {status}")
    yield Figure(f"{name}_seconds", round(spent, 2), "s")
    yield Figure(f"{name}_peak_memory", round(_megabytes(used)), "MB")


def _megabytes(used: resource.struct_rusage) -> float:
    return used.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)


def export(username: str, form: str) -> None:
    """What the measured process does."""
    from accounts.models import User
    from selection.actions.extract import begin_export
    from workflow import jobs

    job = jobs.run_now(begin_export(by=User.objects.get(username=username), query="", form=form))
    if job.status != "done" or job.result["rows"] < EXPORTED:
        raise SystemExit(f"{job.status}: {job.error or job.result}")


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    export(*sys.argv[1:])

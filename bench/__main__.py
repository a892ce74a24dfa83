"""`make bench`: run the benchmarks on a fresh SQLite database under var/, or on DATABASE_URL if it is set.

Prints one line per figure, `name: value unit`, and writes them all to var/bench.json; `python -m bench lists draw`
runs those alone and writes no file. Name only a database that may be filled with rounds of no meaning.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from bench.figure import Figure

ROOT = Path(__file__).resolve().parent.parent
SCRATCH = ROOT / "var" / "bench.sqlite3"
BENCHES = (
    "writes",
    "pages",
    "lists",
    "imports",
    "draw",
    "conflicts",
    "scoring",
    "results",
    "public",
    "clearing",
    "monitoring",
)


def prepare() -> None:
    """A migrated database, new unless one was named."""
    SCRATCH.parent.mkdir(exist_ok=True)
    if "DATABASE_URL" not in os.environ:
        for leftover in SCRATCH.parent.glob(f"{SCRATCH.name}*"):
            leftover.unlink()
        os.environ["DATABASE_URL"] = f"sqlite:///{SCRATCH}"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def measured(names: Sequence[str]) -> Iterator[Figure]:
    """Every figure of these benchmarks, printed as it comes."""
    for name in names:
        for figure in importlib.import_module(f"bench.{name}").figures():
            print(f"{figure.name}: {figure.value} {figure.unit}", flush=True)
            yield figure


def main() -> None:
    """Measure; all of them are written to the file."""
    asked = sys.argv[1:]
    prepare()
    rows = {row.name: {"value": row.value, "unit": row.unit} for row in measured(asked or BENCHES)}
    if not asked:
        (ROOT / "var" / "bench.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

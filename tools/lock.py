"""Resolve pyproject.toml into requirements.txt (run time) and requirements-dev.txt (everything).

The lists hold names, versions and hashes and nothing of the machine that made them: no index, no address,
no path.
Versions already listed stay while the ranges admit them; --upgrade takes the newest.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LISTS: dict[str, list[str]] = {
    "requirements.txt": [],
    "requirements-dev.txt": ["--group", "dev", "--group", "browser"],
}
HEADER = "# Written by `make lock` from pyproject.toml, for `pip install --require-hashes -r`.\n"


def resolve(target: str, groups: list[str], *options: str) -> None:
    """Write one list; what it held before is kept where it still fits."""
    uv = Path(sys.executable).with_name("uv")
    command = [
        str(uv),
        "pip",
        "compile",
        "pyproject.toml",
        *groups,
        "--quiet",
        "--universal",
        "--generate-hashes",
    ]
    command += [
        "--no-emit-index-url",
        "--no-header",
        "--python-version",
        "3.11",
        "--output-file",
        target,
        *options,
    ]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    path = ROOT / target
    path.write_text(HEADER + path.read_text(encoding="utf-8"), encoding="utf-8")


def main(arguments: list[str]) -> None:
    """Write both lists."""
    for target, groups in LISTS.items():
        resolve(target, groups, *arguments)


if __name__ == "__main__":
    main(sys.argv[1:])

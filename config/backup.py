"""Backup and restore: the database and the uploaded files in one folder, each file named with its digest."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from hashlib import file_digest
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, connections

from workflow import clock

MANIFEST, MEDIA = "manifest.json", "media"
FORMAT = 1
NAMES = {"sqlite": "database.sqlite3", "postgresql": "database.sql"}


class BackupFault(Exception):
    """Why the backup cannot be made or used."""


def make(folder: Path) -> dict[str, Any]:
    """Write a backup into a folder that is new or empty; returns its manifest."""
    if folder.exists() and any(folder.iterdir()):
        raise BackupFault(f"{folder} is not empty")
    folder.mkdir(parents=True, exist_ok=True)
    os.chmod(folder, 0o700)  # it holds everything that the site protects
    _dump(folder / NAMES[connection.vendor])
    if settings.MEDIA_ROOT.is_dir():
        shutil.copytree(settings.MEDIA_ROOT, folder / MEDIA)
    manifest = {
        "format": FORMAT,
        "made_at": clock.now().isoformat(),
        "database": connection.vendor,
        "files": {name: _digest(folder / name) for name in _names(folder)},
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    return manifest


def restore(folder: Path) -> dict[str, Any]:
    """Put a backup in the place of the present data, once every file has been found as it was written.

    What was there before stays beside it, as `NAME.before-restore` (files, and the database where it is one file).
    """
    manifest = verified(folder)
    if manifest["database"] != connection.vendor:
        raise BackupFault(f"a backup of {manifest['database']} does not go into {connection.vendor}")
    _load(folder / NAMES[connection.vendor])
    _set_aside(settings.MEDIA_ROOT)
    if (folder / MEDIA).is_dir():
        shutil.copytree(folder / MEDIA, settings.MEDIA_ROOT)
    return manifest


def verified(folder: Path) -> dict[str, Any]:
    """The manifest of a backup whose files all are as it says."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        named = dict(manifest["files"])
        known = manifest["format"] == FORMAT and NAMES[manifest["database"]] in named
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise BackupFault(f"{folder} holds no readable {MANIFEST}: {fault}") from fault
    if not known:
        raise BackupFault(f"{folder / MANIFEST} is not of format {FORMAT}")
    for name in sorted(named.keys() ^ set(_names(folder))):
        raise BackupFault(f"{name} is {'missing' if name in named else 'not named in the manifest'}")
    for name, digest in named.items():
        if _digest(folder / name) != digest:
            raise BackupFault(f"{name} is not as it was written")
    return manifest  # type: ignore[no-any-return]


def _names(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            raise BackupFault(f"{path} is a link")
        if path.is_file() and path.name != MANIFEST:
            yield path.relative_to(folder).as_posix()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _dump(target: Path) -> None:
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with closing(sqlite3.connect(target)) as copy:
            connection.connection.backup(copy)  # consistent while others write
    else:
        _program("pg_dump", "--clean", "--if-exists", "--no-owner", f"--file={target}")


def _load(source: Path) -> None:
    if connection.vendor == "sqlite":
        _load_file(source)
    else:
        _program("psql", "--single-transaction", "--set=ON_ERROR_STOP=1", "--quiet", f"--file={source}")
    connections.close_all()


def _load_file(source: Path) -> None:
    name = Path(connection.settings_dict["NAME"])
    connection.ensure_connection()
    with closing(sqlite3.connect(name.with_name(f"{name.name}.before-restore"))) as kept:
        connection.connection.backup(kept)
    with closing(sqlite3.connect(source)) as copy:
        copy.backup(connection.connection)


def _program(name: str, *arguments: str) -> None:
    """Run a program of PostgreSQL's client on our database."""
    if shutil.which(name) is None:
        raise BackupFault(f"{name} is not installed: install the PostgreSQL client, or run it where it is")
    command, environment = connection.client.settings_to_cmd_args_env(connection.settings_dict, [])
    connections.close_all()
    done = subprocess.run(
        [name, *arguments, *command[1:]],
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BackupFault(f"{name}: {done.stderr.strip()}")


def _set_aside(folder: Path) -> None:
    if folder.exists():
        aside = folder.with_name(f"{folder.name}.before-restore")
        shutil.rmtree(aside, ignore_errors=True)
        folder.rename(aside)

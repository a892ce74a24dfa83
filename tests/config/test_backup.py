"""A backup is whole or refused; a restore brings back what was there, on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import transaction

from config import backup
from tests import factories
from tools import servers
from workflow import ledger
from workflow.actor import SYSTEM
from workflow.models import Entry

ROOT = Path(__file__).resolve().parents[2]


class Installation:
    """A migrated SQLite database and a media folder of their own, used by commands."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = folder / "site.sqlite3"
        self.media = folder / "media"
        self.environment = {
            **os.environ, "DATABASE_URL": f"sqlite:///{self.database}", "MEDIA_ROOT": str(self.media), "DEMO": "1",
        }  # fmt: skip

    def manage(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *map(str, arguments)],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    def entries(self) -> int:
        connection = sqlite3.connect(self.database)
        try:
            return int(connection.execute("SELECT count(*) FROM workflow_entry").fetchone()[0])
        finally:
            connection.close()


@pytest.fixture
def site(tmp_path: Path, empty_site: Path) -> Installation:
    made = Installation(tmp_path)
    shutil.copy(empty_site, made.database)
    made.media.mkdir()
    (made.media / "证明.txt").write_text("单位公示证明", encoding="utf-8")
    assert made.manage("demo_clock", "+1m").returncode == 0
    return made


def test_what_was_there_comes_back(site: Installation) -> None:
    kept = site.folder / "backup"
    done = site.manage("backup", kept)
    assert done.returncode == 0, done.stderr
    manifest = json.loads((kept / "manifest.json").read_text())
    assert set(manifest["files"]) == {"database.sqlite3", "media/证明.txt"}
    assert kept.stat().st_mode & 0o077 == 0

    site.manage("demo_clock", "+1m")
    (site.media / "证明.txt").write_text("换过", encoding="utf-8")
    assert site.entries() == 2
    done = site.manage("restore", kept)
    assert done.returncode == 0, done.stderr
    assert site.entries() == 1
    assert (site.media / "证明.txt").read_text(encoding="utf-8") == "单位公示证明"
    assert (site.folder / "media.before-restore" / "证明.txt").read_text(encoding="utf-8") == "换过"
    assert (site.folder / "site.sqlite3.before-restore").exists()


def test_a_restore_fills_an_empty_installation(site: Installation) -> None:
    kept = site.folder / "backup"
    site.manage("backup", kept)
    empty = Installation(site.folder / "new")
    empty.folder.mkdir()
    done = empty.manage("restore", kept)
    assert done.returncode == 0, done.stderr
    assert empty.entries() == 1
    assert (empty.media / "证明.txt").exists()


def test_a_changed_missing_or_additional_file_is_refused_and_nothing_is_restored(site: Installation) -> None:
    kept = site.folder / "backup"
    site.manage("backup", kept)
    file = kept / "media" / "证明.txt"
    for spoil in (lambda: file.write_text("x"), file.unlink, lambda: (kept / "more").write_text("x")):
        spoil()
        done = site.manage("restore", kept)
        assert done.returncode == 1
        assert "证明.txt" in done.stderr or "more" in done.stderr
    assert site.entries() == 1
    assert not (site.folder / "site.sqlite3.before-restore").exists()


def test_a_folder_that_is_not_empty_is_not_written_into(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(backup.BackupFault, match="not empty"):
        backup.make(tmp_path)


@pytest.mark.parametrize("manifest", ["", "[]", "{}", '{"format": 2, "database": "sqlite", "files": {}}'])
def test_a_folder_without_a_readable_manifest_is_no_backup(tmp_path: Path, manifest: str) -> None:
    (tmp_path / "manifest.json").write_text(manifest)
    with pytest.raises(backup.BackupFault, match=r"manifest\.json"):
        backup.verified(tmp_path)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_postgresql_comes_back_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings) -> None:
    programs = servers.postgres_programs()
    assert programs is not None
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    settings.MEDIA_ROOT = tmp_path / "media"
    factories.user("manager", username="before")
    ledger_length = Entry.objects.count()
    backup.make(tmp_path / "backup")
    with transaction.atomic():
        ledger.append(SYSTEM, chain="office", kind="x", subject="x:1", payload={})
    backup.restore(tmp_path / "backup")
    assert Entry.objects.count() == ledger_length
    assert type(factories.user()).objects.filter(username="before").exists()

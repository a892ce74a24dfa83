"""What every test may rely on. A test that needs a server or a browser says so with a marker."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from pytest_django import DjangoDbBlocker

LOADED_BY_MIGRATIONS = {"workflow_calendaryear"}


def pytest_configure() -> None:
    """Sign-in is not what most tests measure: a slow hash would be most of their time."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.PUBLIC_PAGES_KEPT = False  # a test that is about kept pages says so
    media = tempfile.mkdtemp(prefix="lingxuan-test-")  # uploaded files of tests are nobody's
    atexit.register(shutil.rmtree, media, ignore_errors=True)
    settings.MEDIA_ROOT = Path(media)


def lacking() -> Iterator[tuple[str, str]]:
    """Markers whose need is not met here, each with the reason. `make test` meets them all."""
    if connection.vendor != "postgresql":
        yield "postgres", "needs PostgreSQL: make test"
    if not settings.CELERY_BROKER_URL.startswith("redis"):
        yield "redis", "needs Redis: make test"
    if not os.environ.get("CHROMIUM"):
        yield "browser", "needs CHROMIUM=/path/to/chromium: make test"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None]:
    """Skip with a reason what cannot run; keep the tests that share the one Redis on one worker; begin with the long ones."""
    reasons = dict(lacking())
    for item in items:
        for marker, reason in reasons.items():
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))
        if item.get_closest_marker("redis"):
            item.add_marker(pytest.mark.xdist_group("redis"))
        if "rules" in item.path.parts:  # plain Python: no database is asked
            item.add_marker(pytest.mark.once)
    yield
    items.sort(
        key=lambda item: item.get_closest_marker("long") is None
    )  # the others as pytest-django orders them


@pytest.fixture(scope="session")
def empty_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file with nothing in it, made once: a test with processes of its own begins with a copy."""
    made = tmp_path_factory.mktemp("empty-site") / "site.sqlite3"
    environment = {**os.environ, "DEMO": "1", "DATABASE_URL": f"sqlite:///{made}"}
    migrate = [sys.executable, "manage.py", "migrate", "-v0"]
    subprocess.run(migrate, cwd=Path(__file__).parents[1], env=environment, check=True, timeout=120)
    return made


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """The test database, made so that it can be emptied after a test that commits."""
    with django_db_blocker.unblock():
        let_the_tables_be_emptied()


def let_the_tables_be_emptied() -> None:
    """Django empties all tables after a test that commits. What migrations loaded stays.

    On SQLite that is a DELETE: the ledger's triggers step aside for it and come back in the same transaction.
    It holds for every connection: a test that drives a browser has one of its own.
    """
    operations = type(connection.ops)
    emptying = operations.sql_flush

    def sql_flush(ops: Any, style: Any, tables: list[str], **options: Any) -> list[str]:
        kept = [table for table in tables if table not in LOADED_BY_MIGRATIONS]
        statements = emptying(ops, style, kept, **options)
        guards = triggers() if connection.vendor == "sqlite" else {}
        return [f"DROP TRIGGER {name}" for name in guards] + statements + list(guards.values())

    operations.sql_flush = sql_flush


def triggers() -> dict[str, str]:
    """SQLite's triggers: name to definition."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        return dict(cursor.fetchall())

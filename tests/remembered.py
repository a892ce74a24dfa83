"""What takes many acts to bring about is brought about once a process, and then put back as it was.

`@remembered` goes on a function that brings an empty database to a stage and returns what a test goes on with. Called
again with the same arguments, at the same frozen time, over an empty database, it writes the rows that were there
after the first time, and returns a copy of what was returned then. In any other case it simply does its work.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import cache, wraps
from typing import Any, ParamSpec, TypeVar

from django.conf import UserSettingsHolder, settings
from django.db import connection, transaction
from django.utils.translation import get_language

from workflow import clock

P = ParamSpec("P")
R = TypeVar("R")
Rows = dict[str, tuple[tuple[str, ...], list[tuple[Any, ...]]]]  # table -> columns and rows

# What an empty database has: made with the tables, not by a test.
FILLED_BY_MIGRATIONS = {
    "auth_permission", "django_content_type", "django_migrations", "workflow_calendaryear",
}  # fmt: skip


def remembered(build: Callable[P, R]) -> Callable[P, R]:
    """See above."""
    known: dict[Any, tuple[Rows, R]] = {}

    @wraps(build)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        now = clock._frozen.get()  # a test whose clock runs has other rows each time
        if now is None or _settings_changed() or _filled():
            return build(*args, **kwargs)
        key = repr((args, sorted(kwargs.items()), now, get_language()))
        if key not in known:
            made = build(*args, **kwargs)
            known[key] = (_all_rows(), copy.deepcopy(made))
            return made
        rows, made = known[key]
        _write(rows)
        return copy.deepcopy(made)

    return call


def _settings_changed() -> bool:
    return isinstance(settings._wrapped, UserSettingsHolder)


@cache
def _tables() -> list[str]:
    with connection.cursor() as cursor:
        found = connection.introspection.table_names(cursor)
    return sorted(set(found) - FILLED_BY_MIGRATIONS)


def _filled() -> list[str]:
    """The tables with anything in them."""
    name = connection.ops.quote_name
    asked = (f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {name(table)})" for table in _tables())
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        return [table for (table,) in cursor.fetchall()]


def _all_rows() -> Rows:
    found: Rows = {}
    with connection.cursor() as cursor:
        for table in _filled():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found[table] = (tuple(column[0] for column in cursor.description), cursor.fetchall())
    return found


def _write(rows: Rows) -> None:
    """In one transaction: rows name each other, and are in no order."""
    name = connection.ops.quote_name
    with transaction.atomic(), connection.cursor() as cursor:
        for table, (columns, values) in rows.items():
            places = ", ".join(["%s"] * len(columns))
            into = f"INSERT INTO {name(table)} ({', '.join(map(name, columns))}) VALUES ({places})"
            cursor.executemany(into, values)

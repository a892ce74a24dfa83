"""The rows that an act has locked, and whether anything has happened since that could have changed them.

An action locks a row in order to look at it, and then takes a step on it: the door need not read the row again as long
as the same transaction holds the lock and has done nothing but read. Any statement that writes, that locks, or that
goes back to a savepoint makes the door read again: what was written may concern the row, and what was waited for may
have changed what the guards look at.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection, models

HARMLESS = ("SELECT ", "SAVEPOINT ", "RELEASE SAVEPOINT ")


class Held:
    """What one act holds."""

    def __init__(self) -> None:
        self.events = 0
        self.rows: dict[tuple[type[models.Model], Any], tuple[models.Model, int]] = {}

    def watch(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        """Count what may change a row, or may have waited for somebody who changed something."""
        text = sql if isinstance(sql, str) else ""
        if not text.startswith(HARMLESS) or (" UPDATE" in text and " FOR " in text):
            self.events += 1
            self.rows.clear()
        return execute(sql, params, many, context)


_held: ContextVar[Held | None] = ContextVar("held_rows", default=None)


@contextmanager
def watching() -> Iterator[None]:
    """For the length of one transaction."""
    held = Held()
    token = _held.set(held)
    try:
        with connection.execute_wrapper(held.watch):
            yield
    finally:
        _held.reset(token)


def keep(obj: models.Model, with_: tuple[str, ...]) -> None:
    """Remember a row as it was read under its lock, with these relations; what becomes of `obj` does not matter."""
    held = _held.get()
    if held is not None:
        held.rows[type(obj), obj.pk] = (_copied(obj, with_), held.events)


def taken(obj: models.Model) -> Any:
    """The row as it was locked, if it still must be so; it is given out once."""
    held = _held.get()
    kept = held.rows.pop((type(obj), obj.pk), None) if held is not None else None
    return kept[0] if kept is not None else None


def _copied(obj: Any, paths: tuple[str, ...]) -> Any:
    """A row of its own, and of its relations: whoever changes one changes nobody else's."""
    found = copy.copy(obj)
    for name, value in list(vars(found).items()):
        if isinstance(value, list | dict) and not name.startswith("_"):
            vars(found)[name] = copy.deepcopy(value)
    for name in {path.partition("__")[0] for path in paths}:
        field: Any = obj._meta.get_field(name)
        related = getattr(obj, name, None)  # the other end of a relation one to one may have none
        if related is not None:
            rest = tuple(path.partition("__")[2] for path in paths if path.startswith(f"{name}__"))
            field.set_cached_value(found, _copied(related, rest))
    return found

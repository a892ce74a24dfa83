"""What is read once within one request or one act, and not kept any longer.

Whatever an act did may have changed what the request around it has read: after an act the request reads again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

T = TypeVar("T")

_kept: ContextVar[dict[str, Any] | None] = ContextVar("read_once", default=None)


@contextmanager
def reading() -> Iterator[None]:
    """For the length of a request or of an act; one within another begins with nothing."""
    around = _kept.get()
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)
        if around is not None:
            around.clear()


def kept(name: str, read: Callable[[], T]) -> T:
    """What was read under this name before, or what `read` gives now. Outside of requests and acts nothing is kept."""
    known = _kept.get()
    if known is None:
        return read()
    if name not in known:
        known[name] = read()
    found: T = known[name]
    return found


def forget(name: str) -> None:
    """It has changed: the next one reads it."""
    (_kept.get() or {}).pop(name, None)

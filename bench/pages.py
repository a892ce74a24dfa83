"""First pages as a visitor gets them, in process, over the rounds that the other benchmarks left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from django.test import Client

from bench.figure import Figure, statements, timings

TIMES = 40
PAGES = {"home_page": "/"}


def visit(client: Client, address: str) -> None:
    """Fetch a page; anything but a page is an error, not a fast answer."""
    answer = client.get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}")


def figures() -> Iterator[Figure]:
    """Time and statements of each page, warm."""
    client = Client()
    for name, address in PAGES.items():
        call: Callable[[], None] = partial(visit, client, address)
        call()
        yield statements(name, call)
        yield from timings(name, [call] * TIMES)

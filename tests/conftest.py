"""What every test may rely on. A test that needs a server or a browser says so with a marker."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connection


def lacking() -> Iterator[tuple[str, str]]:
    """Markers whose need is not met here, each with the reason. `make test` meets them all."""
    if connection.vendor != "postgresql":
        yield "postgres", "needs PostgreSQL: make test"
    if not settings.CELERY_BROKER_URL.startswith("redis"):
        yield "redis", "needs Redis: make test"
    if not os.environ.get("CHROMIUM"):
        yield "browser", "needs CHROMIUM=/path/to/chromium: make test"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip with a reason what cannot run; keep the tests that share the one Redis on one worker."""
    reasons = dict(lacking())
    for item in items:
        for marker, reason in reasons.items():
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))
        if item.get_closest_marker("redis"):
            item.add_marker(pytest.mark.xdist_group("redis"))

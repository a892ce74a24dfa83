"""The province's page of all studios: a thousand of them with 200,000 activities and 300,000 expenses, beside a hundred.

A whole request each: session, every middleware, the figures over all studios, 25 rows, the template. It is measured on
PostgreSQL: on DATABASE_URL if that names one, else on a server of its own, started for these figures and stopped after.
"""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from django.db import connection

from bench.figure import Figure, milliseconds, statements, timings
from bench.lists import manager, signed_in
from bench.pages import visit
from config import scale, scale_years
from studios.models import Studio

ROOT = Path(__file__).resolve().parent.parent
SIZES = (100, 1_000)
ACTIVITIES, EXPENSES = 200, 300  # a studio
TIMES = 20
PAGES = {
    "monitoring_page": "",
    "monitoring_late": "?light=late",
    "monitoring_by_activities": "?sort=activities",
    "monitoring_last_page": "?page=9999",
}


def figures() -> Iterator[Figure]:
    """Statements and time of the page at both sizes, warm, and how much it grows between them."""
    if connection.vendor == "postgresql":
        yield from measured()
        return
    servers = importlib.import_module("tools.servers")  # a folder of programs, no package
    with servers.postgres() as address:
        if address is None:
            print("no PostgreSQL found: the monitoring page is not measured", flush=True)
            return
        address = address.rpartition("/")[0] + "/postgres"  # the one database that a new server has
        command, given = [sys.executable, "-m", "bench", "monitoring"], os.environ | {"DATABASE_URL": address}
        said = subprocess.run(command, cwd=ROOT, env=given, check=True, stdout=subprocess.PIPE, text=True)
    for name, value, unit in re.findall(r"^(monitoring_\w+): ([0-9.]+) (\w+)$", said.stdout, re.MULTILINE):
        yield Figure(name, float(value), unit)


def fill(studios: int) -> None:
    """So many more studios with their two years."""
    before = set(Studio.objects.values_list("pk", flat=True))
    scale.fill(rounds=0, nominations=0, experts=0, studios=studios)
    made = list(Studio.objects.exclude(pk__in=before).order_by("pk"))
    scale_years.fill_years(made, activities=ACTIVITIES, expenses=EXPENSES)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as the server does by itself some time after so many rows


def measured() -> Iterator[Figure]:
    """On this PostgreSQL."""
    client, medians, before = signed_in(manager()), {}, 0
    for size in SIZES:
        yield Figure(
            f"monitoring_fixture_{size}", round(milliseconds(partial(fill, size - before)) / 1000, 1), "s"
        )
        before = size
        for name, query in PAGES.items():
            call = partial(visit, client, f"/office/studios/monitoring/{query}")
            for _warm in range(3):
                call()
            yield statements(f"{name}_{size}", call)
            for figure in timings(f"{name}_{size}", [call] * TIMES):
                medians[figure.name] = figure.value
                yield figure
    small, large = (medians[f"monitoring_page_{size}_median"] for size in SIZES)
    yield Figure("monitoring_growth", round(large / small, 2), "times")

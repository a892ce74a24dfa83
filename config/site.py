"""What belongs to the site and not to its matter: health, robots, the style guide."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError

from config.celery import app
from config.styleguide import show

ROBOTS = """User-agent: *
Disallow: /accounts/
Disallow: /admin/
Disallow: /api/
Disallow: /certificate
Disallow: /home/
Disallow: /messages/
Disallow: /nominations/
Disallow: /objections/
Disallow: /office/
Disallow: /panel/
Disallow: /steps/
Disallow: /studios/
Disallow: /todo/
"""


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process lives."""
    return JsonResponse({"status": "ok"})


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Database, migrations and broker are well: 200, else 503 naming what is not."""
    found = {"database": _database_answers(), "broker": _broker_answers()}
    found["migrations"] = found["database"] and _migrations_applied()
    ready = all(found.values())
    return JsonResponse({"status": "ready" if ready else "not ready", **found}, status=200 if ready else 503)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _migrations_applied() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _broker_answers() -> bool:
    try:
        with app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=1, timeout=2, interval_start=0)
    except (OperationalError, OSError):
        return False
    return True


@login_not_required
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Search engines read what is published and nothing else."""
    where = f"\nSitemap: {settings.SITE_URL.rstrip('/')}/sitemap.xml\n"
    return HttpResponse(ROBOTS + where, content_type="text/plain; charset=utf-8")


@login_not_required
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component on one page, where pages are being made or shown."""
    if not (settings.DEBUG or settings.DEMO):
        raise Http404
    return show(request)

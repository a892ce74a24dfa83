"""How far work is that writes all it writes in one transaction: said beside the database, where others can hear it.

It is said over the broker where there is one, else in a folder that page and worker share. What is said here is for the
eye alone: nothing is decided by it, and where it cannot be said the work goes on.
"""

from __future__ import annotations

from django.core.cache import caches
from redis.exceptions import RedisError

from workflow.models import Job

SECONDS_KEPT = 900


def tell(job: Job, done: int) -> None:
    """So much is done."""
    try:
        caches["progress"].set(_key(job), done, SECONDS_KEPT)
    except (OSError, RedisError):
        return


def heard(job: Job) -> int:
    """How much was said to be done; 0 where nobody has said anything."""
    try:
        return int(caches["progress"].get(_key(job), 0))
    except (OSError, RedisError):
        return 0


def _key(job: Job) -> str:
    return f"job-{job.pk}-{job.holder}"

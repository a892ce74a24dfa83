"""Whether finished pages of the public site still show what is the case.

They are kept under a stamp. It changes when a transaction commits that wrote to the ledger. It lies in Redis where there
is one, else in a folder that the processes of this machine share (the cache "progress"): every process reads the same,
and reading it is no statement to the database.
"""

from __future__ import annotations

import secrets

from django.core.cache import caches
from django.db import transaction
from redis.exceptions import RedisError

STAMP = "public-stamp"
# Subjects of the ledger that no page of the public shows; they are written by the thousand …
NOT_SHOWN = (
    "accounts.", "selection.assignment:", "selection.attachment:", "selection.ballot:", "selection.nomination:",
    "selection.qualificationreview:", "selection.scoresheet:", "workflow.job:", "workflow.message:",
)  # fmt: skip
# … and what of theirs is shown all the same.
SHOWN = frozenset({"nomination.recognise", "nomination.revoke", "nomination.remove", "nomination.lapse"})


def changed(*, subject: str, kind: str) -> None:
    """An entry was written: when this transaction commits, the finished pages may no longer show what is the case."""
    if kind in SHOWN or not subject.startswith(NOT_SHOWN):
        transaction.on_commit(forget)


def forget() -> None:
    """Let every process make its public pages anew. Where that cannot be said, they are soon too old by themselves."""
    try:
        caches["progress"].set(STAMP, secrets.token_hex(8), None)
    except (OSError, RedisError):
        return


def stamp() -> str:
    """What the finished pages of now are kept under; empty where it cannot be read."""
    try:
        found = caches["progress"].get(STAMP)
        if found is None:
            caches["progress"].add(STAMP, secrets.token_hex(8), None)
            found = caches["progress"].get(STAMP)
    except (OSError, RedisError):
        return ""
    return str(found or "")

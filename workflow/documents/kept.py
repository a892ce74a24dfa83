"""Papers that everybody may have are typeset once: the finished file is found again by a digest of what it prints."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.core.cache import caches

KEPT = 30 * 24 * 3600  # seconds; a file of other content has another digest
MAKERS = Path(__file__).parent


def made_once(kind: str, data: Mapping[str, Any], make: Callable[[], bytes]) -> bytes:
    """The file of that kind for this content; made if it is not there, or cannot be read."""
    digest = sha256(
        json.dumps([kind, _version(), data], ensure_ascii=False, sort_keys=True).encode()
    ).hexdigest()
    try:
        found = caches["papers"].get(digest)
        if isinstance(found, bytes):
            return found
        content = make()
        caches["papers"].set(digest, content, KEPT)
    except OSError:
        return make()
    return content


def _version() -> int:
    """Another layout makes other files: the newest time at which a file of this folder was changed."""
    return max(file.stat().st_mtime_ns for file in MAKERS.iterdir() if file.suffix in (".py", ".typ"))

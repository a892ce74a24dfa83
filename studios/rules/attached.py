"""How much may be attached to one report, or to one thing that was put right."""

from __future__ import annotations

MEGABYTE = 1024 * 1024
MOST_MB, MOST_FILES = 20, 10

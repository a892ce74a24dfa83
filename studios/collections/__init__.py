"""What pages and API share; importing this registers every collection and every list of what waits."""

from studios.collections import (
    deadlines,
    grant,
    report,
    studio,
)

__all__ = [
    "deadlines",
    "grant",
    "report",
    "studio",
]

"""What pages and API share; importing this registers every collection and every list of what waits."""

from studios.collections import (
    grant,
    report,
    studio,
)

__all__ = [
    "grant",
    "report",
    "studio",
]

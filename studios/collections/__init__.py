"""What pages and API share; importing this registers every collection and every list of what waits."""

from studios.collections import (
    activity,
    deadlines,
    grant,
    indicator,
    network,
    report,
    studio,
)

__all__ = [
    "activity",
    "deadlines",
    "grant",
    "indicator",
    "network",
    "report",
    "studio",
]

"""What pages and API share; importing this registers every collection and every list of what waits."""

from studios.collections import (
    activity,
    agreement,
    assessment,
    care,
    change,
    deadlines,
    exit,
    grant,
    indicator,
    network,
    plan,
    programme,
    recovery,
    report,
    spending,
    studio,
)

__all__ = [
    "activity",
    "agreement",
    "assessment",
    "care",
    "change",
    "deadlines",
    "exit",
    "grant",
    "indicator",
    "network",
    "plan",
    "programme",
    "recovery",
    "report",
    "spending",
    "studio",
]

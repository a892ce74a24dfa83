"""What pages and API share; importing this registers every collection and every list of what waits."""

from selection.collections import (
    deliberation,
    determination,
    home,
    nomination,
    notice,
    objection,
    panel,
    qualification,
    round,
    scoring,
)

__all__ = [
    "deliberation",
    "determination",
    "home",
    "nomination",
    "notice",
    "objection",
    "panel",
    "qualification",
    "round",
    "scoring",
]

"""What pages and API share; importing this registers every collection and every list of what waits."""

from selection.collections import (
    board,
    deliberation,
    determination,
    home,
    nomination,
    notice,
    objection,
    panel,
    qualification,
    quota,
    round,
    scoring,
)

__all__ = [
    "board",
    "deliberation",
    "determination",
    "home",
    "nomination",
    "notice",
    "objection",
    "panel",
    "qualification",
    "quota",
    "round",
    "scoring",
]

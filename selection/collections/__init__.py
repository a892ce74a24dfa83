"""What pages and API share; importing this registers every collection and every list of what waits."""

from selection.collections import (
    attachment,
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
    waiver,
)

__all__ = [
    "attachment",
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
    "waiver",
]

"""What pages and API share; importing this registers every collection and every list of what waits."""

from selection.collections import ( round, nomination, qualification, panel, scoring, deliberation, notice, objection, determination,)

__all__ = ["round", "nomination", "qualification", "panel", "scoring", "deliberation", "notice", "objection", "determination", ]

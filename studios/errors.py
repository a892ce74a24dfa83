"""Refusals of the studios."""

from __future__ import annotations

from workflow.errors import Refused


class GateLocked(Refused):
    """A payment whose conditions do not hold."""

    code = "gate_locked"


class SamePerson(Refused):
    """Request, approval and payment need three persons."""

    code = "same_person"

"""Refusals of the studios."""

from __future__ import annotations

from workflow.errors import Refused


class NumberTaken(Refused):
    """A number that stands for one thing stands for another already."""

    code = "number_taken"


class NotALead(Refused):
    """An account that cannot lead a studio."""

    code = "not_a_lead"

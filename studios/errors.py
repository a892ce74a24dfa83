"""Refusals of the studios."""

from __future__ import annotations

from workflow.errors import Refused


class NumberTaken(Refused):
    """A number that stands for one thing stands for another already."""

    code = "number_taken"


class NotALead(Refused):
    """An account that cannot lead a studio."""

    code = "not_a_lead"


class NetworkRefused(Refused):
    """A row of the service network that cannot be."""

    code = "bad_point"


class IndicatorRefused(Refused):
    """A plan, an observation or a contribution that cannot be."""

    code = "bad_indicator"


class LinkEnded(Refused):
    """A station's link that was used, taken back, or has run out."""

    code = "link_ended"


class PersonalData(Refused):
    """A text holds numbers by which a person is known."""

    code = "personal_data"

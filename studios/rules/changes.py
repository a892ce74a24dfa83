"""The changes that a studio has to report, and what may follow from each of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

RECORD, SUSPEND, CHANGE_HOST, EXIT = "record", "suspend", "change_host", "exit"


@dataclass(frozen=True)
class Kind:
    """What may follow from a change, the usual first; `at_once` follows with the filing, whoever files it."""

    effects: tuple[str, ...]
    at_once: str = ""
    exit_ground: str = ""  # the ground of the exit that may be begun


KINDS: dict[str, Kind] = {
    "unit": Kind((CHANGE_HOST, RECORD, SUSPEND, EXIT), exit_ground="host_failed"),
    "left_province": Kind((SUSPEND, RECORD, EXIT), exit_ground="left_province"),
    "left_field": Kind((SUSPEND, RECORD, EXIT), exit_ground="left_field"),
    "long_leave": Kind((SUSPEND, RECORD, EXIT), exit_ground="health"),
    "certificate": Kind((SUSPEND, RECORD, EXIT), exit_ground="left_field"),
    "host_legal_person": Kind((RECORD, SUSPEND)),
    "host_inspection": Kind((SUSPEND, RECORD, EXIT), exit_ground="host_failed"),
    "host_deregistered": Kind((CHANGE_HOST, SUSPEND, EXIT), exit_ground="host_failed"),
    "investigation": Kind((SUSPEND, RECORD), at_once=SUSPEND),
}
NEEDS_HOST = ("unit",)  # the new unit is named with the filing
LEAVE_DAYS = 183  # leave longer than six months is reported


def due_on(happened: date, days: int) -> date:
    """The last day on which a change is reported in time; the day of the change itself is not counted."""
    return happened + timedelta(days=days)

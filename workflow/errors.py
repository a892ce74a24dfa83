"""Refusals: what the rules do not allow, with a code for programs and a sentence for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

Sentence = str | Promise


@dataclass(frozen=True)
class Attempt:
    """Who tried which step on what: written to the ledger after the refusal has been rolled back."""

    by: Any
    chain: str
    subject: str
    step: str
    role: str


class Refused(Exception):
    """The rules refuse; nothing was changed."""

    code = "refused"

    def __init__(self, sentence: Sentence, *, code: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code or type(self).code
        self.attempt: Attempt | None = None
        self.because: tuple[str, ...] = ()  # records that forbid it, as the ledger names them

    def __str__(self) -> str:
        return str(self.sentence)


class StepRefused(Refused):
    """The state or a condition of the object does not allow this step now."""

    code = "step_refused"


class NotPermitted(Refused):
    """This actor may not take this step on this object."""

    code = "not_permitted"


class OutsideWindow(Refused):
    """Too early or too late for this act."""

    code = "outside_window"


class CalendarYearMissing(Refused):
    """The working-day calendar does not hold a year that the deadline touches."""

    code = "calendar_missing"

    def __init__(self, sentence: Sentence, *, year: int = 0) -> None:
        super().__init__(sentence)
        self.year = year

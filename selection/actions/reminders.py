"""Reminders of a round's deadlines: 5 and 2 working days before and on the day to whoever must act; one day after to the
same, three days after to the superior."""

from __future__ import annotations

from selection.messages.reminders import remind
from selection.queries.reminders import Due, due_reminders
from workflow import door


def send_due_reminders() -> None:
    """Queue every reminder that is due. One already sent stays one: its key is that of the deadline and its level."""
    for due in list(due_reminders()):
        _send(due)


@door.act
def _send(due: Due) -> None:
    remind(due)

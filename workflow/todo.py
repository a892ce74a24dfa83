"""What waits for whom: each stage says what it has for an actor, the home page shows it by deadline."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from workflow import clock
from workflow.errors import Sentence
from workflow.rules.calendar import start_of

SOON = timedelta(days=2)


@dataclass(frozen=True)
class Todo:
    """One thing that waits (or `count` like things behind one link)."""

    title: Sentence
    url: str
    due: datetime | None = None
    note: Sentence = ""
    icon: str = "list"
    count: int = 1

    @property
    def tone(self) -> str:
        """How urgent: red when overdue, a warning when it ends within two days."""
        if self.due is None:
            return ""
        left = self.due - clock.now()
        return "bad" if left < timedelta(0) else "warn" if left <= SOON else ""


Provider = Callable[[Any], Iterable[Todo]]
_providers: list[Provider] = []


def end_of(day: date | None) -> datetime | None:
    """The instant at which a due day is over."""
    return start_of(day + timedelta(days=1)) if day else None


def register(provider: Provider) -> Provider:
    """Ask this function for what waits for an actor. It answers with few statements, whatever the number of rows."""
    _providers.append(provider)
    return provider


def waiting_for(actor: Any) -> list[Todo]:
    """Everything that waits, the most urgent first; what has no deadline last."""
    found = [todo for provider in _providers for todo in provider(actor)]
    return sorted(found, key=lambda todo: (todo.due is None, todo.due.timestamp() if todo.due else 0))

"""What the home page shows besides the list of what waits: each stage may add a card for an actor."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from workflow.errors import Sentence


@dataclass(frozen=True)
class Panel:
    """One card: `template` draws its inside with `data` (under the name `panel`)."""

    title: Sentence
    template: str
    data: Mapping[str, Any] = field(default_factory=dict)
    url: str = ""
    link: Sentence = ""
    wide: bool = True  # above the list of what waits, over the whole width


Provider = Callable[[Any], Iterable[Panel]]
_providers: list[Provider] = []


def register(provider: Provider) -> Provider:
    """Ask this function for the cards of an actor. It answers with few statements."""
    _providers.append(provider)
    return provider


def panels_for(actor: Any) -> list[Panel]:
    """Every card, in the order of registration."""
    return [panel for provider in _providers for panel in provider(actor)]

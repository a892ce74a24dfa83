"""Whoever acts. The workflow knows no user model: a person, a timetable and the public all are an `Actor`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Protocol

SYSTEM_ROLE = "system"
PUBLIC_ROLE = "public"


class Actor(Protocol):
    """Who takes a step: `id` and `name` go on the record, `roles` decide what may be done."""

    @property
    def id(self) -> Any: ...

    @property
    def name(self) -> Any: ...

    @property
    def roles(self) -> Collection[str]: ...

    @property
    def organisation_id(self) -> Any: ...

    def holds(self, role: str) -> bool: ...


@dataclass(frozen=True)
class NamedActor:
    """An actor without an account."""

    id: str
    name: str
    roles: frozenset[str] = field(default_factory=frozenset)
    organisation_id: int | None = None

    def holds(self, role: str) -> bool:
        return role in self.roles


SYSTEM = NamedActor("system", "系统", frozenset({SYSTEM_ROLE}))
PUBLIC = NamedActor("public", "公众", frozenset({PUBLIC_ROLE}))

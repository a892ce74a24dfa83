"""What pages and API share: each collection of records with who may see them, how they are shown, and its steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import QuerySet

from workflow.actor import Actor
from workflow.forms import StepForm


@dataclass(frozen=True)
class Collection:
    """A named set of records."""

    name: str  # as in the URL: "score-sheets"
    model: type[models.Model]
    visible_to: Callable[[Any], QuerySet[Any]]
    represent: Callable[
        [Any, Actor], dict[str, Any]
    ]  # JSON-ready: times ISO 8601, money and scores as strings
    url: Callable[[Any], str] = lambda obj: "/"  # the record's page
    forms: Mapping[str, type[StepForm]] = field(default_factory=dict)  # step -> what it needs
    pages: Mapping[str, Callable[[Any], str]] = field(default_factory=dict)  # step -> a page made for it
    filters: tuple[str, ...] = ()  # query parameters that narrow the list, as field lookups


_collections: dict[str, Collection] = {}


def register(collection: Collection) -> None:
    """Make a collection known to pages and API. A name is registered once."""
    if collection.name in _collections:
        raise ValueError(f"collection {collection.name!r} is registered already")
    _collections[collection.name] = collection


def named(name: str) -> Collection | None:
    """The collection of that name."""
    return _collections.get(name)


def all_collections() -> list[Collection]:
    """Every collection, in the order of registration."""
    return list(_collections.values())


def of(obj: models.Model) -> Collection | None:
    """The collection that an object belongs to."""
    return next((c for c in _collections.values() if c.model is type(obj)), None)

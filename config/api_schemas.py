"""What the API says of itself: the bodies of its refusals, and how lists, objects and steps are described."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.utils import translation
from ninja import Schema
from pydantic import ConfigDict

from workflow.collections import Collection
from workflow.forms import json_schema
from workflow.machine import step_named


class Problem(Schema):
    """Why not: a code for programs, a sentence for people."""

    code: str
    message: str


class Malformed(Problem):
    """What could not be read, by field."""

    fields: dict[str, list[str]]


class Record(Schema):
    """An object of a collection."""

    model_config = ConfigDict(extra="allow")

    id: int


class Page(Schema):
    """One page of a list, and how many there are in all."""

    items: list[Record]
    count: int


class OpenStep(Schema):
    """A step that is open to the caller, with what it needs as a JSON schema."""

    name: str
    label: str
    possible: bool
    code: str
    reason: str
    consequence: str
    input: dict[str, Any]


class OpenSteps(Schema):
    """The steps that are open to the caller."""

    items: list[OpenStep]
    count: int


READ: dict[int, Any] = {401: Problem, 404: Problem}
LISTED: dict[int, Any] = {400: Malformed, **READ}
TAKEN: dict[int, Any] = {400: Malformed, 401: Problem, 403: Problem, 404: Problem, 409: Problem}


def list_parameters(collection: Collection, page_size: int) -> list[dict[str, Any]]:
    """Paging and the filters of a collection."""
    paging = [
        _query("page", {"type": "integer", "minimum": 1, "default": 1}),
        _query("page_size", {"type": "integer", "minimum": 1, "maximum": page_size}),
    ]
    return paging + [_query(name, {"type": "string"}) for name in collection.filters]


def _query(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema}


def step_operation(collection: Collection) -> dict[str, Any]:
    """The parameters and the body of taking a step: one schema a step, by its title."""
    with translation.override(settings.LANGUAGE_CODE):
        bodies = [_body(collection, name) for name in collection.forms]
    term = f"Under the same key a request is answered as the first time for {settings.IDEMPOTENCY_DAYS} days."
    key = {"name": "Idempotency-Key", "in": "header", "required": False, "description": term}
    return {
        "parameters": [{**key, "schema": {"type": "string", "minLength": 1, "maxLength": 200}}],
        "requestBody": {"required": False, "content": {"application/json": {"schema": {"anyOf": bodies}}}},
    }


def _body(collection: Collection, name: str) -> dict[str, Any]:
    """What a step needs, as far as it does not depend on the object (`…/steps` says it of one object)."""
    fields: Any = SimpleNamespace(fields=collection.forms[name].base_fields)
    declared = step_named(collection.model, name)
    schema = {**json_schema(fields), "title": name, "description": str(declared.label if declared else name)}
    del schema["additionalProperties"]
    return schema

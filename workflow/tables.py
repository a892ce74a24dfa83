"""A migration's operation that makes many tables at once, as they are after all its parts.

One after another, the parts make the models of the history anew each time, with everything related to them: for an
empty database that is minutes of work for the same tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.migrations.operations import AddConstraint, AddField, AddIndex, CreateModel
from django.db.migrations.operations.base import Operation, OperationCategory
from django.db.migrations.state import ProjectState

Part = CreateModel | AddField | AddConstraint | AddIndex


class MakeTables(Operation):
    """The tables of new models. What a part adds, it adds to a model that is made here."""

    category: ClassVar[Any] = OperationCategory.ADDITION

    def __init__(self, parts: Sequence[Part]) -> None:
        self.parts = list(parts)
        made = {part.name_lower for part in self.parts if isinstance(part, CreateModel)}
        for part in self.parts:
            if not isinstance(part, CreateModel) and part.model_name_lower not in made:
                raise ValueError(f"{part.describe()}: the model is not made here")

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """All parts of the history, whose models are made when they are next asked for."""
        vars(state).pop("apps", None)
        for part in self.parts:
            part.state_forwards(app_label, state)

    def database_forwards(self, app_label: str, schema_editor: Any, _from: Any, to_state: Any) -> None:
        """Each table with all its columns, indexes and constraints."""
        for model in self._models(app_label, to_state):
            if self.allow_migrate_model(schema_editor.connection.alias, model):
                schema_editor.create_model(model)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, _to: Any) -> None:
        """The tables are gone, the last one first."""
        for model in reversed(self._models(app_label, from_state)):
            if self.allow_migrate_model(schema_editor.connection.alias, model):
                schema_editor.delete_model(model)

    def _models(self, app_label: str, state: Any) -> list[Any]:
        made = [part for part in self.parts if isinstance(part, CreateModel)]
        return [state.apps.get_model(app_label, part.name) for part in made]

    def describe(self) -> str:
        """In one line, as `migrate --plan` shows it."""
        return f"Make {len([part for part in self.parts if isinstance(part, CreateModel)])} tables"

"""The field of a machine's state: protected always, plain text to a migration."""

from __future__ import annotations

from typing import Any

from django_fsm import FSMField


class StateField(FSMField):
    """Set by transitions alone.

    A migration knows it as the text column that it is: the package's own field makes every copy of a model in a
    migration's history listen to the making of every other, so that an empty database took minutes.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "protected": True})

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        kwargs.pop("protected")
        return name, "django.db.models.CharField", args, kwargs

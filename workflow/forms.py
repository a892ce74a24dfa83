"""Forms of steps: what a step needs from the person who takes it, for the page and for the API alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from workflow.actor import Actor

Action = Callable[..., Any]


class StepForm(forms.Form):
    """A step's input. `obj` and `actor` are known while it is filled in; `take` calls the one action behind it."""

    action: ClassVar[Action]

    def __init__(self, *args: Any, obj: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.obj = obj
        self.actor = actor

    def take(self) -> Any:
        """Take the step with what was filled in; raises `Refused`."""
        return type(self).action(self.obj, by=self.actor, **self.cleaned_data)


class ReasonForm(StepForm):
    """A step that needs a reason of at least ten characters."""

    reason = forms.CharField(
        label=_("理由"),
        min_length=10,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("不少于10个字，将写入存证。"),
    )


def plain(action: Action) -> type[StepForm]:
    """The form of a step that needs nothing."""
    return type("PlainStepForm", (StepForm,), {"action": staticmethod(action)})


def with_reason(action: Action) -> type[StepForm]:
    """The form of a step that needs a reason."""
    return type("ReasonStepForm", (ReasonForm,), {"action": staticmethod(action)})


_KINDS: tuple[tuple[type[forms.Field], dict[str, Any]], ...] = (
    (forms.BooleanField, {"type": "boolean"}),
    (forms.DecimalField, {"type": "string", "format": "decimal"}),  # an IntegerField, too: it comes first
    (forms.IntegerField, {"type": "integer"}),
    (forms.DateTimeField, {"type": "string", "format": "date-time"}),
    (forms.DateField, {"type": "string", "format": "date"}),
    (forms.EmailField, {"type": "string", "format": "email"}),
    (forms.MultipleChoiceField, {"type": "array", "items": {"type": "string"}}),
    (forms.ModelMultipleChoiceField, {"type": "array", "items": {"type": "integer"}}),
    (forms.ModelChoiceField, {"type": "integer"}),
    (forms.JSONField, {}),
    (forms.CharField, {"type": "string"}),
)


def _field_schema(field: forms.Field) -> dict[str, Any]:
    schema = dict(next((s for kind, s in _KINDS if isinstance(field, kind)), {"type": "string"}))
    schema["title"] = str(field.label or "")
    for bound, name in (("max_length", "maxLength"), ("min_length", "minLength")):
        if getattr(field, bound, None) is not None:
            schema[name] = getattr(field, bound)
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        values = [str(value) for value, _label in field.choices if value != ""]  # type: ignore[misc, union-attr]
        target = schema["items"] if schema.get("type") == "array" else schema
        target["enum"] = values
    return schema


def json_schema(form: forms.BaseForm) -> dict[str, Any]:
    """The JSON schema of what a form takes."""
    return {
        "type": "object",
        "properties": {name: _field_schema(field) for name, field in form.fields.items()},
        "required": [name for name, field in form.fields.items() if field.required],
        "additionalProperties": False,
    }

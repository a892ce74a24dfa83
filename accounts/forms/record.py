"""The filter of the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.apps import apps
from django.utils.translation import gettext_lazy as _

from workflow import kinds
from workflow.machine import machines, steps_of


def _kinds() -> Iterator[tuple[Any, Any]]:
    yield "", _("全部")
    yield _("账号与设置"), list(kinds.all_named().items())
    for model in machines(apps.get_models()):
        name = model._meta.model_name
        yield model._meta.verbose_name, [(f"{name}.{step.name}", step.label) for step in steps_of(model)]


class LedgerFilter(forms.Form):
    """By chain, kind and object."""

    chain = forms.ChoiceField(label=_("链"), required=False)
    kind = forms.ChoiceField(label=_("事项"), required=False)
    subject = forms.CharField(
        label=_("对象"), required=False, max_length=120, widget=forms.TextInput(attrs={"type": "search"})
    )

    def __init__(self, *args: Any, chains: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chain"].choices = [("", _("全部")), *((key, key) for key in chains)]  # type: ignore[attr-defined]
        self.fields["kind"].choices = list(_kinds())  # type: ignore[attr-defined]

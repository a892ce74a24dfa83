"""A reason beside each field of a dossier that must be mended, and beside each kind of its files."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from selection.queries.dossier import ASKABLE, FILES, SECTIONS, label_of, shown
from workflow.errors import Sentence
from workflow.forms import StepForm

LONGEST_VALUE = 60


class AskingForm(StepForm):
    """Section by section; a field without a reason is not asked for."""

    nothing_asked: Sentence = _("请至少在一个栏目写明需要补充的内容。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ASKABLE:
            self.fields[f"reason_{name}"] = forms.CharField(
                label=label_of(name), max_length=200, required=False
            )

    def clean(self) -> dict[str, Any]:
        super().clean()
        if not self.requests and not self.errors:
            raise forms.ValidationError(str(self.nothing_asked))
        return self.cleaned_data

    @property
    def requests(self) -> list[dict[str, str]]:
        """What is asked for, with the reasons typed."""
        typed = {name: str(self.cleaned_data.get(f"reason_{name}") or "").strip() for name in ASKABLE}
        return [{"field": name, "reason": reason} for name, reason in typed.items() if reason]

    @property
    def groups(self) -> list[dict[str, Any]]:
        """The fields by section, each with what stands in it now."""
        return [
            {
                "slug": section.slug,
                "title": section.title,
                "rows": [
                    {"field": self[f"reason_{name}"], "value": _short(shown(self.obj, name))}
                    for name in section.fields
                ],
            }
            for section in (*SECTIONS[:-1], FILES)
        ]

    def take(self) -> Any:
        """Ask for it."""
        return type(self).action(self.obj, by=self.actor, requests=self.requests)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"

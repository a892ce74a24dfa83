"""Forms of the steps that a dossier goes through between the unit and the offices."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.html import escape
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from selection.actions import nomination as actions
from selection.forms.dossier import CorrectionForm
from selection.models.attachment_kinds import kind_asked
from selection.queries.dossier import ASKABLE, label_of, section_of, shown
from workflow.forms import StepForm, plain, with_reason


class ReturnForm(StepForm):
    """One reason a field; a field without a reason is not returned."""

    action = staticmethod(actions.return_for_completion)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ASKABLE:
            self.fields[f"reason_{name}"] = forms.CharField(
                label=_label(name),
                max_length=200,
                required=False,
                help_text=escape(gettext("现填：%(value)s") % {"value": _short(shown(self.obj, name))}),
            )

    def clean(self) -> dict[str, Any]:
        super().clean()
        if not self.requests:
            raise forms.ValidationError(_("请至少在一个栏目写明需要补充的内容。"))
        return self.cleaned_data

    @property
    def requests(self) -> list[dict[str, str]]:
        """The fields to complete with the reasons typed."""
        typed = {name: str(self.cleaned_data.get(f"reason_{name}") or "").strip() for name in ASKABLE}
        return [{"field": name, "reason": reason} for name, reason in typed.items() if reason]

    def take(self) -> Any:
        return actions.return_for_completion(self.obj, by=self.actor, requests=self.requests)


def _label(name: str) -> str:
    if kind_asked(name):
        return label_of(name)
    return f"{section_of(name).title}：{label_of(name)}"


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}…"


FORMS: dict[str, type[StepForm]] = {
    "submit": plain(actions.submit),
    "return_for_completion": ReturnForm,
    "decline": with_reason(actions.decline),
    "correct": CorrectionForm,
    "withdraw": with_reason(actions.withdraw),
    "revoke": with_reason(actions.revoke),
}

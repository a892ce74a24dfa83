"""What the office fills in while the scoring runs, and about one sheet."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from selection.actions import scoring_progress as actions
from selection.models import Expert, Round, ScoringExtension
from workflow.actor import Actor
from workflow.forms import StepForm, plain, with_reason


class ExtensionForm(forms.Form):
    """Until when one expert may submit, and why."""

    until = forms.DateField(label=_("延至"), help_text=_("含当日。只对这一名专家有效。"))
    reason = forms.CharField(
        label=_("理由"), min_length=10, max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("不少于10个字，将写入存证。"),
    )  # fmt: skip

    def take(self, round_: Round, *, by: Actor, expert: Expert) -> ScoringExtension:
        """Grant it; raises `Refused`."""
        return actions.extend(round_, by=by, expert=expert, **self.cleaned_data)


OFFICE_SHEET_FORMS: dict[str, type[StepForm]] = {
    "ask_reopen": with_reason(actions.ask_reopen),
    "reopen": plain(actions.reopen),
    "ask_annul": with_reason(actions.ask_annul),
    "annul": plain(actions.annul),
}

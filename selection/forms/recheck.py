"""What the unit writes to ask for a re-check, and what the manager answers."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from selection.actions import recheck as actions
from workflow.forms import StepForm, with_reason


class RequestForm(StepForm):
    """Why the conclusion should be looked at again."""

    action = staticmethod(actions.request)
    statement = forms.CharField(
        label=_("申请复核的理由"),
        min_length=10,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("不少于10个字，逐条说明对哪条规则的认定有异议、依据是什么。只能申请一次。"),
    )


RECHECK_FORMS: dict[str, type[StepForm]] = {
    "request": RequestForm,
    "uphold": with_reason(actions.uphold),
    "refuse": with_reason(actions.refuse),
}

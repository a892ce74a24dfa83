"""What the nominator writes to ask for a waiver, and the manager to decide on it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from selection.actions import waiver as actions
from selection.models.eligibility import names_of
from workflow.forms import ReasonForm, StepForm, with_reason


class AskForm(ReasonForm):
    """Which rule, and why this person all the same."""

    action = staticmethod(actions.ask)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = names_of(self.obj.round.rulebook)
        waivable = [(found.rule, f"{found.rule} {names[found.rule]}") for found in self.obj.waivable]
        rule = forms.ChoiceField(
            label=_("申请放宽的条件"), choices=waivable, widget=forms.RadioSelect, initial=waivable[0][0] if waivable else None
        )  # fmt: skip
        self.fields = {"rule": rule, **self.fields}
        self.fields["reason"].help_text = _("写明该人选的突出业绩和放宽的必要，不少于10个字，将写入存证。")


class ApproveForm(StepForm):
    """The manager's opinion, if there is one to give."""

    action = staticmethod(actions.approve)
    remark = forms.CharField(
        label=_("核准意见"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


FORMS: dict[str, type[StepForm]] = {"approve": ApproveForm, "refuse": with_reason(actions.refuse)}
NOMINATION_FORMS: dict[str, type[StepForm]] = {"ask_waiver": AskForm}

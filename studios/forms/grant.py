"""What the steps of an instalment need, and the filter of the list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from studios.actions import grant as actions
from studios.models import Instalment, gate_words
from studios.models.gate import to_waive
from workflow.forms import ReasonForm, StepForm, plain, with_reason


class RequestForm(StepForm):
    """A request for an instalment."""

    action = staticmethod(actions.request)

    note = forms.CharField(
        label=_("用途说明"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class PayForm(StepForm):
    """The voucher of a payment."""

    action = staticmethod(actions.pay)

    voucher = forms.CharField(label=_("凭证号"), max_length=60, help_text=_("例如：记-0214-03"))


class WaiveForm(ReasonForm):
    """Which locked condition is waived, and why."""

    action = staticmethod(actions.waive)

    condition = forms.ChoiceField(label=_("豁免的条件"), choices=())
    field_order = ("condition", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["condition"]
        field.choices = [(c.code, gate_words.why_not(c, self.obj)) for c in to_waive(self.obj)]


FORMS: dict[str, type[StepForm]] = {
    "request": RequestForm,
    "approve": plain(actions.approve),
    "pay": PayForm,
    "withhold": with_reason(actions.withhold),
    "release": with_reason(actions.release),
    "cancel": with_reason(actions.cancel),
    "waive": WaiveForm,
}


class InstalmentFilter(forms.Form):
    """What narrows the list of instalments."""

    q = forms.CharField(label=_("工作室或凭证号"), required=False, max_length=60)
    state = forms.ChoiceField(
        label=_("状态"), required=False, choices=[("", _("全部")), *Instalment.State.choices]
    )

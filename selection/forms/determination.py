"""The decision's form, and the steps of round and decision that stand here."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from selection.actions import determination as actions
from selection.models import Determination, Round
from workflow.actor import Actor
from workflow.forms import StepForm, plain


class DraftForm(forms.Form):
    """Number, title and minutes."""

    serial = forms.IntegerField(
        label=_("发文序号"), min_value=1, max_value=9999, help_text=_("只填序号，发文代字和年份由系统加上。")
    )
    title = forms.CharField(label=_("标题"), max_length=160)
    minute_number = forms.CharField(label=_("会议纪要编号"), max_length=80)

    def take(self, round_: Round, *, by: Actor) -> Determination:
        """Draft it; raises `Refused`."""
        return actions.draft(round_, by=by, **self.cleaned_data)


DETERMINATION_FORMS: dict[str, type[StepForm]] = {"confirm": plain(actions.confirm)}
ROUND_FORMS: dict[str, type[StepForm]] = {"publish": plain(actions.publish)}

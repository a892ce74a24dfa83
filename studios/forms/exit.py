"""What is filled in to end a studio before its term, and for another appointment after it."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from studios.actions import exit as actions
from studios.models import Exit, Reappointment, Studio
from workflow.actor import Actor
from workflow.forms import ReasonForm, StepForm, with_reason


class StartForm(forms.Form):
    """The ground and the facts that the studio is told."""

    ground = forms.ChoiceField(label=_("事由"), choices=[("", _("请选择")), *Exit.Ground.choices])
    facts = forms.CharField(
        label=_("事实和依据"),
        min_length=10,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("将告知领军人才、依托单位和所在地民政局。不写举报人的任何信息。"),
    )

    def take(self, studio: Studio, *, by: Actor) -> Exit:
        """Start it; raises `Refused`."""
        return actions.start(studio, by=by, **self.cleaned_data)


class HearForm(StepForm):
    """What the studio said."""

    action = staticmethod(actions.hear)

    statement = forms.CharField(
        label=_("陈述申辩"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("照录书面陈述的要点。期满未提出的，期满后留空提交。"),
    )
    on = forms.DateField(
        label=_("收到日期"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class DecideForm(ReasonForm):
    """The minutes and the document of the decision."""

    action = staticmethod(actions.decide)

    minute_number = forms.CharField(label=_("会议纪要编号"), max_length=80)
    document_number = forms.CharField(
        label=_("决定文号"), max_length=80, help_text=_("如：浙民慈〔2026〕18号")
    )


class ReappointForm(forms.Form):
    """Another term or not."""

    granted = forms.TypedChoiceField(
        label=_("续聘意见"), choices=[("", _("请选择")), ("yes", _("续聘")), ("no", _("不续聘"))],
        coerce=lambda value: value == "yes", empty_value=None,
    )  # fmt: skip
    note = forms.CharField(
        label=_("说明"), min_length=10, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def take(self, studio: Studio, *, by: Actor) -> Reappointment:
        """Write it down; raises `Refused`."""
        return actions.reappoint(studio, by=by, **self.cleaned_data)


FORMS: dict[str, type[StepForm]] = {
    "hear": HearForm,
    "decide": DecideForm,
    "drop": with_reason(actions.drop),
}

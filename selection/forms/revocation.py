"""What is filled in to question a title and to correct a printed line."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from selection.actions import revocation as actions
from selection.models import Nomination, Recognition, Revocation, RollCorrection
from workflow.actor import Actor
from workflow.forms import ReasonForm, StepForm, plain, with_reason


class StartForm(forms.Form):
    """The ground and the facts that the talent is told."""

    ground = forms.ChoiceField(label=_("撤销事由"), choices=[("", _("请选择")), *Revocation.Ground.choices])
    facts = forms.CharField(
        label=_("告知的事实和依据"),
        min_length=10,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("将告知申报单位和本人。不写举报人的任何信息。"),
    )

    def take(self, nomination: Nomination, *, by: Actor) -> Revocation:
        """Start it; raises `Refused`."""
        return actions.start(nomination, by=by, **self.cleaned_data)


class HearForm(StepForm):
    """What the talent said."""

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
        label=_("撤销决定文号"), max_length=60, help_text=_("如：浙民慈〔2026〕8号")
    )


class CorrectionForm(forms.Form):
    """What a printed line should read."""

    place = forms.ChoiceField(label=_("更正栏目"), choices=RollCorrection.Place.choices)
    after = forms.CharField(
        label=_("更正为"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("写整栏的全文；单位及职务一行一处。"),
    )
    basis = forms.CharField(label=_("依据文件或会议纪要编号"), max_length=80)
    why = forms.CharField(
        label=_("更正原因"), min_length=10, max_length=500, help_text=_("不少于10个字，向社会公开。")
    )

    def take(self, recognition: Recognition, *, by: Actor) -> RollCorrection:
        """Draft it; raises `Refused`."""
        return actions.draft_correction(recognition, by=by, **self.cleaned_data)


REVOCATION_FORMS: dict[str, type[StepForm]] = {
    "hear": HearForm,
    "decide": DecideForm,
    "drop": with_reason(actions.drop),
}
CORRECTION_FORMS: dict[str, type[StepForm]] = {
    "publish": plain(actions.publish_correction),
    "drop": with_reason(actions.drop_correction),
}

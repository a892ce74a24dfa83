"""What is written to ask that somebody be left out, to decide on it, and to take a duty away."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from selection.actions import conflict as actions
from selection.models import Expert, Recusal, RecusalRequest
from selection.queries.conflict_requests import people_meant
from selection.rules.eligibility import valid_id_number
from workflow.forms import ReasonForm, StepForm, plain, with_reason

FOUND_LATE = [
    (ground.value, ground.label) for ground in Recusal.Ground if ground is not Recusal.Ground.UNSUITABLE
]


class NameUnsuitableForm(ReasonForm):
    """Whom the nominee's side asks to leave out, and why."""

    action = staticmethod(actions.name_unsuitable)
    name = forms.CharField(label=_("申请回避的人"), max_length=40)
    unit_name = forms.CharField(
        label=_("其单位"), max_length=120, required=False, help_text=_("便于认定是哪一位。")
    )
    id_number = forms.CharField(
        label=_("其身份证号"),
        max_length=18,
        required=False,
        help_text=_("知道的填写，只保存不可还原的摘要，用于认定本人。"),
    )
    field_order = ("name", "unit_name", "id_number", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = _("写明与人选的关系或者可能影响公正的事实，不少于10个字。")

    def clean_id_number(self) -> str:
        number = str(self.cleaned_data["id_number"]).strip().upper()
        if number and not valid_id_number(number):
            raise forms.ValidationError(_("身份证号有误，请核对，或者留空。"))
        return number


class _Meant(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable at run time
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.code} {obj.name}（{obj.unit.name}）"


class ProposeForm(StepForm):
    """The manager's opinion, and which expert is meant."""

    action = staticmethod(actions.propose)
    verdict = forms.ChoiceField(
        label=_("处理意见"), choices=RecusalRequest.Verdict.choices, widget=forms.RadioSelect
    )
    expert = _Meant(
        label=_("对应的专家"),
        queryset=Expert.objects.none(),
        required=False,
        empty_label=_("库中没有此人，或者无法认定"),
        help_text=_("不选的，申请成立后以身份证号认定本人；没有身份证号的，以姓名认定。"),
    )
    opinion = forms.CharField(
        label=_("意见说明"), min_length=4, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["expert"]
        field.queryset = people_meant(self.obj)
        first = field.queryset.first()
        field.initial = first.pk if first and field.queryset.count() == 1 else None


class ConfirmForm(StepForm):
    """The supervisor's remark, if there is one."""

    action = staticmethod(actions.confirm)
    remark = forms.CharField(
        label=_("复核意见"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class BarForm(ReasonForm):
    """What was found, and how it was established."""

    action = staticmethod(actions.bar)
    ground = forms.ChoiceField(label=_("情形"), choices=FOUND_LATE)
    field_order = ("ground", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["reason"]
        field.max_length = 300
        field.help_text = _("写明查实的事实和依据，不少于10个字，将写入存证并告知专家。")


FORMS: dict[str, type[StepForm]] = {
    "propose": ProposeForm,
    "confirm": ConfirmForm,
    "send_back": with_reason(actions.send_back),
    "withdraw": plain(actions.withdraw),
}
NOMINATION_FORMS: dict[str, type[StepForm]] = {"name_unsuitable": NameUnsuitableForm}
ASSIGNMENT_FORMS: dict[str, type[StepForm]] = {"bar": BarForm}

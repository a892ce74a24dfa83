"""What the handlers of an objection decide, and whoever decides its appeal."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from selection.actions import objection as actions
from selection.actions import objection_case as case
from selection.models import Objection
from selection.queries.objection import investigators_for
from workflow.forms import Action, ReasonForm, StepForm, plain, with_reason


class InvestigatorsForm(StepForm):
    """Who investigates."""

    action: ClassVar[Action] = staticmethod(actions.name_investigators)
    investigators = forms.ModelMultipleChoiceField(
        queryset=User.objects.none(), label=_("核查人"), widget=forms.CheckboxSelectMultiple,
        help_text=_("不少于两名。未列出的人参与过该人选的推荐、初审、评分或此前的核查，来自推荐单位，或已申明回避。"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = investigators_for(self.obj.nomination)
        self.fields["investigators"].queryset = people  # type: ignore[attr-defined]
        if self.obj.pk and self.obj.state == "admitted":
            self.initial["investigators"] = [person.pk for person in self.obj.fit_investigators()]


class NeutralIssue(StepForm):
    """The issue in words that give nobody away."""

    neutral_issue = forms.CharField(
        label=_("告知人选的争议事项"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("用中性的话写明核查什么，不得出现异议人的姓名、材料或可以推断其身份的内容。"),
    )  # fmt: skip

    def clean_neutral_issue(self) -> str:
        """The objector's own words do not slip through."""
        words: str = self.cleaned_data["neutral_issue"]
        said = self.obj if isinstance(self.obj, Objection) else self.obj.objection
        for secret in (said.objector_name, said.objector_contact, said.code):
            if secret and secret in words:
                raise forms.ValidationError(_("争议事项中不得出现异议人的姓名或联系方式"))
        return words


class AdmitForm(InvestigatorsForm, NeutralIssue):
    """How grave it is, who investigates, and what the nominee's side is told."""

    action = staticmethod(actions.admit)
    grade = forms.ChoiceField(label=_("等级"), choices=Objection.Grade.choices, initial=Objection.Grade.B)
    field_order = ("grade", "investigators", "neutral_issue")


class RefuseForm(StepForm):
    """The ground, from the list."""

    action = staticmethod(actions.refuse)
    ground = forms.ChoiceField(label=_("不予受理的理由"), choices=Objection.Ground.choices)


class DismissForm(StepForm):
    """The conclusion, which the objector reads."""

    action: ClassVar[Action] = staticmethod(actions.dismiss)
    conclusion = forms.CharField(
        label=_("处理结论"), min_length=10, max_length=2000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("实名异议人凭查询码可见。"),
    )  # fmt: skip


class UpholdForm(DismissForm):
    """The conclusion, and whether it touches the determination."""

    action = staticmethod(actions.uphold)
    partly = forms.BooleanField(label=_("部分成立"), required=False)
    material = forms.BooleanField(label=_("影响认定，报厅领导决定是否取消人选"), required=False)


class VerifyForm(DismissForm):
    """What became of a complaint."""

    action = staticmethod(actions.verify)
    material = forms.BooleanField(label=_("查实且影响认定，报厅领导决定"), required=False)


class AnswerForm(StepForm):
    """The written reply."""

    action = staticmethod(actions.answer)
    reply = forms.CharField(
        label=_("书面答复"), min_length=10, max_length=4000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("异议人凭查询码可见；另行寄送的，内容应当一致。"),
    )  # fmt: skip


class IdentityForm(ReasonForm):
    """Why somebody looks at who objects."""

    action = staticmethod(actions.view_identity)


class AsideForm(ReasonForm):
    """Why somebody steps aside."""

    action = staticmethod(case.declare_interest)


class AdmitAppealForm(NeutralIssue):
    """What the nominee's side is told, where it was not told before."""

    action = staticmethod(case.admit_appeal)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["neutral_issue"] = self.obj.objection.neutral_issue


class AppealAnswerForm(StepForm):
    """What whoever appealed reads."""

    action = staticmethod(case.refuse_appeal)
    answer = forms.CharField(
        label=_("复查意见"), min_length=10, max_length=2000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("异议人凭查询码可见。"),
    )  # fmt: skip


class DismissAppealForm(AppealAnswerForm):
    """The conclusion stands."""

    action = staticmethod(case.dismiss_appeal)


class UpholdAppealForm(AppealAnswerForm):
    """The other conclusion."""

    action = staticmethod(case.uphold_appeal)
    outcome = forms.ChoiceField(
        label=_("复查结论"), required=False, choices=(
            ("", _("请选择")), ("upheld", _("成立")), ("partly", _("部分成立")), ("dismissed", _("不成立")),
        ), help_text=_("原处理为不予受理的不选：改变后转入核查。"),
    )  # fmt: skip
    material = forms.BooleanField(label=_("影响认定，报厅领导决定是否取消人选"), required=False)


OBJECTION_FORMS: dict[str, type[StepForm]] = {
    "admit": AdmitForm,
    "refuse": RefuseForm,
    "name_investigators": InvestigatorsForm,
    "extend": with_reason(actions.extend),
    "note_silence": plain(actions.note_silence),
    "uphold": UpholdForm,
    "dismiss": DismissForm,
    "answer": AnswerForm,
    "verify": VerifyForm,
    "withdraw": with_reason(actions.withdraw),
}  # an appeal takes `reopen` and `restore`
APPEAL_FORMS: dict[str, type[StepForm]] = {
    "admit": AdmitAppealForm,
    "refuse": AppealAnswerForm,
    "uphold": UpholdAppealForm,
    "dismiss": DismissAppealForm,
}

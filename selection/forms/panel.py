"""What the draw and the experts' declarations need."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from selection.actions import assignment as assignments
from selection.actions import panel as actions
from workflow.forms import StepForm, plain


class FreezeForm(StepForm):
    """Which public value, and when it will exist."""

    action = staticmethod(actions.freeze)
    source = forms.CharField(
        label=_("公共随机值来源"),
        max_length=200,
        help_text=_("写明任何人都能查到的来源和期号，例如：双色球第2026132期开奖号码，按公布顺序书写。"),
    )
    value_at = forms.DateTimeField(
        label=_("公布时间"), help_text=_("须晚于冻结时间：名单冻结时，谁也不知道这个值。")
    )


class DrawForm(StepForm):
    """The public value as it was published."""

    action = staticmethod(actions.draw)
    public_value = forms.CharField(
        label=_("公布的随机值"),
        max_length=200,
        help_text=_("照来源公布的原样录入；多一个空格，结果都会不同。首尾空格不计。"),
    )


class AcceptForm(StepForm):
    """The declaration before a dossier opens."""

    action = staticmethod(assignments.accept)
    declared = forms.BooleanField(
        label=_("本人与该人选及其单位无利害关系，愿意独立评审，并保守评审秘密"),
        required=True,
        error_messages={"required": _("请先作出声明；有回避情形的，请申请回避。")},
    )


class RecuseForm(StepForm):
    """Why an expert gives a dossier up."""

    action = staticmethod(assignments.recuse)
    reason = forms.CharField(
        label=_("回避理由"),
        min_length=10,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("不少于10个字。例如：近三年曾与该人选同单位；亲属、师生、合作关系。"),
    )


PANEL_FORMS: dict[str, type[StepForm]] = {"freeze": FreezeForm, "draw": DrawForm}
ASSIGNMENT_FORMS: dict[str, type[StepForm]] = {"accept": AcceptForm, "recuse": RecuseForm}
ROUND_FORMS: dict[str, type[StepForm]] = {"begin_review": plain(actions.begin_review)}
NOMINATION_FORMS: dict[str, type[StepForm]] = {"send_to_panel": plain(actions.send_to_panel)}

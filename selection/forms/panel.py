"""What the draw and the experts' declarations need."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from selection.actions import assignment as assignments
from selection.actions import panel as actions
from selection.actions import second_stage
from selection.forms import conflict
from workflow.forms import StepForm, plain

# What an expert is asked about, in the words of the question.
DECLARED = [
    ("same_unit", _("在规则书规定的年限内与人选同单位任职")),
    ("board", _("担任人选单位的负责人、理事、监事或者实际控制人")),
    ("kin", _("配偶、直系血亲、三代以内旁系血亲、近姻亲")),
    ("mentor", _("人选是本人的导师")),
    ("student", _("人选是本人的学生")),
    ("co_author", _("论文等共同署名")),
    ("co_project", _("课题、项目合作")),
    ("nominator", _("在推荐单位任职，或者推荐、介绍过该人选")),
    ("money", _("经济往来")),
    ("dispute", _("公开争议或者纠纷")),
    ("declared", _("其他可能影响公正的关系")),
]


class FreezeForm(StepForm):
    """Which public value, and when it will exist."""

    action = staticmethod(actions.freeze)
    source = forms.CharField(
        label=_("公共随机值来源"),
        max_length=200,
        help_text=_(
            "写明任何人都能查到的来源和期号，例如：双色球第2026132期开奖号码。写明双色球、大乐透或者drand的，录入时核对格式。"
        ),
    )
    value_at = forms.DateTimeField(
        label=_("公布时间"), help_text=_("须晚于冻结时间：名单冻结时，谁也不知道这个值。")
    )
    set_aside = forms.BooleanField(
        label=_("回避过多的专家不列入名单"),
        required=False,
        help_text=_(
            "某位人选须回避的专家过多、可能不够评审人数时，由系统把其中尽量少的专家不列入名单，并写明原因。"
        ),
    )


class DrawForm(StepForm):
    """The public value as it was published."""

    action = staticmethod(actions.draw)
    public_value = forms.CharField(
        label=_("公布的随机值"),
        max_length=200,
        help_text=_("照来源公布的原样录入。双色球写6个红球（由小到大）和1个蓝球，空格分开。"),
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
    grounds = forms.MultipleChoiceField(
        label=_("有下列哪些情形"), choices=DECLARED, widget=forms.CheckboxSelectMultiple, required=False
    )
    reason = forms.CharField(
        label=_("回避理由"),
        min_length=10,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("不少于10个字。例如：近三年曾与该人选同单位；亲属、师生、合作关系。"),
    )


PANEL_FORMS: dict[str, type[StepForm]] = {"freeze": FreezeForm, "draw": DrawForm}
ASSIGNMENT_FORMS: dict[str, type[StepForm]] = {
    "accept": AcceptForm,
    "recuse": RecuseForm,
    **conflict.ASSIGNMENT_FORMS,
}
ROUND_FORMS: dict[str, type[StepForm]] = {
    "begin_review": plain(actions.begin_review),
    "begin_second_stage": plain(second_stage.begin_second_stage),
}
NOMINATION_FORMS: dict[str, type[StepForm]] = {"send_to_panel": plain(actions.send_to_panel)}

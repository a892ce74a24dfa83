"""Forms of indicators: where to look, what was observed, a plan's file, what a studio contributed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from studios.models import IndicatorPart, ServicePoint

LARGEST_PLAN = 1024 * 1024


class ObserveForm(forms.Form):
    """A value of an office for a day."""

    unit = forms.ModelChoiceField(label=_("地区"), queryset=Organisation.objects.none())
    part = forms.ModelChoiceField(label=_("指标"), queryset=IndicatorPart.objects.none())
    on = forms.DateField(label=_("截至"))
    value = forms.DecimalField(label=_("数值"), max_digits=14, decimal_places=2, min_value=0)
    denominator = forms.DecimalField(
        label=_("分母"), required=False, max_digits=14, decimal_places=2, help_text=_("比率填写，例如老年人口数。")
    )  # fmt: skip
    evidence = forms.CharField(label=_("依据"), max_length=400, required=False)

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["unit"].queryset = units
        parts = IndicatorPart.objects.filter(source=IndicatorPart.Source.OBSERVED).select_related("indicator")
        fields["part"].queryset = parts.order_by("indicator__plan", "indicator__position", "position")
        fields["part"].label_from_instance = _label_of


def _label_of(part: IndicatorPart) -> str:
    return f"{part.indicator.code} {part.name or part.indicator.name}"


class PlanForm(forms.Form):
    """The file of a plan."""

    file = forms.FileField(
        label=_("规划文件"), help_text=_("JSON文件，不超过1 MB。"), widget=forms.FileInput(attrs={"accept": ".json"})
    )  # fmt: skip

    def clean_file(self) -> bytes:
        sent = self.cleaned_data["file"]
        if sent.size > LARGEST_PLAN:
            raise forms.ValidationError(_("文件超过1 MB。"), code="too_large")
        content: bytes = sent.read()
        return content


class RejectForm(forms.Form):
    """Why it is sent back."""

    reason = forms.CharField(label=_("理由"), max_length=400)


class MentorForm(forms.Form):
    """Whom a studio guides."""

    name = forms.CharField(label=_("姓名"), max_length=40)
    id_number = forms.CharField(
        label=_("身份证号"), max_length=18, help_text=_("只保存不可还原的摘要，用于防止重复计算。")
    )
    since = forms.DateField(label=_("开始"))
    until = forms.DateField(
        label=_("结束"), required=False, help_text=_("在同一年度内；跨年的次年另行登记。")
    )


class CertifyForm(forms.Form):
    """When a mentee obtained the certificate."""

    on = forms.DateField(label=_("取得日期"))


class StationForm(forms.Form):
    """A station opened with a studio's help."""

    code = forms.CharField(label=_("站点区划代码"), max_length=12)
    opened_on = forms.DateField(label=_("开设日期"))

    def clean_code(self) -> ServicePoint:
        point = ServicePoint.objects.filter(code=self.cleaned_data["code"].strip()).first()
        if point is None:
            raise forms.ValidationError(_("登记表中没有这个区划代码。"), code="unknown")
        return point

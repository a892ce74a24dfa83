"""Forms of the round: its papers and its steps."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from selection.actions import round as actions
from selection.models import Round
from workflow.forms import StepForm, plain, with_reason

FORMS: dict[str, type[StepForm]] = {
    "announce": plain(actions.announce),
    "close": plain(actions.close),
    "cancel": with_reason(actions.cancel),
    "archive": plain(actions.archive),
}


class RoundForm(forms.Form):
    """What a round is called and what its call says."""

    title = forms.CharField(label=_("名称"), max_length=120)
    title_en = forms.CharField(label=_("英文名称"), max_length=160, required=False)
    organiser = forms.CharField(label=_("主办单位"), max_length=120, help_text=_("以部门名义印发时写全称。"))
    document_prefix = forms.CharField(label=_("发文代字"), max_length=40, help_text=_("例如：浙民慈"))
    call = forms.CharField(
        label=_("申报通知"),
        max_length=10000,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_("启动申报后向社会公开，不得含有个人信息。"),
    )


class NewRoundForm(RoundForm):
    """The same, with the code that names the round for good."""

    code = forms.SlugField(
        label=_("编号"),
        max_length=30,
        help_text=_("小写字母、数字和连字符，例如2026。启动后出现在网址和存证中，不能更改。"),
    )
    field_order = ("code",)

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"]).lower()
        if Round.objects.filter(code=code).exists():
            raise forms.ValidationError(_("编号%(code)s已被其他批次使用。") % {"code": code})
        return code


def of_round(round_: Round, data: Any = None) -> RoundForm:
    """The form filled with what the round has."""
    return RoundForm(data, initial={name: getattr(round_, name) for name in RoundForm.base_fields})

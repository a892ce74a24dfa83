"""What a version of an agreement needs, who signs it, and the scan of the paper."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from studios.actions import agreement as actions
from studios.models import AgreementVersion, Party, Studio
from studios.queries.agreement import in_force
from workflow import clock
from workflow.forms import StepForm, with_reason


class DrawUpForm(forms.Form):
    """The facts of the next version; the clauses come from the rules."""

    agreement_number = forms.CharField(label=_("协议编号"), max_length=60)
    award = forms.DecimalField(
        label=_("资助金额（元）"), min_value=Decimal("0.01"), max_digits=12, decimal_places=2
    )
    site = forms.CharField(label=_("场所"), max_length=200, help_text=_("地址和面积。"))
    account_name = forms.CharField(
        label=_("账户名称"), max_length=120, help_text=_("须与依托单位名称一致，不得为个人账户。")
    )
    account_bank = forms.CharField(label=_("开户银行"), max_length=120)
    account_number = forms.CharField(
        label=_("账号"),
        max_length=40,
        help_text=_("加密保存，页面只显示后四位。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    amendment_reason = forms.CharField(
        label=_("变更理由"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, data: Any = None, *, studio: Studio) -> None:
        signed = getattr(studio, "agreement", None)
        last = in_force(studio)
        super().__init__(data, initial=_facts(studio, signed, last))
        self.amends = signed is not None
        same = last is not None and last.account_name == studio.host.name  # another host has another account
        self.kept = last.account_number if last is not None and same else ""
        if self.kept and last is not None:
            self.fields["account_number"].required = False
            words = _("现为%(account)s，不变的不必填写。") % {"account": last.masked_account}
            self.fields["account_number"].help_text = words
        if not self.amends:
            del self.fields["amendment_reason"]
        else:
            self.fields["award"].disabled = True
            self.fields["agreement_number"].disabled = True

    def clean_account_number(self) -> str:
        """Figures alone: spaces between groups are how people write them. Nothing typed keeps the present one."""
        typed = "".join(str(self.cleaned_data["account_number"] or "").split()).replace("-", "")
        return typed or self.kept


def _facts(studio: Studio, signed: Any, last: AgreementVersion | None) -> dict[str, Any]:
    return {
        "agreement_number": signed.number if signed else "",
        "award": signed.award if signed else studio.recognition.round.rulebook.award,
        "site": studio.site,
        "account_name": studio.host.name,
        "account_bank": last.account_bank if last else "",
    }


class SignForm(StepForm):
    """One party's signature."""

    action = staticmethod(actions.sign)

    party = forms.ChoiceField(label=_("签署方"), choices=Party.choices)
    name = forms.CharField(label=_("签署人"), max_length=60)
    signed_on = forms.DateField(label=_("签署日期"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        signed = {row.party for row in self.obj.signatures.all()}
        field: Any = self.fields["party"]
        field.choices = [choice for choice in Party.choices if choice[0] not in signed]
        self.initial = {"signed_on": clock.today(), **self.initial}

    def clean_signed_on(self) -> date:
        """Nobody has signed tomorrow."""
        day: date = self.cleaned_data["signed_on"]
        if day > clock.today():
            raise forms.ValidationError(_("签署日期不能晚于今天。"), code="future")
        return day


class ScanForm(forms.Form):
    """The signed paper."""

    scan = forms.FileField(
        label=_("签字盖章后的扫描件"), help_text=_("PDF、JPG或PNG，不超过20 MB。"),
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf,image/jpeg,image/png"}),
    )  # fmt: skip


FORMS: dict[str, type[StepForm]] = {"sign": SignForm, "withdraw": with_reason(actions.withdraw)}

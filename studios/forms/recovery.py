"""What an order to give money back and its steps need, and the filter of the list."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from studios.actions import recovery as actions
from studios.models import RecoveryOrder
from studios.queries import recovery as queries
from workflow import clock
from workflow.forms import ReasonForm, StepForm, with_reason


class OrderForm(ReasonForm):
    """How much is to come back, and why."""

    action = staticmethod(actions.order)

    ground = forms.ChoiceField(label=_("事由"), choices=RecoveryOrder.Ground.choices)
    amount = forms.DecimalField(
        label=_("应退金额（元）"), min_value=Decimal("0.01"), max_digits=12, decimal_places=2
    )
    field_order = ("ground", "amount", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        money = queries.money_of_award(self.obj)
        self.initial = {"amount": money.claimable or None, "ground": self._likely(), **self.initial}
        self.fields["amount"].help_text = gettext(
            "已支付且未支出、未通知退回的为%(unspent)s元；挪用资金、弄虚作假的，可以追回至%(all)s元。"
        ) % {"unspent": f"{money.claimable:,.2f}", "all": f"{money.claimable_in_full:,.2f}"}

    def _likely(self) -> str:
        ground = RecoveryOrder.Ground
        return str(ground.UNSPENT if self.obj.state == "concluded" else ground.TERMINATED)


class RepayForm(StepForm):
    """A part that came back."""

    action = staticmethod(actions.repay)

    amount = forms.DecimalField(
        label=_("退回金额（元）"), min_value=Decimal("0.01"), max_digits=12, decimal_places=2
    )
    on = forms.DateField(label=_("到账日期"))
    voucher = forms.CharField(label=_("凭证号"), max_length=60, help_text=_("例如：收-0214-03"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        left = self.obj.outstanding
        self.initial = {"amount": left, "on": clock.today(), **self.initial}
        self.fields["amount"].help_text = gettext("尚余%(left)s元。") % {"left": f"{left:,.2f}"}

    def clean_on(self) -> date:
        day: date = self.cleaned_data["on"]
        if day > clock.today():
            raise forms.ValidationError(_("到账日期不能晚于今天。"), code="future")
        return day


FORMS: dict[str, type[StepForm]] = {"repay": RepayForm, "write_off": with_reason(actions.write_off)}


class RecoveryFilter(forms.Form):
    """What narrows the list of orders."""

    q = forms.CharField(label=_("工作室"), required=False, max_length=60)
    state = forms.ChoiceField(
        label=_("状态"), required=False, choices=[("", _("全部")), *RecoveryOrder.State.choices]
    )
    ground = forms.ChoiceField(
        label=_("事由"), required=False, choices=[("", _("全部")), *RecoveryOrder.Ground.choices]
    )

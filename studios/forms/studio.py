"""What the steps of a studio need, and the filters of the list."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.forms.account import OrganisationField
from accounts.models import Organisation, User
from studios.actions import studio as actions
from studios.forms.recovery import OrderForm
from studios.models import AgreementVersion, Studio
from studios.queries import studio as queries
from studios.queries.agreement import drafted
from workflow import clock
from workflow.forms import ReasonForm, StepForm, plain, with_reason
from workflow.wording import listed


class AccountChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable at run time
    """Accounts by name, with the organisation that tells two of one name apart."""

    def label_from_instance(self, obj: User) -> str:
        return f"{obj.name}（{obj.organisation or obj.username}）"


class NameLeadForm(StepForm):
    """Which account acts for the talent."""

    action = staticmethod(actions.name_lead)

    lead = AccountChoice(
        label=_("领军人才账号"),
        queryset=User.objects.none(),
        help_text=_("只列出持有“领军人才”角色的账号；没有时请安全管理员先授予角色。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["lead"]
        field.queryset = queries.possible_leads()
        self.initial.setdefault("lead", self.obj.lead_id)


class AgreeForm(StepForm):
    """The agreement of province, host unit and talent."""

    action = staticmethod(actions.agree)

    number = forms.CharField(label=_("协议编号"), max_length=60)
    award = forms.DecimalField(
        label=_("资助金额（元）"), min_value=Decimal("0.01"), max_digits=12, decimal_places=2
    )
    signed_on = forms.DateField(label=_("签订日期"))
    signed_by_province = forms.CharField(label=_("省级签署人"), max_length=60)
    signed_by_host = forms.CharField(label=_("依托单位签署人"), max_length=60)
    signed_by_talent = forms.CharField(label=_("领军人才签署"), max_length=60)
    site = forms.CharField(label=_("场所"), max_length=200, help_text=_("地址和面积。"))
    goals = forms.CharField(label=_("三年目标"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = self.obj.recognition.round.rulebook
        drawn_up = drafted(self.obj)
        self.initial = {
            "award": rules.award,
            "signed_by_talent": self.obj.recognition.name_key,
            "signed_on": clock.today(),
            "goals": "\n".join(f"{goal.by_year}年前：{goal.text}" for goal in self.obj.goal_rows.all()),
            **(_as_drawn_up(drawn_up) if drawn_up else {}),
            **self.initial,
        }
        self.fields["award"].help_text = gettext(
            "按本轮规则书分%(count)s期：%(shares)s。各期之和等于资助金额。"
        ) % {
            "count": len(rules.instalment_shares),
            "shares": listed(f"{share}%" for share in rules.instalment_shares),
        }

    def clean_signed_on(self) -> date:
        day: date = self.cleaned_data["signed_on"]
        if day > clock.today():
            raise forms.ValidationError(_("签订日期不能晚于今天。"), code="future")
        return day


def _as_drawn_up(version: AgreementVersion) -> dict[str, Any]:
    """What the version says that is being signed."""
    signed = {row.party: row for row in version.signatures.all()}
    days = [row.signed_on for row in signed.values()]
    return {
        "number": version.agreement_number,
        "award": version.award,
        "site": version.site,
        **({"signed_on": max(days)} if days else {}),
        **{f"signed_by_{party}": row.name for party, row in signed.items()},
    }


class ChangeHostForm(ReasonForm):
    """Which unit is host from now on."""

    action = staticmethod(actions.change_host)

    host = OrganisationField(label=_("新的依托单位"), max_length=120, help_text=_("机构全称或者代码。"))


FORMS: dict[str, type[StepForm]] = {
    "name_lead": NameLeadForm,
    "change_host": ChangeHostForm,
    "agree": AgreeForm,
    "activate": plain(actions.activate),
    "require_rectification": with_reason(actions.require_rectification),
    "accept_rectification": with_reason(actions.accept_rectification),
    "suspend": with_reason(actions.suspend),
    "resume": with_reason(actions.resume),
    "conclude": plain(actions.conclude),
    "terminate": with_reason(actions.terminate),
    "order_recovery": OrderForm,
}

LATE = "late"
_ANY = [("", _("全部"))]
_LIGHTS = [
    (LATE, _("有逾期报告")),
    ("yellow", _("黄灯")),
    ("orange", _("橙灯")),
    ("red", _("红灯")),
]
WANTING = [
    ("lead", _("未指定账号")),
    ("plan", _("计划未批准")),
    ("record", _("可登记协议")),
    ("agreement", _("未签协议")),
]


class StudioFilter(forms.Form):
    """What narrows the list of studios."""

    q = forms.CharField(label=_("名称或依托单位"), required=False, max_length=60)
    state = forms.ChoiceField(label=_("状态"), required=False, choices=[*_ANY, *Studio.State.choices])
    city = forms.ModelChoiceField(
        label=_("设区市"), required=False, queryset=Organisation.objects.none(), empty_label=_("全部")
    )
    light = forms.ChoiceField(label=_("报告灯号"), required=False, choices=[*_ANY, *_LIGHTS])
    wanting = forms.ChoiceField(label=_("尚缺"), required=False, choices=[*_ANY, *WANTING])

    def __init__(self, data: Any, *, cities: Any) -> None:
        super().__init__(data)
        field: Any = self.fields["city"]
        field.queryset = cities

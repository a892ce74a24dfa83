"""Forms of the pool: for the office, and for the experts themselves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.forms.account import OrganisationField
from accounts.models import Organisation, User
from selection.actions.expert import NewUnit
from selection.forms.dossier import phone_format
from selection.models import Expert, ExpertLink, ExpertUnit, Nomination, Round
from selection.queries.dossier import masked_phone
from selection.queries.expert import cities
from selection.rules.eligibility import valid_id_number
from workflow import clock
from workflow.rules.identifiers import valid_credit_code

_PICK = ("", _("请选择"))


def _text(label: Any, longest: int, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=longest, required=False, **more)


def _reason() -> forms.CharField:
    return forms.CharField(
        label=_("理由"), min_length=10, max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("不少于10个字，将写入存证。"),
    )  # fmt: skip


class NumberField(forms.CharField):
    """An identity number: eighteen characters with the right check digit. It is never shown again."""

    def __init__(self, **given: Any) -> None:
        attrs = {"autocomplete": "off", "inputmode": "text", "maxlength": "18"}
        super().__init__(**{"max_length": 18, "widget": forms.TextInput(attrs=attrs), **given})

    def clean(self, value: Any) -> str:
        number = str(super().clean(value) or "").strip().upper()
        if number and not valid_id_number(number):
            raise forms.ValidationError(gettext("身份证号有误，请核对18位号码"), code="id_number")
        return number


class UnitMixin(forms.Form):
    """A unit by name or code; one that no record has, with its credit code."""

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        code = str(found.pop("unit_code", "") or "").strip().upper()
        text = str(self.data.get(self.add_prefix("unit"), "")).strip()
        if code and "unit" in self.errors and text:
            self._new_unit(text, code)
        return self.cleaned_data

    def _new_unit(self, name: str, code: str) -> None:
        known = Organisation.objects.filter(code=code).first()
        if known is None and not valid_credit_code(code):
            self.add_error("unit_code", _("统一社会信用代码有误，请核对18位代码"))
            return
        del self.errors["unit"]
        self.cleaned_data["unit"] = known or NewUnit(name, code)


def _unit_fields() -> tuple[forms.Field, forms.Field]:
    return (
        OrganisationField(label=_("单位"), max_length=120, help_text=_("机构全称或代码")),
        _text(
            _("新单位的统一社会信用代码"), 18,
            help_text=_("系统中没有这个单位的，填18位代码，随同登记；已有的不填。"),
        ),
    )  # fmt: skip


class ExpertForm(UnitMixin):
    """A person who is taken into the pool, or whose facts are corrected."""

    name = forms.CharField(label=_("姓名"), max_length=40)
    id_number = NumberField(
        label=_("身份证号"), help_text=_("用于识别本人和判断回避，加密保存，各处均不显示全号。")
    )
    unit, unit_code = _unit_fields()
    unit_since = forms.DateField(
        label=_("到本单位任职的日期"), required=False, help_text=_("不填的，按今天。")
    )
    title = _text(_("职务职称"), 60)
    category = forms.ChoiceField(label=_("类别"), choices=[_PICK, *Expert.Category.choices])
    field = forms.ChoiceField(label=_("领域"), choices=[_PICK, *Nomination.Field.choices])
    certificate_level = forms.ChoiceField(
        label=_("证书级别"), choices=[("", _("无")), *Nomination.Level.choices], required=False
    )
    city = forms.ModelChoiceField(
        label=_("设区市"),
        queryset=cities(),
        required=False,
        to_field_name="code",
        empty_label=_("省直或省外"),
    )
    phone = _text(_("手机号码"), 11, help_text=_("加密保存，各处均隐去中间四位。"))
    enabled_from = forms.DateField(label=_("入库日期"), required=False)
    enabled_until = forms.DateField(
        label=_("聘期届满"), required=False, help_text=_("当日仍在聘期内；不填为长期。")
    )

    def __init__(self, data: Any = None, *, expert: Expert | None = None) -> None:
        initial = facts_of(expert) if expert else {}
        super().__init__(data, initial=initial)
        self.expert = expert
        city: Any = self.fields["city"]
        city.label_from_instance = lambda row: row.area
        if expert:
            for name in ("unit", "unit_code", "unit_since"):
                del self.fields[name]
            self.fields["id_number"].required = not expert.id_hash
            if expert.id_hash:
                self.fields["id_number"].help_text = _("已登记；需要更正的填写新号码，原号码仍识别为同一人。")

    def clean_phone(self) -> str:
        return kept_phone(self, self.expert)

    def clean(self) -> dict[str, Any]:
        super().clean()
        since, until = self.cleaned_data.get("enabled_from"), self.cleaned_data.get("enabled_until")
        if since and until and until < since:
            self.add_error("enabled_until", _("聘期届满不得早于入库日期"))
        return self.cleaned_data


def facts_of(expert: Expert) -> dict[str, Any]:
    """What a form begins with; the phone only as far as it is shown."""
    names = ("name", "title", "category", "field", "certificate_level", "enabled_from", "enabled_until")
    found: dict[str, Any] = {name: getattr(expert, name) for name in names}
    city = expert.city.code if expert.city else None
    return {**found, "city": city, "phone": masked_phone(expert.phone) if expert.phone else ""}


def kept_phone(form: forms.Form, expert: Expert | None) -> str:
    """A new number, or the one that stands behind the masked one."""
    number = str(form.cleaned_data["phone"] or "").strip()
    if expert is not None and number == form.initial.get("phone"):
        return str(expert.phone)
    if number:
        phone_format(number)
    return number


class OwnFactsForm(forms.Form):
    """What experts keep themselves."""

    phone = _text(_("手机号码"), 11, help_text=_("只供专班联系，各处均隐去中间四位。"))
    title = _text(_("职务职称"), 60)
    field = forms.ChoiceField(label=_("领域"), choices=Nomination.Field.choices)

    def __init__(self, data: Any = None, *, expert: Expert) -> None:
        super().__init__(data, initial={name: facts_of(expert)[name] for name in ("phone", "title", "field")})
        self.expert = expert

    def clean_phone(self) -> str:
        return kept_phone(self, self.expert)


class StandingForm(forms.Form):
    """Why an expert is enabled or disabled."""

    reason = _reason()


# What conflicts follow from ------------------------------------------------------------------------------------------


class PeriodForm(forms.Form):
    """From a day to a day."""

    SINCE, UNTIL = "since", "until"

    def clean(self) -> dict[str, Any]:
        super().clean()
        since, until = self.cleaned_data.get(self.SINCE), self.cleaned_data.get(self.UNTIL)
        if since and until and until < since:
            self.add_error(self.UNTIL, _("结束日期不能早于开始日期"))
        return self.cleaned_data


class UnitForm(PeriodForm, UnitMixin):
    """A unit to which the expert belongs or belonged."""

    SINCE, UNTIL = "starts_on", "ends_on"
    unit, unit_code = _unit_fields()
    capacity = forms.ChoiceField(label=_("关系"), choices=ExpertUnit.Capacity.choices)
    post = _text(_("职务"), 60)
    starts_on = forms.DateField(label=_("自"))
    ends_on = forms.DateField(label=_("至"), required=False, help_text=_("仍在该单位的不填。"))
    primary = forms.BooleanField(label=_("作为现在的主要单位"), required=False)


class LinkForm(PeriodForm):
    """A person close to the expert."""

    kind = forms.ChoiceField(label=_("对方是本人的"), choices=[_PICK, *ExpertLink.Kind.choices])
    person_name = forms.CharField(label=_("对方姓名"), max_length=40)
    id_number = NumberField(
        label=_("对方身份证号"), required=False,
        help_text=_("据此准确识别，只保存不可还原的摘要。不知道的可以不填，仅按姓名提示。"),
    )  # fmt: skip
    unit = OrganisationField(
        label=_("对方单位"), max_length=120, required=False, help_text=_("机构全称或代码")
    )
    since = forms.DateField(label=_("自"), required=False)
    until = forms.DateField(
        label=_("至"), required=False, help_text=_("论文、课题填完成日期；仍在继续的不填。")
    )
    note = _text(_("说明"), 200, help_text=_("例如：课题名称、论文题目、亲属称谓。"))


class AbsenceForm(PeriodForm):
    """Days on which the expert cannot come."""

    SINCE, UNTIL = "starts_on", "ends_on"
    starts_on = forms.DateField(label=_("自"))
    ends_on = forms.DateField(label=_("至"))
    reason = _text(_("事由"), 120)


class EndForm(forms.Form):
    """The last day of what is ended; the row stays."""

    on = forms.DateField(label=_("结束日期"), help_text=_("该项保留在记录中，只注明结束日期。"))
    reason = _text(_("说明"), 200)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **{"initial": {"on": clock.today()}, **given})


class RemoveForm(forms.Form):
    """Nothing needs to be said."""


# The office ----------------------------------------------------------------------------------------------------------


class DutyForm(forms.Form):
    """A past duty."""

    round = forms.ModelChoiceField(
        label=_("本系统的批次"), queryset=Round.objects.all(), required=False, to_field_name="code"
    )
    round_name = _text(_("其他评审项目"), 120, help_text=_("不是本系统的批次时填写。"))
    year = forms.IntegerField(label=_("年度"), min_value=2000, max_value=2100)
    sheets = forms.IntegerField(label=_("评审份数"), min_value=0, max_value=10_000, initial=0)
    late = forms.IntegerField(label=_("逾期份数"), min_value=0, max_value=10_000, initial=0)
    remark = _text(_("评语"), 300, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **{"initial": {"year": clock.today().year}, **given})
        rounds: Any = self.fields["round"]
        rounds.label_from_instance = lambda row: row.shown_title

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if not found.get("round") and not found.get("round_name"):
            self.add_error("round_name", _("请选择批次，或填写评审项目"))
        return self.cleaned_data


class AliasForm(forms.Form):
    """Another number of the same person."""

    id_number = forms.CharField(
        label=_("证件号码"),
        min_length=6,
        max_length=30,
        help_text=_("护照、港澳台证件或曾用号码；只保存不可还原的摘要。"),
    )
    note = _text(_("说明"), 120, help_text=_("例如：港澳居民居住证"))


class InviteForm(forms.Form):
    """The account by which the expert comes in: a new one, or the one the person has."""

    username = forms.CharField(
        label=_("账号"), max_length=60,
        validators=[RegexValidator(r"^[A-Za-z0-9._-]+$", _("账号只用字母、数字和 . _ -"))],
        help_text=_("已有账号的，填写该账号，不填邮箱。"), widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    email = forms.EmailField(label=_("邮箱"), required=False, help_text=_("新账号的密码设置链接发到这里"))

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        user = User.objects.filter(username__iexact=found.get("username", "")).first()
        found["user"] = user
        if user is None and not found.get("email") and "email" not in self.errors:
            self.add_error("email", _("没有这个账号；开通新账号请填写邮箱"))
        return found

"""Forms of a dossier: its first page, its sections, and the steps of the offices."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.forms.models import fields_for_model
from django.utils.html import escape, format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from selection.actions import nomination as actions
from selection.forms.draft import DraftForm
from selection.models import Nomination
from selection.models.nomination_guards import DECLARATIONS
from selection.queries.dossier import (
    CORRECTABLE,
    NEEDED,
    Section,
    label_of,
    masked_phone,
    section_of,
    shown,
)
from selection.queries.nomination import ways_of
from selection.queries.round import open_rounds
from selection.rules.eligibility import valid_id_number
from workflow import calendar, clock
from workflow.forms import StepForm, plain, with_reason

OLDEST = 1930
phone_format = RegexValidator(r"^1\d{10}$", _("手机号码应为11位数字"))
ROWS = {"achievements": 14, "studio_plan": 14, "unit_opinion": 4, "summary": 4}
HINTS = {
    "born_on": _("由身份证号带出，须与身份证一致。"),
    "title": _("在工作单位的职务，公示时与单位名称一并列出。"),
    "other_affiliation": _("兼任其他单位职务的，写明单位全称和职务。"),
    "phone": _("只用于联系，不对外公开，各处均隐去中间四位。"),
    "certified_on": _("证书上的批准日期，不是登记日期。"),
    "practice_since": _("直接从事社会工作的起始日期。"),
    "achievements": _("不超过2000字。专家据此评分，请写明时间、做法、成效和受益人数。"),
    "summary": _("不超过200字。公示时可能对外公开，不得写入他人隐私。"),
    "studio_plan": _("目标、团队、场地、合作站点、三年任务和预算，不超过2000字。"),
    "unit_notice_from": _("张贴当日不计入公示期。"),
    "unit_notice_place": _("张贴的地点，或内部网站的栏目。"),
    "unit_notice_proof": _("留存的照片或文件名称，或本申报所附附件的名称。"),
    "unit_notice_conclusion": _("有异议的，写明核实情况和处理结论；没有异议的不填。"),
}
DECLARED = {
    "truth_declared_at": _("本人及单位承诺：申报材料真实、完整，如有虚假，愿承担相应责任。"),
    "conflict_declared_at": _(
        "已如实说明与评审专家、推荐单位工作人员的亲属、师生、任职等利害关系；没有的，视为声明没有。"
    ),
    "privacy_read_at": _("已阅读隐私告知，知晓身份证号、手机等个人信息的用途、保存期限和查阅、更正的方式。"),
    "publication_consent_at": _("本人单独同意：公示和公布时公开姓名、工作单位、职务和公示简介。"),
}


class NewNominationForm(forms.Form):
    """Who, in which round, by which route."""

    round = forms.ModelChoiceField(queryset=open_rounds(), label=_("选拔批次"), empty_label=None)
    name = forms.CharField(label=_("姓名"), max_length=40, help_text=_("与身份证一致。"))
    id_number = forms.CharField(
        label=_("身份证号"),
        max_length=18,
        min_length=18,
        help_text=_("加密保存，只用于核对身份和防止重复申报，保存后各处均隐去中间各位。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    route = forms.ChoiceField(label=_("推荐渠道"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, unit: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ways = ways_of(unit)
        route: Any = self.fields["route"]
        route.choices = [(value, _way_in_words(value, way, unit)) for value, way in self.ways.items()]
        route.initial = next(iter(self.ways), None)
        rounds: Any = self.fields["round"]
        rounds.queryset = open_rounds()
        rounds.label_from_instance = lambda row: row.shown_title

    def clean_id_number(self) -> str:
        number = str(self.cleaned_data["id_number"]).strip().upper()
        if not valid_id_number(number):
            raise forms.ValidationError(_("身份证号有误，请核对18位号码。"))
        return number


def _way_in_words(value: str, way: Any, unit: Any) -> str:
    offices = " → ".join(office.name for office in (unit, way.county, way.nominator) if office is not None)
    return f"{Nomination.Route(value).label}：{offices}"


# Sections ------------------------------------------------------------------------------------------------------------


class DossierForm(DraftForm):
    """Fields of the dossier; those that the submission needs are marked."""

    def __init__(
        self, data: Any = None, *, nomination: Nomination, names: tuple[str, ...], **kwargs: Any
    ) -> None:
        self.nomination = nomination
        initial = {name: getattr(nomination, name) for name in names}
        if "phone" in names:
            initial["phone"] = masked_phone(nomination.phone) if nomination.phone else ""
        super().__init__(data, initial=initial, **kwargs)
        self.fields.update(_dossier_fields(names))
        if nomination.state == Nomination.State.RETURNED:
            self._show_reasons({row["field"]: row["reason"] for row in nomination.requests})

    def _show_reasons(self, reasons: Mapping[str, str]) -> None:
        for name in reasons.keys() & self.fields.keys():
            field = self.fields[name]
            field.help_text = format_html(
                '<b class="t-bad">{}</b><br>{}',
                gettext("退回意见：%(reason)s") % {"reason": reasons[name]},
                field.help_text,
            )

    def clean_phone(self) -> str:
        number = str(self.cleaned_data["phone"] or "").strip()
        if number == self.initial.get("phone"):
            return str(self.nomination.phone)
        if number:
            phone_format(number)
        return number

    def clean_born_on(self) -> date | None:
        born: date | None = self.cleaned_data["born_on"]
        number = self.nomination.nominee.id_number
        if born and f"{born:%Y%m%d}" != number[6:14]:
            raise forms.ValidationError(_("出生日期与身份证号不一致"))
        return born

    def clean(self) -> dict[str, Any]:
        super().clean()
        for name, value in list(self.cleaned_data.items()):
            if isinstance(value, date):
                self._check_day(name, value)
        start, end = (self.cleaned_data.get(f"unit_notice_{side}") for side in ("from", "until"))
        if start and end and end < start:
            self.add_error("unit_notice_until", _("单位公示结束不得早于开始"))
        return self.cleaned_data

    def _check_day(self, name: str, day: date) -> None:
        if name.startswith("unit_notice"):
            if day.year not in calendar.loaded_years():
                self.add_error(name, _("%(year)s年工作日历未导入，无法计算期限") % {"year": day.year})
        elif day > clock.today():
            self.add_error(name, _("%(label)s不得晚于今天") % {"label": label_of(name)})
        elif day.year < OLDEST:
            self.add_error(name, _("%(label)s有误，请核对年份") % {"label": label_of(name)})


def _dossier_fields(names: tuple[str, ...]) -> dict[str, forms.Field]:
    fields = fields_for_model(Nomination, fields=names)
    for name, field in fields.items():
        field.required = name in NEEDED
        field.help_text = HINTS.get(name, "")
        if name in ROWS:
            field.widget = forms.Textarea(attrs={"rows": ROWS[name]})
    if "phone" in fields:
        fields["phone"] = forms.CharField(
            label=label_of("phone"),
            max_length=20,
            help_text=HINTS["phone"],
            widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
        )
    return {name: fields[name] for name in names}


class DeclarationForm(DraftForm):
    """The four declarations, each on its own."""

    def __init__(self, data: Any = None, *, nomination: Nomination) -> None:
        super().__init__(data, initial={name: bool(getattr(nomination, name)) for name in DECLARATIONS})
        for name in DECLARATIONS:
            signed = getattr(nomination, name)
            self.fields[name] = forms.BooleanField(
                label=DECLARED[name], help_text=shown(nomination, name) if signed else ""
            )

    @property
    def declared(self) -> list[str]:
        """The names of those that were ticked."""
        return [name for name in DECLARATIONS if self.cleaned_data[name]]


def of_section(section: Section, nomination: Nomination, data: Any = None) -> DossierForm | DeclarationForm:
    """The form of one section, filled with what is there."""
    if section.fields == DECLARATIONS:
        return DeclarationForm(data, nomination=nomination)
    return DossierForm(data, nomination=nomination, names=section.fields)


# Steps ---------------------------------------------------------------------------------------------------------------


class ReturnForm(StepForm):
    """One reason a field; a field without a reason is not returned."""

    action = staticmethod(actions.return_for_completion)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in CORRECTABLE:
            self.fields[f"reason_{name}"] = forms.CharField(
                label=f"{section_of(name).title}：{label_of(name)}",
                max_length=200,
                required=False,
                help_text=escape(gettext("现填：%(value)s") % {"value": _short(shown(self.obj, name))}),
            )

    def clean(self) -> dict[str, Any]:
        super().clean()
        if not self.requests:
            raise forms.ValidationError(_("请至少在一个栏目写明需要补充的内容。"))
        return self.cleaned_data

    @property
    def requests(self) -> list[dict[str, str]]:
        """The fields to complete with the reasons typed."""
        typed = {name: str(self.cleaned_data.get(f"reason_{name}") or "").strip() for name in CORRECTABLE}
        return [{"field": name, "reason": reason} for name, reason in typed.items() if reason]

    def take(self) -> Any:
        return actions.return_for_completion(self.obj, by=self.actor, requests=self.requests)


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}…"


class CorrectionForm(DossierForm, StepForm):
    """The fields asked for, and no other."""

    action = staticmethod(actions.correct)
    gaps_allowed = False

    def __init__(
        self, data: Any = None, files: Any = None, *, obj: Nomination, actor: Any, **kwargs: Any
    ) -> None:
        kwargs.pop("prefix", None)
        names = tuple(dict.fromkeys(row["field"] for row in obj.requests if row["field"] in CORRECTABLE))
        super().__init__(data, nomination=obj, names=names, obj=obj, actor=actor)

    def take(self) -> Any:
        values: Mapping[str, Any] = self.cleaned_data
        return actions.correct(self.obj, by=self.actor, values=values)


FORMS: dict[str, type[StepForm]] = {
    "submit": plain(actions.submit),
    "return_for_completion": ReturnForm,
    "decline": with_reason(actions.decline),
    "correct": CorrectionForm,
    "withdraw": with_reason(actions.withdraw),
    "revoke": with_reason(actions.revoke),
}

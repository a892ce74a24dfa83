"""The sections of a dossier as forms, and its correction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.forms.models import fields_for_model
from django.forms.utils import ErrorDict
from django.utils.html import format_html
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from selection.actions import nomination as actions
from selection.forms.dossier_rows import OLDEST, add_rows, check_rows, rows_of, shown_parts
from selection.forms.draft import DraftForm
from selection.models import Nomination
from selection.models.nomination import ROW_PARTS
from selection.models.nomination_guards import DECLARATIONS
from selection.queries.dossier import CORRECTABLE, NEEDED, Section, label_of, masked_phone, shown
from selection.rules.declarations import text_of
from workflow import calendar, clock
from workflow.forms import StepForm

phone_format = RegexValidator(r"^1\d{10}$", _("手机号码应为11位数字"))
ROWS = {
    "achievements": 14,
    "studio_plan": 10,
    "studio_team": 4,
    "studio_partners": 4,
    "unit_opinion": 4,
    "summary": 4,
}
AHEAD = ("registered_until",)  # a day that may lie ahead
HINTS = {
    "born_on": _("由身份证号带出，须与身份证一致。"),
    "phone": _("只用于联系，不对外公开，各处均隐去中间四位。"),
    "email": _("只用于联系，不对外公开。"),
    "ethnicity": _("例如：汉族。"),
    "setting": _("主要任职或兼任单位的性质。"),
    "certified_on": _("证书上的批准日期，不是登记日期。"),
    "registered_until": _("登记有效期三年，期满前三个月内申请延续。"),
    "achievements": _("不超过2000字。专家据此评分，请写明时间、做法、成效和受益人数。"),
    "summary": _("不超过200字。公示时可能对外公开，不得写入他人隐私。"),
    "studio_plan": _("建设目标和三年任务，不超过2000字。"),
    "studio_team": _("成员、分工和资质。"),
    "studio_site": _("地点、面积和使用依据。"),
    "studio_partners": _("合作的站点、机构和方式。"),
    "unit_notice_from": _("张贴当日不计入公示期。"),
    "unit_notice_place": _("张贴的地点，或内部网站的栏目。"),
    "unit_notice_proof": _("留存的照片或文件名称，或本申报所附附件的名称。"),
    "unit_notice_conclusion": _("有异议的，写明核实情况和处理结论；没有异议的不填。"),
}


class DossierForm(DraftForm):
    """Fields of the dossier and the lines of its parts; what the submission needs is marked."""

    def __init__(
        self, data: Any = None, *, nomination: Nomination, names: tuple[str, ...], **kwargs: Any
    ) -> None:
        self.nomination, self.names = nomination, names
        self.needed = NEEDED
        self.row_counts: dict[str, int] = {}
        plain = tuple(name for name in names if name not in ROW_PARTS)
        initial = {name: getattr(nomination, name) for name in plain}
        if "phone" in names:
            initial["phone"] = masked_phone(nomination.phone) if nomination.phone else ""
        super().__init__(data, initial=initial, **kwargs)
        self.fields.update(_dossier_fields(plain))
        for part in (name for name in names if name in ROW_PARTS):
            add_rows(self, part, nomination.answer(part))
        self.reasons: dict[str, str] = {}
        if nomination.state == Nomination.State.RETURNED:
            self._show_reasons({row["field"]: row["reason"] for row in nomination.requests})

    def _show_reasons(self, reasons: Mapping[str, str]) -> None:
        self.reasons = dict(reasons)
        for name in reasons.keys() & self.fields.keys():
            field = self.fields[name]
            field.help_text = format_html(
                '<b class="t-bad">{}</b><br>{}',
                gettext("退回意见：%(reason)s") % {"reason": reasons[name]},
                field.help_text,
            )

    def may_wait(self) -> list[Any]:
        """A line may have gaps even where the field may not: what lacks is said where the dossier is sent."""
        lines = [field for name, field in self.fields.items() if "-" in name and field.required]
        return [*super().may_wait(), *lines]

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
        for name in set(self.names) & self.cleaned_data.keys():
            if isinstance(self.cleaned_data[name], date):
                self._check_day(name, self.cleaned_data[name])
        start, end = (self.cleaned_data.get(f"unit_notice_{side}") for side in ("from", "until"))
        if start and end and end < start:
            self.add_error("unit_notice_until", _("单位公示结束不得早于开始"))
        for part in self.row_counts:
            check_rows(self, part)
        return self.cleaned_data

    def _check_day(self, name: str, day: date) -> None:
        if name.startswith("unit_notice"):
            if day.year not in calendar.loaded_years():
                self.add_error(name, _("%(year)s年工作日历未导入，无法计算期限") % {"year": day.year})
        elif day > clock.today() and name not in AHEAD:
            self.add_error(name, _("%(label)s不得晚于今天") % {"label": label_of(name)})
        elif day.year < OLDEST:
            self.add_error(name, _("%(label)s有误，请核对年份") % {"label": label_of(name)})

    def hush(self) -> None:
        """Show what was typed without judging it: a line was added, nothing was sent."""
        self._errors, self.cleaned_data = ErrorDict(), {}

    @property
    def plain_fields(self) -> list[Any]:
        """The fields that do not belong to a line."""
        return [self[name] for name in self.names if name in self.fields]

    @property
    def parts(self) -> list[dict[str, Any]]:
        """The parts that repeat, to be shown."""
        return shown_parts(self)

    @property
    def values(self) -> dict[str, Any]:
        """What was rightly filled in, field by field; a part with a fault in one of its lines is left out."""
        wrong = {name.partition("-")[0] for name in self.errors}
        found = {name: self.cleaned_data[name] for name in self.names if name in self.cleaned_data}
        return found | {part: rows_of(self, part) for part in self.row_counts if part not in wrong}

    @property
    def unsaved(self) -> list[str]:
        """The names of what could not be read."""
        wrong = {name.partition("-")[0] for name in self.errors}
        return [label_of(name) for name in self.names if name in wrong]


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
                label=text_of(name, get_language() or ""), help_text=shown(nomination, name) if signed else ""
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
        return actions.correct(self.obj, by=self.actor, values=self.values)

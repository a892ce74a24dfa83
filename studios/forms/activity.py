"""The record of an activity on one screen, what else it may hold folded away; its steps; the office's forms."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from selection.forms.attachment import SeveralFiles
from selection.rules.privacy import exposures
from studios.actions import activity as actions
from studios.models import Activity, SampledActivity, ServiceGroup, Studio
from studios.queries.plan import stations_of
from studios.rules import activity as rules
from workflow import clock
from workflow.forms import StepForm, plain, with_reason

FIRST = (
    "kind", "title", "held_on", "starts_at", "ends_at", "place", "station_name", "attendances", "photos", "faces_masked",
)  # fmt: skip
CASE = ("case_opened_on", "case_closed_on", "case_contacts", "case_goal_reached")
ACCEPT = "image/jpeg,image/png"
FAULTS = {
    "people_over_times": ("people", _("人数不能多于人次。")),
    "first_and_returning": ("first_time", _("首次与再次参加之和须等于人数。")),
    "ages": ("age_under_14", _("各年龄段之和须等于人数。")),
}


class PhotosField(forms.FileField):
    """Any number of pictures; what each of them is, is found out when it is kept."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> Any:
        given = list(data) if isinstance(data, list | tuple) else [data] if data else []
        return [file for file in given if file]


def _names(text: str) -> list[str]:
    return list(dict.fromkeys(part for part in re.split(r"[、，,;；\s]+", text) if part))


class ActivityForm(forms.ModelForm):  # type: ignore[type-arg]
    """Nine fields and a tick; the rest is folded away. What is typed stays in the browser until it is taken."""

    photos = PhotosField(
        label=_("照片"), required=False, help_text=_("提交时至少一张，最多9张，JPG或PNG；位置等拍摄信息自动去除。"),
        widget=SeveralFiles(attrs={"accept": ACCEPT}),
    )  # fmt: skip
    leads = forms.CharField(
        label=_("带队社工"), max_length=200, required=False, help_text=_("多人用顿号隔开。")
    )
    mentees = forms.CharField(
        label=_("带教学员"), max_length=400, required=False, help_text=_("督导时填写，多人用顿号隔开。")
    )
    volunteer_list = forms.CharField(
        label=_("志愿者时长登记"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("每行一人：姓名、空格、小时，如“王芳 2.5”。"),
    )  # fmt: skip
    volunteers_agree = forms.BooleanField(
        label=_("所列志愿者本人提供姓名，并同意用于出具时长证明"), required=False
    )

    class Meta:
        model = Activity
        fields = (
            "kind", "title", "held_on", "starts_at", "ends_at", "place", "station_name", "attendances", "faces_masked",
            "field", "people", "first_time", "returning", *Activity.AGES, "venue_capacity", "station_contact",
            "station_phone", "agency", "group", "session_number", "case_code", "volunteers", "volunteer_hours",
            "summary", "outcome", "satisfaction_count", "satisfied_count", "incident", "station", *CASE,
        )  # fmt: skip
        widgets = {
            "held_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "starts_at": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "ends_at": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "summary": forms.Textarea(attrs={"rows": 3}),
            "outcome": forms.Textarea(attrs={"rows": 2}),
            "station_phone": forms.TextInput(attrs={"inputmode": "tel"}),
            "case_opened_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "case_closed_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(self, *args: Any, studio: Studio, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.studio = studio
        self.fields["group"].queryset = studio.groups.all()  # type: ignore[attr-defined]
        self.fields["volunteers"].required = self.fields["volunteer_hours"].required = False
        if self.instance.pk:
            self.initial.update(self._people_now())
        else:
            self.initial.setdefault("leads", studio.recognition.name_key)
        self._choose_station()
        self.order_fields(self._first)

    def _choose_station(self) -> None:
        """A partner station is chosen; another one is written below. A studio without partners only writes."""
        field: Any = self.fields["station"]
        field.queryset = stations_of(self.studio)
        self.partners = field.queryset.exists()
        if not self.partners:
            del self.fields["station"]
            return
        field.empty_label = now("其他站点（在“更多内容”中填写名称）")
        self.fields["station_name"].required = False
        self.fields["station_name"].help_text = now("不在合作站点之列的，填写名称。")

    @property
    def _first(self) -> tuple[str, ...]:
        return tuple("station" if name == "station_name" and self.partners else name for name in FIRST)

    def _people_now(self) -> dict[str, Any]:
        rows = list(self.instance.workers.all())
        volunteers = [f"{row.name} {row.hours.normalize():f}" for row in rows if row.part == "volunteer"]
        return {
            "leads": "、".join(row.name for row in rows if row.part == "lead"),
            "mentees": "、".join(row.name for row in rows if row.part == "mentee"),
            "volunteer_list": "\n".join(volunteers),
            "volunteers_agree": bool(volunteers),
        }

    @property
    def first(self) -> Iterator[forms.BoundField]:
        """What everybody fills in."""
        return (self[name] for name in self._first)

    @property
    def more(self) -> Iterator[forms.BoundField]:
        """What is folded away."""
        return (self[name] for name in self.fields if name not in self._first)

    @property
    def open_more(self) -> bool:
        """Whether something folded away needs a look."""
        return any(name in self.errors for name in self.fields if name not in self._first)

    def clean_volunteer_list(self) -> dict[str, Decimal]:
        """Each volunteer's hours by name."""
        found: dict[str, Decimal] = {}
        for line in self.cleaned_data["volunteer_list"].splitlines():
            if line.strip():
                name, hours = self._volunteer(line)
                found[name] = hours
        return found

    def _volunteer(self, line: str) -> tuple[str, Decimal]:
        name, _space, number = line.strip().replace("\u3000", " ").rpartition(" ")
        try:
            hours = Decimal(number)
        except InvalidOperation:
            hours = Decimal(0)
        if not name.strip() or not Decimal(0) < hours <= 24:
            raise forms.ValidationError(now("看不懂这一行：%(line)s") % {"line": line})
        return name.strip()[:40], round(hours, 2)

    def clean(self) -> dict[str, Any]:
        super().clean()
        given = self.cleaned_data
        self._check_time(given)
        self._check_counts(given)
        if given.get("volunteer_list") and not given.get("volunteers_agree"):
            self.add_error("volunteers_agree", now("登记志愿者姓名须经本人同意。"))
        if given.get("kind") == "case" and not given.get("case_code") and "case_code" not in self.errors:
            self.add_error("case_code", now("个案请填写代码，不写姓名。"))
        self._check_case(given)
        self._check_station(given)
        for name in actions.TEXTS:
            if exposures({name: str(given.get(name) or "")}):
                self.add_error(name, now("疑似含身份证号、手机号或银行卡号，请删去。"))
        return given

    def _check_time(self, given: dict[str, Any]) -> None:
        starts, ends, day = given.get("starts_at"), given.get("ends_at"), given.get("held_on")
        if starts and ends and ends <= starts:
            self.add_error("ends_at", now("结束须晚于开始。"))
        begun = self.studio.active_from
        if day and begun and day < begun:
            self.add_error("held_on", now("早于工作室开始运行的日期。"))
        if day and day > clock.today():
            self.add_error("held_on", now("活动尚未举行。"))

    def _check_station(self, given: dict[str, Any]) -> None:
        """The name is the partner's where one was chosen."""
        if station := given.get("station"):
            given["station_name"] = station.name
        elif self.partners and not given.get("station_name"):
            self.add_error("station", now("请选择合作站点，或填写站点名称。"))

    def _check_case(self, given: dict[str, Any]) -> None:
        opened, closed = given.get("case_opened_on"), given.get("case_closed_on")
        if given.get("kind") != Activity.Kind.CASE:
            given.update(dict.fromkeys(CASE))
            return
        if closed and (opened is None or closed < opened):
            self.add_error("case_closed_on", now("结案须填写开案日期，且不早于开案。"))
        if closed and given.get("case_goal_reached") is None:
            self.add_error("case_goal_reached", now("结案请说明目标是否达成。"))

    def _check_counts(self, given: dict[str, Any]) -> None:
        if given.get("attendances") is None:
            return
        ages = [given.get(name) for name in Activity.AGES]
        for fault in rules.count_faults(
            given["attendances"], given.get("people"), given.get("first_time"), given.get("returning"), ages
        ):
            name, words = FAULTS[fault]
            self.add_error(name, str(words))
        if (given.get("satisfied_count") or 0) > (given.get("satisfaction_count") or 0):
            self.add_error("satisfied_count", now("满意份数不能多于调查份数。"))

    def validate_constraints(self) -> None:
        """The table's own conditions are asked in `clean`, in words."""

    @property
    def values(self) -> dict[str, Any]:
        """The record's own fields."""
        given = {name: self.cleaned_data.get(name) for name in self.Meta.fields}
        named = self.cleaned_data["volunteer_list"]
        given["volunteers"] = given["volunteers"] or len(named)
        given["volunteer_hours"] = given["volunteer_hours"] or round(sum(named.values(), Decimal(0)), 1)
        return given

    @property
    def people(self) -> actions.People:
        """Who worked there."""
        given = self.cleaned_data
        return actions.People(_names(given["leads"]), _names(given["mentees"]), given["volunteer_list"])

    @property
    def pictures(self) -> list[bytes]:
        """The photos' content."""
        return [file.read() for file in self.cleaned_data["photos"]]


FORMS: dict[str, type[StepForm]] = {
    "submit": plain(actions.submit),
    "take_back": plain(actions.take_back),
    "verify": with_reason(actions.verify),
    "question": with_reason(actions.question),
}


class GroupForm(forms.ModelForm):  # type: ignore[type-arg]
    """A group's plan."""

    class Meta:
        model = ServiceGroup
        fields = ("name", "goals", "members_planned", "sessions_planned")
        widgets = {"goals": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, studio: Studio, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.studio = studio

    def clean_name(self) -> str:
        """A name of its own."""
        name: str = self.cleaned_data["name"]
        if ServiceGroup.objects.filter(studio=self.instance.studio, name=name).exists():
            raise forms.ValidationError(now("已有同名小组。"))
        return name

    def clean(self) -> dict[str, Any]:
        super().clean()
        for name in ("members_planned", "sessions_planned"):
            if self.cleaned_data.get(name) == 0:
                self.add_error(name, now("至少为1。"))
        return self.cleaned_data


class CloseGroupForm(forms.Form):
    """How a group ended."""

    goals_reached = forms.TypedChoiceField(
        label=_("目标是否达成"), choices=[("yes", _("达成")), ("no", _("未达成"))], coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )  # fmt: skip
    closing = forms.CharField(
        label=_("结案评估"), min_length=10, max_length=2000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("目标达成情况、组员变化、后续安排；不写组员姓名。"),
    )  # fmt: skip


class DisputeForm(forms.Form):
    """What the station says instead."""

    reason = forms.CharField(
        label=_("情况说明"), min_length=5, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class SampleForm(forms.Form):
    """Which quarter, by which seed."""

    quarter = forms.RegexField(r"^20\d\dQ[1-4]$", label=_("季度"), help_text=_("如2026Q3。"))
    seed = forms.CharField(
        label=_("种子"),
        min_length=6,
        max_length=200,
        help_text=_("事先公开的数值，如约定日期的开奖号码；写入存证，任何人可以复算。"),
    )


class CallForm(forms.Form):
    """What the station said."""

    result = forms.ChoiceField(label=_("回访结果"), choices=SampledActivity.Result.choices)
    note = forms.CharField(
        label=_("回访记录"), min_length=5, max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("接电话的人、所说的情况；列为存疑的写明理由。"),
    )  # fmt: skip


class ActivityFilter(forms.Form):
    """What narrows the list."""

    kind = forms.ChoiceField(
        label=_("类型"), required=False, choices=[("", _("全部")), *Activity.Kind.choices]
    )
    state = forms.ChoiceField(
        label=_("状态"), required=False, choices=[("", _("全部")), *Activity.State.choices]
    )

"""An official year as it is given in: a file or typed ranges, with the notice it comes from."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

MAX_BYTES = 200_000
MAX_SCAN = 10_000_000
SCANS = {"pdf": b"%PDF-", "png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff", "jpeg": b"\xff\xd8\xff"}
OFF_WORDS, WORK_WORDS = ("休", "放假", "off"), ("班", "上班", "调休", "work")
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")


def dates_in(text: str) -> list[str]:
    """The days named in a line, ISO. Raises ValueError for a day that does not exist."""
    return [date(int(y), int(m), int(d)).isoformat() for y, m, d in _DATE.findall(text)]


def ranges_in(text: str) -> list[list[str]]:
    """One range a line, of one or two days. Raises ValueError naming the line."""
    found = []
    for line in filter(str.strip, text.splitlines()):
        days = dates_in(line)
        if len(days) not in (1, 2):
            raise ValueError(line.strip())
        found.append([days[0], days[-1]])
    return found


def read_csv(text: str) -> dict[str, Any]:
    """A table of first day, last day, 休 or 班; the years are those it names. Raises ValueError naming the line."""
    off: list[list[str]] = []
    work: list[str] = []
    for cells in csv.reader(io.StringIO(text.lstrip("\ufeff"))):
        line, days = ",".join(cells).strip(), dates_in(" ".join(cells))
        if not line or not days:  # an empty line, a heading
            continue
        kind = cells[-1].strip().lower()
        if kind in WORK_WORDS:
            work += _each(days[0], days[-1])
        elif kind in OFF_WORDS and len(days) <= 2:
            off.append([days[0], days[-1]])
        else:
            raise ValueError(line)
    named = {int(day[:4]) for day in [*(d for r in off for d in r), *work]}
    if not named:
        raise ValueError(_("没有找到日期"))
    return {"years": sorted(named), "off_ranges": off, "makeup_workdays": work}


def _each(first: str, last: str) -> list[str]:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return [(start + timedelta(days=n)).isoformat() for n in range((end - start).days + 1)]


class CalendarForm(forms.Form):
    """A JSON or CSV file, or a year and its typed ranges; the notice with number and date."""

    file = forms.FileField(
        label=_("日历文件（JSON或CSV）"),
        required=False,
        help_text=_(
            "JSON：years、off_ranges、makeup_workdays、notice；CSV：每行“起,止,休”或“日期,班”。也可以不传文件，在下面逐行填写。"
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".json,.csv,application/json,text/csv"}),
    )
    year = forms.IntegerField(
        label=_("年度"),
        required=False,
        min_value=2000,
        max_value=2100,
        help_text=_("CSV含跨年日期的，填本次导入的年度。"),
    )
    off = forms.CharField(
        label=_("放假日期"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 7, "placeholder": "2027-02-05 至 2027-02-13"}),
        help_text=_("每行一段，写起止两天；只放一天的写一天。"),
    )
    makeup = forms.CharField(
        label=_("调休上班日期"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "2027-01-31"}),
        help_text=_("逐日填写，可以写在一行。"),
    )
    notice = forms.CharField(
        label=_("依据文件"),
        required=False,
        max_length=300,
        help_text=_("如：国务院办公厅关于2027年部分节假日安排的通知"),
    )
    number = forms.CharField(
        label=_("文号"), required=False, max_length=60, help_text=_("如：国办发明电〔2026〕9号")
    )
    issued_on = forms.DateField(
        label=_("印发日期"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def clean_file(self) -> dict[str, Any] | None:
        upload: UploadedFile[Any] | None = self.cleaned_data["file"]
        if upload is None:
            return None
        if (upload.size or 0) > MAX_BYTES:
            raise forms.ValidationError(_("文件应不超过200 KB"))
        try:
            text = upload.read().decode("utf-8-sig")
            found = read_csv(text) if (upload.name or "").lower().endswith(".csv") else json.loads(text)
        except ValueError as fault:
            raise forms.ValidationError(_("不能读取日历文件：%(fault)s") % {"fault": fault}) from fault
        if not isinstance(found, dict):
            raise forms.ValidationError(_("日历文件应为一个JSON对象"))
        return found

    def clean_off(self) -> list[list[str]]:
        try:
            return ranges_in(self.cleaned_data["off"])
        except ValueError as fault:
            raise forms.ValidationError(_("这一行不是一段日期：%(line)s") % {"line": fault}) from fault

    def clean_makeup(self) -> list[str]:
        try:
            return dates_in(self.cleaned_data["makeup"])
        except ValueError as fault:
            raise forms.ValidationError(_("日期有误：%(fault)s") % {"fault": fault}) from fault

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and cleaned.get("file") is None and not cleaned.get("year"):
            self.add_error("year", _("请上传日历文件，或者填写年度和放假日期"))
        if (
            not self.errors
            and not str(self.content.get("notice") or self.content.get("source") or "").strip()
        ):
            self.add_error("notice", _("日历没有写明依据文件（notice），请填写"))
        return cleaned

    @property
    def content(self) -> dict[str, Any]:
        """The years as they are to be loaded; what is typed about the notice goes before the file's."""
        given = self.cleaned_data
        typed = {"off_ranges": given["off"], "makeup_workdays": given["makeup"]}
        data = dict(given["file"]) if given["file"] is not None else typed
        if given["year"]:
            data["years"] = [given["year"]]
        said = {"notice": given["notice"], "number": given["number"]}
        data |= {name: text for name, text in said.items() if text}
        if given["issued_on"]:
            data["issued_on"] = given["issued_on"].isoformat()
        return data


class ConfirmForm(forms.Form):
    """What was previewed, to be loaded: with the scan, and whether open deadlines are to follow."""

    content = forms.JSONField(widget=forms.HiddenInput)
    scan = forms.FileField(
        label=_("通知扫描件（可不传）"),
        required=False,
        help_text=_("PDF、PNG或JPG，不超过10 MB。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )
    move = forms.BooleanField(label=_("同时按新版日历调整上列未到期的期限"), required=False)

    def clean_content(self) -> dict[str, Any]:
        found = self.cleaned_data["content"]
        if not isinstance(found, dict):
            raise forms.ValidationError(_("日历文件应为一个JSON对象"))
        return found

    def clean_scan(self) -> UploadedFile[Any] | None:
        upload: UploadedFile[Any] | None = self.cleaned_data["scan"]
        if upload is None:
            return None
        start = SCANS.get((upload.name or "").rpartition(".")[2].lower())
        head = upload.read(16)
        upload.seek(0)
        if start is None or not head.startswith(start):
            raise forms.ValidationError(_("扫描件应为PDF、PNG或JPG"))
        if (upload.size or 0) > MAX_SCAN:
            raise forms.ValidationError(_("扫描件应不超过10 MB"))
        return upload

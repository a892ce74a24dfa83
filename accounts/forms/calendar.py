"""The upload of an official year."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

MAX_BYTES = 200_000


class CalendarForm(forms.Form):
    """A JSON file with years, off days, make-up workdays and the notice they come from."""

    file = forms.FileField(
        label=_("日历文件"),
        help_text=_("JSON：years、off_ranges、makeup_workdays、notice（依据文件）"),
        widget=forms.ClearableFileInput(attrs={"accept": ".json,application/json"}),
    )

    def clean_file(self) -> dict[str, Any]:
        upload: UploadedFile[Any] = self.cleaned_data["file"]
        if (upload.size or 0) > MAX_BYTES:
            raise forms.ValidationError(_("文件应不超过200 KB"))
        try:
            found = json.loads(upload.read().decode("utf-8"))
        except ValueError as fault:
            raise forms.ValidationError(_("不能读取日历文件：%(fault)s") % {"fault": fault}) from fault
        if not isinstance(found, dict):
            raise forms.ValidationError(_("日历文件应为一个JSON对象"))
        return found

"""The file of own scores, and what was previewed of it on its way through the browser."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

HOUR = 3600
_SALT = "selection.own_sheets"


class ScoresFileForm(forms.Form):
    """An .xlsx or .csv with own scores."""

    file = forms.FileField(
        label=_("评分表格"),
        help_text=_("从本页下载、填好的.xlsx文件。空格不改动已保存的内容；已提交的不改动。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )


def sealed(user: Any, round_: Any, rows: list[dict[str, Any]]) -> str:
    """What was previewed, so that exactly this is saved."""
    return signing.dumps({"user": user.pk, "round": round_.pk, "rows": rows}, salt=_SALT, compress=True)


def unsealed(text: str, user: Any, round_: Any) -> list[dict[str, Any]] | None:
    """The same, if it is this person's, of this round and of the last hour."""
    try:
        found = signing.loads(text, salt=_SALT, max_age=HOUR)
    except signing.BadSignature:
        return None
    ours = found["user"] == user.pk and found["round"] == round_.pk
    rows: list[dict[str, Any]] = found["rows"]
    return rows if ours else None

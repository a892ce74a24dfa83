"""Asking for the record of a round."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from selection.actions.record import SHORTEST_REASON


class RecordForm(forms.Form):
    """Why the record leaves the system."""

    reason = forms.CharField(
        label=_("导出理由"),
        min_length=SHORTEST_REASON,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("不少于10个字，写入存证。例如：公布后按规定归档。"),
    )

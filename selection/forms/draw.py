"""Why a seat of the panel falls vacant."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from selection.models import Panelist


class DeclineForm(forms.Form):
    """An expert's own reason."""

    reason = forms.CharField(
        label=_("理由"),
        min_length=5,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("不少于5个字，记入抽取记录。"),
    )


class ReplaceForm(DeclineForm):
    """Why the office replaces somebody."""

    how = forms.ChoiceField(label=_("情形"), choices=Panelist.Leaving.choices, widget=forms.RadioSelect)
    field_order = ("how", "reason")

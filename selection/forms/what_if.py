"""What would be if the rules were others: weights, method, bounds."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from selection.queries.rulebook import LABELS, METHODS
from selection.rules.rulebook import Rulebook


class WhatIfForm(forms.Form):
    """The rules in force, to be changed for a look."""

    method = forms.ChoiceField(label=LABELS["method"], choices=METHODS)
    min_sheets_for_trim = forms.IntegerField(label=LABELS["min_sheets_for_trim"], min_value=3, max_value=99)
    pass_line = forms.DecimalField(
        label=LABELS["pass_line"], max_digits=5, decimal_places=2, min_value=0, max_value=100
    )
    ceiling = forms.IntegerField(label=LABELS["ceiling"], min_value=1, max_value=9999)

    def __init__(self, *args: Any, rules: Rulebook, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rules = rules
        for name in ("method", "min_sheets_for_trim", "pass_line", "ceiling"):
            self.fields[name].initial = getattr(rules, name)
        for criterion in rules.criteria:
            self.fields[f"weight_{criterion.code}"] = forms.DecimalField(
                label=_("%(code)s的权重") % {"code": criterion.code}, max_digits=5, decimal_places=2, min_value=0,
                initial=criterion.weight, help_text=criterion.name,
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Weights need not sum to 100 here, but to something."""
        given: dict[str, Any] = super().clean() or {}
        weights: list[Decimal] = [
            weight for c in self.rules.criteria if (weight := given.get(f"weight_{c.code}")) is not None
        ]
        if len(weights) == len(self.rules.criteria) and not sum(weights, Decimal(0)):
            self.add_error(None, _("权重不能全部为零。"))
        return given

    def changed(self) -> Rulebook:
        """The rules as they would be; nothing is stored."""
        given = self.cleaned_data
        criteria = tuple(replace(c, weight=given[f"weight_{c.code}"]) for c in self.rules.criteria)
        names = ("method", "min_sheets_for_trim", "pass_line", "ceiling")
        return replace(self.rules, criteria=criteria, **{name: given[name] for name in names})

"""The budget by heads, a movement between two of them, and what becomes of the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from studios.actions import budget as actions
from studios.actions.spending_words import said
from studios.forms.spending import head_choices
from studios.models import Studio
from studios.queries import budget as queries
from studios.rules import spending as rules
from workflow.forms import StepForm, plain, with_reason


class BudgetForm(forms.Form):
    """One amount a head; they sum to the award."""

    def __init__(self, *args: Any, studio: Studio, lines: Mapping[str, Decimal], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.studio = studio
        for head in studio.programme.heads:
            most = rules.cap_of(queries.award_of(studio), head)
            self.fields[head.code] = forms.DecimalField(
                label=queries.head_name(head), min_value=0, max_digits=12, decimal_places=2,
                initial=lines.get(head.code, rules.NOTHING), help_text=_("不超过%(most)s元") % {"most": f"{most:,.2f}"},
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors:
            award, heads = queries.award_of(self.studio), self.studio.programme.heads
            for fault in rules.budget_faults(given, award, heads):
                self.add_error(fault.where or None, said(fault))
        return given


class AdjustForm(forms.Form):
    """From where to where, how much, why."""

    source = forms.ChoiceField(label=_("调出科目"))
    target = forms.ChoiceField(label=_("调入科目"))
    amount = forms.DecimalField(
        label=_("金额（元）"), min_value=Decimal("0.01"), max_digits=12, decimal_places=2
    )
    purpose = forms.CharField(
        label=_("调整理由"), min_length=5, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, studio: Studio, account: queries.Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.studio = studio
        left = {line.code: line.left for line in account.lines}
        fields: Any = self.fields
        fields["source"].choices = [("", "—"), *self._with_left(left)]
        fields["target"].choices = [("", "—"), *head_choices(studio.programme)]

    def _with_left(self, left: Mapping[str, Decimal]) -> Iterator[tuple[str, str]]:
        for code, name in head_choices(self.studio.programme):
            yield code, f"{name}（{left[code]:,.2f}）"

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors:
            books = queries.books_of(self.studio)
            asked = (given["source"], given["target"], given["amount"])
            for fault in rules.adjustment_faults(*asked, self.studio.programme, books):
                self.add_error(fault.where, said(fault))
        return given


class SettleForm(forms.Form):
    """What becomes of the rest."""

    way = forms.ChoiceField(
        label=_("处理方式"), widget=forms.RadioSelect, initial="return",
        choices=[("return", _("退回：向依托单位发出退回通知")), ("carry", _("结转下一管理期使用"))],
    )  # fmt: skip
    reason = forms.CharField(
        label=_("理由和依据"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("结转的须写明依据。"),
    )  # fmt: skip


FORMS: dict[str, type[StepForm]] = {
    "record": plain(actions.record),
    "approve": plain(actions.approve),
    "refuse": with_reason(actions.refuse_adjustment),
    "withdraw": plain(actions.withdraw),
}

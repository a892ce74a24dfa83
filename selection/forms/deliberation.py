"""What the meeting fills in: the whole list, or one nominee."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from selection.actions import deliberation as actions
from selection.models import Proposal, Round
from selection.models.deliberation import PassedOver
from selection.queries.deliberation import Choice
from workflow.actor import Actor
from workflow.forms import StepForm


class ProposalForm(forms.Form):
    """A tick and a reason for each scored nominee, prefilled from the ranking."""

    minute_number = forms.CharField(
        label=_("会议纪要编号"), max_length=80, help_text=_("例如：〔2026〕第12号")
    )

    note = forms.CharField(
        label=_("对可靠性报告的说明"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "报告提示名单会有不同，或者有人选的把握不足一半的，写明会议研究的意见，不少于10个字，载入会议纪要。"
        ),
    )

    def __init__(self, *args: Any, rows: Sequence[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        for choice in rows:
            pk, name = choice.nomination.pk, choice.nomination.nominee.name
            self.fields[f"chosen_{pk}"] = forms.BooleanField(
                label=_("列入：%(name)s") % {"name": name}, required=False, initial=choice.suggested
            )
            self.fields[f"reason_{pk}"] = forms.CharField(
                label=_("偏离名次的理由：%(name)s") % {"name": name}, required=False, max_length=500
            )

    @property
    def lines(self) -> list[tuple[Choice, Any, Any]]:
        """Each nominee with its two fields, for the table."""
        return [
            (choice, self[f"chosen_{choice.nomination.pk}"], self[f"reason_{choice.nomination.pk}"])
            for choice in self.rows
        ]

    def clean(self) -> dict[str, Any]:
        """A departure from the ranking needs its reason at its own line."""
        cleaned: dict[str, Any] = super().clean() or {}
        for choice in self.rows:
            pk = choice.nomination.pk
            departs = bool(cleaned.get(f"chosen_{pk}")) != choice.suggested
            if departs and len(cleaned.get(f"reason_{pk}", "").strip()) < actions.SHORTEST_REASON:
                self.add_error(
                    f"reason_{pk}",
                    _("%(name)s偏离名次，请填写会议纪要载明的理由，不少于10个字")
                    % {"name": choice.nomination.nominee.name},
                )
        return cleaned

    def take(self, round_: Round, *, by: Actor) -> Proposal:
        """Fix the list; raises `Refused`."""
        pks = [choice.nomination.pk for choice in self.rows]
        return actions.propose_list(
            round_,
            by=by,
            minute_number=self.cleaned_data["minute_number"],
            chosen=[pk for pk in pks if self.cleaned_data[f"chosen_{pk}"]],
            deviations={pk: self.cleaned_data[f"reason_{pk}"] for pk in pks},
            note=self.cleaned_data["note"],
        )


class ProposeForm(StepForm):
    """One nominee onto the list."""

    action = staticmethod(actions.propose)
    minute_number = forms.CharField(label=_("会议纪要编号"), max_length=80)
    deviation_reason = forms.CharField(
        label=_("偏离名次的理由"),
        max_length=500,
        required=False,
        help_text=_("在认定上限之外列入的，须填写会议纪要载明的理由，不少于10个字。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    note = forms.CharField(
        label=_("对可靠性报告的说明"),
        max_length=1000,
        required=False,
        help_text=_("列入第一名人选时，报告提示须说明的，写明会议研究的意见，不少于10个字。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class PassOverForm(StepForm):
    """One nominee left off the list."""

    action = staticmethod(actions.pass_over)
    reason_class = forms.ChoiceField(label=_("理由类别"), choices=PassedOver.choices)
    reason = forms.CharField(
        label=_("理由"),
        max_length=500,
        required=False,
        help_text=_("名次在认定上限之内的，须填写会议纪要载明的理由，不少于10个字。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


NOMINATION_FORMS: dict[str, type[StepForm]] = {"propose": ProposeForm, "pass_over": PassOverForm}

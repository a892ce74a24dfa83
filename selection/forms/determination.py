"""The decision's form, and the steps of round and decision that stand here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from selection.actions import determination as actions
from selection.models import Determination, Nomination, Round
from workflow.actor import Actor
from workflow.forms import StepForm, plain, with_reason


class DraftForm(forms.Form):
    """Number, title and minutes; for each nominee a reason, where the meeting leaves somebody out."""

    serial = forms.IntegerField(
        label=_("发文序号"), min_value=1, max_value=9999, help_text=_("只填序号，发文代字和年份由系统加上。")
    )
    title = forms.CharField(label=_("标题"), max_length=160)
    minute_number = forms.CharField(label=_("会议纪要编号"), max_length=80)

    def __init__(self, *args: Any, nominations: Sequence[Nomination] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.nominations = list(nominations)
        for nomination in self.nominations:
            self.fields[f"why_{nomination.pk}"] = forms.CharField(
                label=_("不列入的理由"), required=False, min_length=10, max_length=500
            )
            self.fields[f"minute_{nomination.pk}"] = forms.CharField(
                label=_("会议纪要编号"), required=False, max_length=80
            )

    @property
    def main(self) -> list[forms.BoundField]:
        """The fields of the document itself."""
        return [self[name] for name in type(self).base_fields]

    @property
    def lines(self) -> list[tuple[Nomination, forms.BoundField, forms.BoundField]]:
        """One line a nominee: the reason to leave this one out, and the minutes that say so."""
        return [(n, self[f"why_{n.pk}"], self[f"minute_{n.pk}"]) for n in self.nominations]

    @property
    def any_left_out(self) -> bool:
        """Whether the list of exceptions is to stand open."""
        return any(self[f"why_{n.pk}"].value() or self[f"why_{n.pk}"].errors for n in self.nominations)

    def take(self, round_: Round, *, by: Actor) -> Determination:
        """Draft it; raises `Refused`."""
        given = self.cleaned_data
        out = [
            actions.Exempt(n, given[f"why_{n.pk}"], given[f"minute_{n.pk}"])
            for n in self.nominations
            if given[f"why_{n.pk}"]
        ]
        main = {name: given[name] for name in type(self).base_fields}
        return actions.draft(round_, by=by, exceptions=out, **main)


DETERMINATION_FORMS: dict[str, type[StepForm]] = {
    "confirm": plain(actions.confirm),
    "publish": plain(actions.publish_supplement),
}
NOMINATION_FORMS: dict[str, type[StepForm]] = {"lapse": with_reason(actions.lapse)}
ROUND_FORMS: dict[str, type[StepForm]] = {"publish": plain(actions.publish)}
